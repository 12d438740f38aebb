//! Two processes share the partitions of a group, and it does not show in what they announce.
//!
//! Proves: while a second process joins, leaves in good order, comes back and is killed, with events coming in all the
//! time, a careful consumer reads exactly the timeline of an undisturbed `replay`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use spicchio_testkit::kafka::Broker;
use spicchio_testkit::process::until;
use spicchio_testkit::processor::Setup;
use spicchio_testkit::shop::Size;

use crate::scene::{SEGMENTS, Scene};

const SIZE: Size = Size { events: 60_000, customers: 800, days: 40 };
/// Events written at once, and how many may wait to be read: enough that no member is ever idle, few enough that
/// events still come in while partitions change hands.
const SLICE: usize = 1_000;
const UNREAD_MAX: i64 = 2_000;
const PATIENCE: Duration = Duration::from_mins(2);

#[test]
fn partitions_change_hands() {
    let broker = Broker::start();
    let scene = Scene::new(&broker, Setup::new("sharing", &broker, SEGMENTS), 4, SIZE);
    let (mut first, mut second) = (scene.program(), scene.another_program());
    let (written, hands) = (AtomicUsize::new(0), AtomicUsize::new(0));
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
        for round in 0..2 {
            second.start();
            second.wait_until_ready();
            if round == 0 {
                second.terminate();
            } else {
                second.kill();
            }
            hands.fetch_max(written.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        second.start();
        second.wait_until_ready();
        first.terminate();
        first.start();
        first.wait_until_ready();
        hands.fetch_max(written.load(Ordering::Relaxed), Ordering::Relaxed);
    });
    let hands = hands.into_inner();
    assert!(hands < SIZE.events, "all events were written before the last change of hands: nothing was proven");
    eprintln!("the last change of hands came after {hands} of {} events", SIZE.events);
    scene.write_closing();

    scene.wait_until_settled(&mut [&mut first, &mut second]);
    first.terminate();
    second.terminate();
    scene.assert_same_timeline(&first);
    scene.assert_memberships_agree();
    scene.assert_all_read();
}
