//! Partitions change hands while they are being committed, and it does not show.
//!
//! Proves: under a steady stream of events, and with commits that take a third of a second, a second process joins and
//! leaves until each of the two has been asked for partitions back while a commit of them was under way, which the
//! processor says itself. A careful consumer reads exactly the timeline of an undisturbed `replay`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use spicchio_testkit::kafka::Broker;
use spicchio_testkit::process::until;
use spicchio_testkit::processor::{Program, Setup};
use spicchio_testkit::shop::{Seeded, Size};

use crate::scene::{SEGMENTS, Scene, seed};

const SIZE: Size = Size { events: 20_000, customers: 800, days: 40 };
/// Events written at once, and how many may wait to be read.
const SLICE: usize = 100;
const UNREAD_MAX: i64 = 1_000;
/// The producer waits for so long before it sends, in milliseconds: so long every commit lasts, and one is nearly
/// always under way.
const LINGER: &str = "300";
/// The second process stays for up to this long after it has partitions.
const STAY_MILLIS_MAX: u64 = 600;
/// So often the second process comes and goes at the most.
const VISITS_MAX: usize = 12;
const PATIENCE: Duration = Duration::from_mins(2);
/// What the processor logs when a partition is wanted back while a commit of it is under way.
const SIGN: &str = "a commit is under way";

fn wait_for_partitions(program: &mut Program) {
    until("the second process has partitions", PATIENCE, || {
        assert!(program.is_running(), "the processor ended:\n{}", program.output());
        let metrics = program.get("/metrics").map(|answer| answer.body).unwrap_or_default();
        metrics.lines().any(|line| line.contains(r#"state="running"} 1"#))
    });
}

fn stay(time: Duration) {
    let since = Instant::now();
    until("the end of a visit", time + Duration::from_secs(1), || since.elapsed() >= time);
}

#[test]
fn a_partition_is_given_up_while_its_commit_is_under_way() {
    let broker = Broker::start();
    let mut setup = Setup::new("handover", &broker, SEGMENTS);
    setup.properties.push(("linger.ms", LINGER));
    setup.settings.push("log: {level: 'info,spicchio_runtime::partition=debug'}".to_owned());
    let scene = Scene::new(&broker, setup, 4, SIZE);
    let (mut first, mut second) = (scene.program(), scene.another_program());
    let (mut dice, over) = (Seeded::new(seed()), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for start in (0..SIZE.events).step_by(SLICE) {
                scene.write(start..(start + SLICE).min(SIZE.events));
                until("the members keep up", PATIENCE, || over.load(Ordering::Relaxed) || scene.unread() < UNREAD_MAX);
            }
        });
        first.start();
        first.wait_until_ready();
        for _ in 0..VISITS_MAX {
            second.start();
            wait_for_partitions(&mut second);
            stay(Duration::from_millis(dice.below(STAY_MILLIS_MAX)));
            assert!(second.terminate().success(), "{}", second.output());
            if [&first, &second].iter().all(|program| program.output().contains(SIGN)) {
                break;
            }
        }
        over.store(true, Ordering::Relaxed);
    });
    scene.write_closing();
    scene.wait_until_settled(&mut [&mut first]);
    Scene::assert_recovery_agrees(&first);
    first.terminate();
    for program in [&first, &second] {
        assert!(program.output().contains(SIGN), "no partition was wanted back while its commit was under way");
    }
    scene.assert_same_timeline(&first);
    scene.assert_memberships_agree();
    scene.assert_all_read();
}
