//! What HTTP shows is what was announced.
//!
//! Proves: a customer's memberships, since when, and the counts of segments and metrics agree with the transitions
//! topic; a membership is explained with the event behind it; a customer nobody knows is not found; the program is
//! ready while its partitions run.

use std::time::Duration;

use serde_json::Value;
use spicchio_testkit::announced::Announced;
use spicchio_testkit::kafka::{Broker, Isolation, Load, drain, load};
use spicchio_testkit::process::until;
use spicchio_testkit::processor::{Program, Setup};

use crate::scene::BINARY;

const SEGMENTS: &str = "segments: [{segment: buyer, when: 'count(purchase, 1h) >= 1', labels: {owner: crm}}]\n";
const PARTITIONS: i32 = 2;
const CUSTOMERS: [&str; 3] = ["c-1", "c-2", "c-3"];
const PATIENCE: Duration = Duration::from_secs(90);

fn json(program: &Program, path: &str) -> Option<Value> {
    program.get(path).filter(|answer| answer.status == 200).and_then(|answer| serde_json::from_str(&answer.body).ok())
}

#[test]
fn what_http_shows_is_what_was_announced() {
    let broker = Broker::shared();
    let setup = Setup::new("shown", &broker, SEGMENTS).on_wall_clock();
    setup.create_inputs(&broker, PARTITIONS);
    let mut program = Program::new(BINARY, &setup);
    program.start_with(&["--from", "earliest", "--announce-from", "start"]);
    program.wait_until_ready();

    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("it is after 1970");
    let now = i64::try_from(now.as_millis()).expect("the year is before 9999");
    load(
        &broker,
        CUSTOMERS.iter().map(|customer| {
            let json = format!(r#"{{"id":"{customer}","type":"purchase","customer_id":"{customer}","time":{now}}}"#);
            Load::new(setup.events(), *customer, json).at(now)
        }),
    );
    for customer in CUSTOMERS {
        let path = format!("/api/v1/customers/{customer}");
        until("the customer is shown and announced", PATIENCE, || {
            assert!(program.is_running(), "the processor ended:\n{}", program.output());
            json(&program, &path).is_some_and(|shown| shown["committed"] == true)
        });
    }
    let announced: Vec<Announced> =
        drain(&broker, &setup.transitions(), Isolation::ReadCommitted).iter().map(Announced::from_record).collect();
    assert_eq!(announced.len(), CUSTOMERS.len(), "{announced:?}");
    for one in &announced {
        let shown = json(&program, &format!("/api/v1/customers/{}", one.customer)).expect("it was there before");
        assert_eq!(shown["memberships"][0]["segment"], "buyer");
        assert_eq!(shown["memberships"][0]["since"], one.at.to_string());
        let why = json(&program, &format!("/api/v1/customers/{}/explain?segment=buyer", one.customer)).expect("it is");
        assert_eq!(
            (&why["explanation"]["holds"], &why["since"]),
            (&Value::from(true), &Value::from(one.at.to_string()))
        );
        assert_eq!(why["explanation"]["evidence"][0]["type"], "purchase");
    }
    let segment = json(&program, "/api/v1/segments/buyer").expect("it is defined");
    assert_eq!((&segment["members"], &segment["entered"], &segment["exited"]), (&3.into(), &3.into(), &0.into()));
    assert_eq!(program.get("/api/v1/customers/nobody").map(|answer| answer.status), Some(404));
    assert_eq!(program.get("/readyz/partitions").map(|answer| answer.status), Some(200));

    let metrics = program.get("/metrics").expect("metrics are served").body;
    for line in [
        "spicchio_segment_members{segment=\"buyer\"} 3",
        "spicchio_transitions_total{cause=\"event\",change=\"entered\",segment=\"buyer\"} 3",
        "spicchio_partitions_assigned 2",
        "spicchio_partition_state{partition=\"1\",state=\"running\"} 1",
        "spicchio_events_folded_total 3",
        "spicchio_records_read_total{topic=\"shown.events\"} 3",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is not in\n{metrics}");
    }
    assert!(program.terminate().success(), "{}", program.output());
}
