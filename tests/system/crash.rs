//! Killed at any moment, the processor loses nothing, says nothing twice, and goes on where it was.
//!
//! Proves: with kill -9 at moments that a seed draws, while a hundred thousand events come in, a careful consumer reads
//! exactly the timeline of an undisturbed `replay`; entries and exits alternate; every event counted once (a third of
//! them have no id, so a second fold would show); all offsets are committed with equal control words.
//!
//! `SPICCHIO_KILLS=50 SPICCHIO_SEED=..` makes it long: `tests/soak`.

use std::time::Duration;

use spicchio_testkit::kafka::{Broker, Isolation, Reader, drain};
use spicchio_testkit::process::{until, until_some};
use spicchio_testkit::processor::Setup;
use spicchio_testkit::shop::{Seeded, Size};

use crate::scene::{SEGMENTS, Scene, seed};

const EVENTS: usize = 100_000;
const PARTITIONS: i32 = 4;
/// A kill comes up to this long after the start: while joining, recovering, reading, committing, or idle.
const LIFE_MILLIS_MAX: u64 = 6_000;
/// Or up to this long after the first commit of a life: in the middle of its work.
const WORK_MILLIS_MAX: u64 = 700;
/// Or as soon as the first record of a transaction can be seen, before it commits if possible: so many looks, a
/// millisecond each, without a pause in between.
const LOOKS: usize = 1_000;
const FIRST_SIGN_PATIENCE: Duration = Duration::from_mins(2);

fn kills() -> usize {
    std::env::var("SPICCHIO_KILLS").map_or(5, |kills| kills.parse().expect("SPICCHIO_KILLS is a number"))
}

#[test]
fn killed_again_and_again() {
    let broker = Broker::start();
    let kills = kills();
    let size = Size { events: EVENTS.max(kills * EVENTS / 20), customers: 2_000, days: 40 };
    let mut setup = Setup::new("crash", &broker, SEGMENTS).and_reading("more-events");
    // Recoveries begin now at a snapshot, now at the beginning, as it happens.
    setup.settings.push("snapshots: {store: snapshots, every: 1s}".to_owned());
    let scene = Scene::new(&broker, setup, PARTITIONS, size);
    let mut program = scene.program();
    let transitions = Reader::new(&broker, &scene.setup.transitions(), Isolation::ReadUncommitted);
    let mut dice = Seeded::new(seed());
    let mut hit_at_work = 0;
    let slice = size.events / (kills + 1);
    for kill in 0..kills {
        scene.write(kill * slice..(kill + 1) * slice);
        let written = scene.unread();
        program.start();
        match dice.below(3) {
            0 => live(Duration::from_millis(dice.below(LIFE_MILLIS_MAX))),
            1 => {
                until("the first commit of this life", FIRST_SIGN_PATIENCE, || scene.unread() < written);
                live(Duration::from_millis(dice.below(WORK_MILLIS_MAX)));
            }
            _ => {
                let before = transitions.ends();
                until_some("the first transition of this life", FIRST_SIGN_PATIENCE, || {
                    (0..LOOKS).any(|_| transitions.ends() != before).then_some(())
                });
            }
        }
        assert!(program.is_running(), "it ended by itself:\n{}", program.output());
        Scene::assert_recovery_agrees(&program);
        program.kill();
        hit_at_work += usize::from((1..written).contains(&scene.unread()));
    }
    assert!(hit_at_work > 0, "no kill hit a processor in the middle of its work: nothing was proven");
    scene.write(kills * slice..size.events);
    scene.write_closing();
    program.start();
    scene.wait_until_settled(&mut [&mut program]);
    Scene::assert_recovery_agrees(&program);
    program.terminate();

    let written = drain(&broker, &scene.setup.transitions(), Isolation::ReadUncommitted).len();
    let aborted = written - scene.announced().len();
    eprintln!("{kills} kills, {hit_at_work} at work; {aborted} records of transitions belong to aborted transactions");
    scene.assert_same_timeline(&program);
    scene.assert_memberships_agree();
    scene.assert_all_read();
}

/// Lets the program run for so long: how long it lives is what this test is about.
fn live(life: Duration) {
    let started = std::time::Instant::now();
    until("the end of a life", life + Duration::from_secs(1), || started.elapsed() >= life);
}
