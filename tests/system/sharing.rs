//! Two processes share the partitions of a group, and it does not show in what they announce.
//!
//! Proves: while a second process joins, leaves in good order, comes back, is killed and comes back, while the first
//! one stands still until it has lost its partitions and then goes on, not knowing, and is started anew, with events
//! coming in all the time, a careful consumer reads exactly the timeline of an undisturbed `replay`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use spicchio_testkit::kafka::Broker;
use spicchio_testkit::process::{Signal, until};
use spicchio_testkit::processor::Setup;
use spicchio_testkit::shop::Size;

use crate::scene::{SEGMENTS, Scene};

const SIZE: Size = Size { events: 30_000, customers: 800, days: 40 };
/// Events written at once, and how many may wait to be read: no member is ever idle, and events still come in while
/// partitions change hands.
const SLICE: usize = 500;
const UNREAD_MAX: i64 = 2_000;
/// Events from one change of hands to the next, at least.
const EVENTS_BETWEEN: usize = 4_000;
const PATIENCE: Duration = Duration::from_mins(2);

#[test]
fn partitions_change_hands() {
    let broker = Broker::start();
    let scene = Scene::new(&broker, Setup::new("sharing", &broker, SEGMENTS), 4, SIZE);
    let (mut first, mut second) = (scene.program(), scene.another_program());
    let written = AtomicUsize::new(0);
    let wait_for_more = || {
        let enough = written.load(Ordering::Relaxed) + EVENTS_BETWEEN;
        assert!(enough < SIZE.events, "too few events for so many changes of hands");
        until("events are read on", PATIENCE, || written.load(Ordering::Relaxed) >= enough);
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for start in (0..SIZE.events).step_by(SLICE) {
                scene.write(start..(start + SLICE).min(SIZE.events));
                written.fetch_add(SLICE, Ordering::Relaxed);
                until("the members keep up", PATIENCE, || scene.unread() < UNREAD_MAX);
            }
        });
        first.start();
        first.wait_until_ready();
        second.start();
        second.wait_until_ready();
        wait_for_more();
        second.terminate();
        wait_for_more();
        second.start();
        second.wait_until_ready();
        wait_for_more();
        second.kill();
        wait_for_more();
        second.start();
        second.wait_until_ready();
        first.signal(Signal::Stop);
        wait_for_more();
        first.signal(Signal::Continue);
        wait_for_more();
        first.terminate();
        first.start();
        first.wait_until_ready();
    });
    scene.write_closing();
    scene.wait_until_settled(&mut [&mut first, &mut second]);
    Scene::assert_recovery_agrees(&first);
    Scene::assert_recovery_agrees(&second);
    first.terminate();
    second.terminate();
    scene.assert_same_timeline(&first);
    scene.assert_memberships_agree();
    scene.assert_all_read();
}
