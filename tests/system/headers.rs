//! Headers say what a record is, and no header stops a partition.
//!
//! Proves: a header whose name is not UTF-8, which only a producer beside the usual client libraries writes, is passed
//! over, and the event that the other headers tell of is folded; a `CloudEvent` in binary mode that is refused is found
//! in the topic of dead letters with the headers that tell of it, and without the others.

use std::time::Duration;

use serde_json::json;
use spicchio_testkit::announced::Announced;
use spicchio_testkit::kafka::{Broker, Isolation, RawRecord, Stored, committed, drain, load_raw};
use spicchio_testkit::process::until;
use spicchio_testkit::processor::{Program, Setup};

use crate::scene::BINARY;

const SEGMENTS: &str = "segments: [{segment: buyer, when: count(purchase) >= 1}]\n";
const PATIENCE: Duration = Duration::from_mins(1);
/// 2026-01-05T10:00:00Z
const TIME: i64 = 1_767_607_200_000;

#[test]
fn a_header_with_a_name_of_any_bytes_is_passed_over() {
    let broker = Broker::shared();
    let setup = Setup::new("headers", &broker, SEGMENTS);
    setup.create_inputs(&broker, 1);
    let told: [(&[u8], &[u8]); 3] =
        [(b"ce_specversion", b"1.0"), (b"ce_type", b"purchase"), (b"ce_time", b"2026-01-05T10:00:00Z")];
    let odd: [(&[u8], &[u8]); 2] = [(&[0xFF, 0xFE], b"1"), (&[0xC0], &[0xFF])];
    let event = RawRecord { topic: setup.events(), timestamp: TIME, key: b"c", value: b"{}", headers: &[] };
    load_raw(&broker, &RawRecord { headers: &[odd.as_slice(), &told].concat(), ..event.clone() });
    load_raw(&broker, &RawRecord { headers: &[&told[..2], &odd, &[(b"ce_time", b"yesterday")]].concat(), ..event });

    let mut program = Program::new(BINARY, &setup);
    program.init_from_the_beginning();
    program.start();
    until("both are read", PATIENCE, || {
        assert!(program.is_running(), "a record ended the processor:\n{}", program.output());
        committed(&broker, &setup.name, &[setup.events()]).iter().all(|one| one.offset == Some(2))
    });
    program.terminate();

    let entered = drain(&broker, &setup.transitions(), Isolation::ReadCommitted);
    let entered: Vec<String> = entered.iter().map(|record| Announced::from_record(record).customer).collect();
    assert_eq!(entered, ["c"], "the first is an event like any other");
    let refused = drain(&broker, &setup.dead_letters(), Isolation::ReadCommitted);
    let letters: Vec<_> = refused.iter().map(Stored::json).collect();
    assert_eq!(letters.len(), 1, "the second is refused: {letters:?}");
    assert_eq!((&letters[0]["reason"], &letters[0]["offset"]), (&json!("bad_time"), &json!(1)));
    let kept = json!([
        {"name": {"text": "ce_specversion"}, "value": {"text": "1.0"}},
        {"name": {"text": "ce_type"}, "value": {"text": "purchase"}},
        {"name": {"text": "ce_time"}, "value": {"text": "yesterday"}},
    ]);
    assert_eq!(letters[0]["headers"], kept);
}
