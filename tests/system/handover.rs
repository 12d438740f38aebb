//! Partitions change hands while they are being committed, and it does not show.
//!
//! Proves: under a steady stream of events a second process joins and leaves again and again, each time at a moment at
//! which records of a transaction stand in the log that is not committed yet; at least once a partition was given up
//! while its commit was under way, which the processor says itself. A careful consumer reads exactly the timeline of an
//! undisturbed `replay`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use spicchio_testkit::kafka::{Broker, Isolation, Reader};
use spicchio_testkit::process::{until, until_some};
use spicchio_testkit::processor::Setup;
use spicchio_testkit::shop::Size;

use crate::scene::{SEGMENTS, Scene};

const SIZE: Size = Size { events: 20_000, customers: 800, days: 40 };
/// Events written at once, and how many may wait to be read.
const SLICE: usize = 250;
const UNREAD_MAX: i64 = 1_000;
/// How often the second process comes and goes.
const VISITS: usize = 2;
/// The producer waits for so long before it sends, in milliseconds: so long every commit lasts, and one is nearly always
/// under way.
const LINGER: &str = "300";
const PATIENCE: Duration = Duration::from_mins(2);
/// What the processor logs when it gives a partition up while a commit of it is under way.
const SIGN: &str = "a commit is under way";

#[test]
fn a_partition_is_given_up_while_its_commit_is_under_way() {
    let broker = Broker::start();
    let mut setup = Setup::new("handover", &broker, SEGMENTS);
    setup.properties.push(("linger.ms", LINGER));
    setup.settings.push("log: {level: 'info,spicchio_runtime::partition=debug'}".to_owned());
    let scene = Scene::new(&broker, setup, 4, SIZE);
    let (mut first, mut second) = (scene.program(), scene.another_program());
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for start in (0..SIZE.events).step_by(SLICE) {
                scene.write(start..(start + SLICE).min(SIZE.events));
                if !over.load(Ordering::Relaxed) {
                    until("the members keep up", PATIENCE, || scene.unread() < UNREAD_MAX);
                }
            }
        });
        first.start();
        first.wait_until_ready();
        let transitions = Reader::new(&broker, &scene.setup.transitions(), Isolation::ReadUncommitted);
        let wait_for_a_transaction = || {
            let before = transitions.ends();
            until_some("a record of a transaction", PATIENCE, || (transitions.ends() != before).then_some(()));
        };
        for _ in 0..VISITS {
            wait_for_a_transaction();
            second.start();
            second.wait_until_ready();
            wait_for_a_transaction();
            assert!(second.terminate().success(), "{}", second.output());
        }
        over.store(true, Ordering::Relaxed);
    });
    scene.write_closing();
    scene.wait_until_settled(&mut [&mut first]);
    Scene::assert_recovery_agrees(&first);
    first.terminate();
    let seen = [&first, &second].iter().map(|program| program.output().matches(SIGN).count()).sum::<usize>();
    assert!(seen > 0, "no partition was given up while its commit was under way: nothing was proven");
    scene.assert_same_timeline(&first);
    scene.assert_memberships_agree();
    scene.assert_all_read();
}
