//! A broker that goes away and comes back costs time and nothing else.
//!
//! Proves: while the broker stands still for longer than a transaction may last, and while it is ended and started
//! again, the processor keeps running and answers `/livez`; afterwards it goes on by itself, and a careful consumer
//! reads exactly the timeline of an undisturbed `replay`.

use std::time::{Duration, Instant};

use spicchio_testkit::kafka::Broker;
use spicchio_testkit::process::until;
use spicchio_testkit::processor::{Program, Setup};
use spicchio_testkit::shop::Size;

use crate::scene::{SEGMENTS, Scene};

const SIZE: Size = Size { events: 20_000, customers: 400, days: 40 };
/// Longer than a transaction lasts (10 s) and than the group waits for a silent member.
const AWAY: Duration = Duration::from_secs(12);

/// Fails the test unless the processor stays alive, and says so, as long as the broker is away.
fn stays_alive(program: &mut Program) {
    let since = Instant::now();
    until("the broker has been away for long enough", AWAY * 2, || {
        assert!(program.is_running(), "the processor ended:\n{}", program.output());
        let answer = program.get("/livez");
        assert_eq!(answer.map(|answer| answer.status), Some(200), "/livez while the broker is away");
        since.elapsed() >= AWAY
    });
}

#[test]
fn it_stands_still_and_it_starts_again() {
    let broker = Broker::start();
    let setup = Setup::new("away", &broker, SEGMENTS);
    let scene = Scene::new(&broker, setup, 2, SIZE);
    let mut program = scene.program();
    let slice = SIZE.events / 3;
    program.start();
    program.wait_until_ready();

    scene.write(0..slice);
    broker.pause();
    stays_alive(&mut program);
    broker.resume();

    scene.write(slice..2 * slice);
    broker.stop();
    stays_alive(&mut program);
    broker.restart();

    scene.write(2 * slice..SIZE.events);
    scene.write_closing();
    scene.wait_until_settled(&mut [&mut program]);
    Scene::assert_recovery_agrees(&program);
    program.terminate();
    scene.assert_same_timeline(&program);
    scene.assert_memberships_agree();
    scene.assert_all_read();
}
