//! No record stops a partition, and none vanishes.
//!
//! Proves: among records of every hostile shape, in one partition with good ones between them, every good one is
//! folded (the hundredth enters the segment of exactly a hundred), and every bad one is in the topic of dead letters
//! once, with the reason that its shape deserves and the place it came from; a second instance that reads the same
//! topic anew refuses the same.

use std::collections::BTreeMap;
use std::time::Duration;

use spicchio_core::timer::Instant;
use spicchio_testkit::announced::Announced;
use spicchio_testkit::kafka::{Broker, Isolation, Load, Stored, committed, create_topic, drain, ends, load};
use spicchio_testkit::process::until;
use spicchio_testkit::processor::{Program, Setup};

use crate::hostile::{Fate, hostile_records};
use crate::scene::BINARY;

/// One event too few or too many, and it is not entered at the last good event.
const SEGMENTS: &str = "segments: [{segment: all-of-them, when: count(page_view) == GOOD}]\n";
const PATIENCE: Duration = Duration::from_mins(2);
/// 2026-01-05T10:00:00Z
const START: i64 = 1_767_607_200_000;

fn good(topic: &str, number: usize) -> Load {
    let time = START + i64::try_from(number).expect("a small number");
    let json = format!(r#"{{"id":"good-{number}","type":"page_view","customer_id":"good","time":{time}}}"#);
    Load::new(topic, "good", json).at(time).to_partition(0)
}

/// Reads everything with a group of its own and returns the dead letters.
fn refused_by(broker: &Broker, setup: &Setup) -> Vec<Stored> {
    let mut program = Program::new(BINARY, setup);
    program.init_from_the_beginning();
    program.start();
    until("everything is read", PATIENCE, || {
        assert!(program.is_running(), "a record ended the processor:\n{}", program.output());
        let end = ends(broker, setup.events());
        committed(broker, &setup.name, &[setup.events()]).iter().all(|c| c.offset == end.first().copied())
    });
    program.terminate();
    drain(broker, &setup.dead_letters(), Isolation::ReadCommitted)
}

#[test]
fn bad_records_stop_nothing_and_none_is_lost() {
    let broker = Broker::shared();
    let hostile = hostile_records(START);
    let count = hostile.iter().filter(|record| record.fate == Fate::Folded).count();
    let goods = hostile.len();
    let segments = SEGMENTS.replace("GOOD", &goods.to_string());
    let mut setup = Setup::new("hostile", &broker, &segments);
    create_topic(&broker, setup.events(), 1, &[("max.message.bytes", "8000000")]);
    let topic = setup.events().to_owned();
    let pairs = hostile.iter().enumerate().flat_map(|(number, record)| {
        let bad = Load { topic: topic.clone(), partition: Some(0), ..record.load.clone() };
        [bad, good(&topic, number)]
    });
    load(&broker, pairs);

    let letters = refused_by(&broker, &setup);
    let mut by_offset: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for letter in &letters {
        let json = letter.json();
        assert_eq!((&json["topic"], &json["partition"]), (&topic.as_str().into(), &0.into()), "the origin: {json}");
        let offset = json["offset"].as_i64().unwrap_or_else(|| panic!("no offset in {json}"));
        by_offset.entry(offset).or_default().push(json["reason"].as_str().unwrap_or_default().to_owned());
    }
    let mut mistakes = Vec::new();
    for (number, record) in hostile.iter().enumerate() {
        let offset = i64::try_from(2 * number).expect("a small number");
        let found = by_offset.remove(&offset).unwrap_or_default();
        let expected: Vec<String> = match record.fate {
            Fate::Refused(reason) => vec![reason.to_owned()],
            Fate::Folded => Vec::new(),
        };
        if found != expected {
            mistakes.push(format!("{}: expected {expected:?}, found {found:?}", record.name));
        }
    }
    assert!(mistakes.is_empty(), "{} of {} records:\n{}", mistakes.len(), hostile.len(), mistakes.join("\n"));
    assert!(by_offset.is_empty(), "good records were refused: {by_offset:?}");
    assert!(count > 0, "the list has records that must not be refused");

    let announced: Vec<Announced> =
        drain(&broker, &setup.transitions(), Isolation::ReadCommitted).iter().map(Announced::from_record).collect();
    let entered: Vec<_> = announced.iter().filter(|one| one.customer == "good").collect();
    let at = Instant::from_millis(START + i64::try_from(goods).expect("a small number") - 1);
    let told: Vec<_> = entered.iter().map(|one| (one.change.as_str(), one.at)).collect();
    assert_eq!(told, [("entered", at)], "every good record is folded once");

    setup.name = "hostile-again".to_owned();
    setup.inputs[0].topic = topic;
    let again = refused_by(&broker, &setup);
    let what = |letters: &[Stored]| {
        letters.iter().map(|l| (l.json()["offset"].clone(), l.json()["reason"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(what(&again), what(&letters), "what is refused depends on the record alone");
}
