//! A partition that holds as many customers as it may stops, says so, and holds up no other.
//!
//! Proves: with `max_customers: 3`, the fourth customer of a partition is not taken in: its record stays unread, the
//! partition is shown as stopped with the setting to raise, and events of another partition still become transitions.
//! Started again with room, the partition goes on from there and nobody is missing.

use std::time::Duration;

use spicchio_testkit::announced::Announced;
use spicchio_testkit::kafka::{Broker, Isolation, Load, committed, drain, load, partition_of};
use spicchio_testkit::process::until;
use spicchio_testkit::processor::{Program, Setup};

use crate::scene::BINARY;

const SEGMENTS: &str = "segments: [{segment: buyer, when: count(purchase) >= 1}]\n";
const PATIENCE: Duration = Duration::from_mins(1);
const CUSTOMERS_MAX: usize = 3;
/// 2026-01-05T10:00:00Z
const TIME: i64 = 1_767_607_200_000;

fn purchase(topic: &str, customer: &str) -> Load {
    let json = format!(r#"{{"type":"purchase","customer_id":"{customer}","time":{TIME}}}"#);
    Load::new(topic, customer, json).at(TIME)
}

fn read_of(broker: &Broker, setup: &Setup, partition: i32) -> i64 {
    let progress = committed(broker, &setup.name, &[setup.events()]);
    progress.iter().find(|one| one.partition == partition).and_then(|one| one.offset).unwrap_or(0)
}

fn buyers(broker: &Broker, setup: &Setup) -> Vec<String> {
    let told = drain(broker, &setup.transitions(), Isolation::ReadCommitted);
    let mut buyers: Vec<String> = told.iter().map(|record| Announced::from_record(record).customer).collect();
    buyers.sort_unstable();
    buyers
}

#[test]
fn the_customer_after_the_last_stops_its_partition_alone() {
    let broker = Broker::shared();
    let mut setup = Setup::new("full", &broker, SEGMENTS);
    setup.create_inputs(&broker, 2);
    let topic = setup.events().to_owned();
    let of = |partition: i32| (0..).map(|number| format!("c{number}")).filter(move |c| partition_of(c, 2) == partition);
    let (crowd, others): (Vec<String>, Vec<String>) =
        (of(0).take(CUSTOMERS_MAX + 1).collect(), of(1).take(2).collect());
    setup.settings.push(format!("max_customers: {CUSTOMERS_MAX}"));
    let mut program = Program::new(BINARY, &setup);
    program.init_from_the_beginning();
    program.start();
    program.wait_until_ready();

    load(&broker, crowd.iter().take(CUSTOMERS_MAX).chain(others.first()).map(|customer| purchase(&topic, customer)));
    until("the first customers are taken in", PATIENCE, || {
        read_of(&broker, &setup, 0) == 3 && read_of(&broker, &setup, 1) == 1
    });
    load(&broker, crowd.iter().skip(CUSTOMERS_MAX).map(|customer| purchase(&topic, customer)));
    until("the partition is shown as stopped", PATIENCE, || {
        let metrics = program.get("/metrics").map(|answer| answer.body).unwrap_or_default();
        metrics.contains(r#"spicchio_partition_state{partition="0",state="stopped"} 1"#)
    });
    assert!(program.output().contains("max_customers"), "the setting is not named:\n{}", program.output());
    load(&broker, others.iter().skip(1).map(|customer| purchase(&topic, customer)));
    until("the other partition goes on", PATIENCE, || read_of(&broker, &setup, 1) == 2);
    assert_eq!(read_of(&broker, &setup, 0), 3, "what was not taken in is not read");
    let mut expected: Vec<String> = crowd.iter().take(CUSTOMERS_MAX).chain(&others).cloned().collect();
    expected.sort_unstable();
    assert_eq!(buyers(&broker, &setup), expected);
    program.terminate();

    setup.settings.pop();
    let mut roomy = Program::new(BINARY, &setup);
    roomy.start();
    until("the partition goes on with more room", PATIENCE, || {
        assert!(roomy.is_running(), "the processor ended:\n{}", roomy.output());
        read_of(&broker, &setup, 0) == 4
    });
    roomy.terminate();
    expected.extend(crowd.iter().skip(CUSTOMERS_MAX).cloned());
    expected.sort_unstable();
    assert_eq!(buyers(&broker, &setup), expected);
}
