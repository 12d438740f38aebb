//! Two processes share the partitions of a group, and it does not show in what they announce.
//!
//! Proves: while a second process joins, leaves in good order, comes back and is killed, with events coming in all the
//! time, a careful consumer reads exactly the timeline of an undisturbed `replay`.

use spicchio_testkit::kafka::Broker;
use spicchio_testkit::processor::{Program, Setup};
use spicchio_testkit::shop::Size;

use crate::scene::{SEGMENTS, Scene};

const SIZE: Size = Size { events: 40_000, customers: 800, days: 40 };

#[test]
fn partitions_change_hands() {
    let broker = Broker::start();
    let setup = Setup::new("sharing", &broker, SEGMENTS).and_reading("more-events");
    let scene = Scene::new(&broker, setup, 4, SIZE);
    let (mut first, mut second) = (scene.program(), scene.another_program());
    let slice = SIZE.events / 5;
    let write = |part: usize| scene.write(part * slice..(part + 1) * slice);

    write(0);
    first.start();
    first.wait_until_ready();
    second.start();
    write(1);
    second.wait_until_ready();
    second.terminate();
    write(2);
    second.start();
    second.wait_until_ready();
    write(3);
    second.kill();
    write(4);
    second.start();
    second.wait_until_ready();
    first.terminate();
    first.start();
    scene.write_closing();

    let mut both: [&mut Program; 2] = [&mut first, &mut second];
    scene.wait_until_settled(&mut both);
    first.terminate();
    second.terminate();
    scene.assert_same_timeline(&first);
    scene.assert_memberships_agree();
    scene.assert_all_read();
}
