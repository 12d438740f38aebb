//! Events in the shape that Segment's libraries write are read as they are.
//!
//! Proves: a topic of `{messageId, event, userId, timestamp, properties}` is read through `decode:`, with the type
//! names of the e-commerce specification mapped to the built-in ones, properties under their own names, and the id
//! used to count a repetition once.

use std::time::Duration;

use spicchio_core::timer::Instant;
use spicchio_testkit::announced::Announced;
use spicchio_testkit::kafka::{Broker, Isolation, Load, Reader, drain, load};
use spicchio_testkit::process::until;
use spicchio_testkit::processor::{Program, Setup};

use crate::scene::BINARY;

const SEGMENTS: &str = "
segments:
  - segment: bought-twice
    when: count(purchase) >= 2
  - segment: spent
    when: sum(purchase.total) >= 50
";
const MAPPING: &str = "decode: {type: /event, customer: /userId, time: /timestamp, id: /messageId, \
                       properties: /properties, types: {Order Completed: purchase, Product Added: cart_add}}";
const PATIENCE: Duration = Duration::from_mins(1);

fn message(topic: &str, id: &str, event: &str, time: &str, total: &str) -> Load {
    let json = format!(
        r#"{{"messageId":"{id}","type":"track","event":"{event}","userId":"u-1","timestamp":"{time}",
            "context":{{"library":{{"name":"analytics.js"}}}},"properties":{{"order_id":"{id}","total":{total}}}}}"#
    );
    let time = Instant::parse(time).expect("a time").millis();
    Load::new(topic, "u-1", json).at(time)
}

#[test]
fn segments_messages_are_read() {
    let broker = Broker::shared();
    let mut setup = Setup::new("segment-format", &broker, SEGMENTS);
    setup.inputs[0].settings.push(MAPPING.to_owned());
    setup.create_inputs(&broker, 1);
    let topic = setup.events().to_owned();
    load(
        &broker,
        [
            message(&topic, "m-1", "Order Completed", "2026-01-05T10:00:00.000Z", "30"),
            message(&topic, "m-2", "Product Added", "2026-01-05T11:00:00.000Z", "1000"),
            message(&topic, "m-3", "Order Completed", "2026-01-05T12:00:00.000+01:00", "10"),
            message(&topic, "m-3", "Order Completed", "2026-01-05T12:00:00.000+01:00", "10"),
            message(&topic, "m-4", "Order Completed", "2026-01-05T13:00:00.250Z", "10"),
        ],
    );
    let mut program = Program::new(BINARY, &setup);
    program.init_from_the_beginning();
    program.start();
    let mut reader = Reader::new(&broker, &setup.transitions(), Isolation::ReadCommitted);
    until("both segments are entered", PATIENCE, || {
        reader.read_on();
        reader.records().len() >= 2
    });
    program.terminate();
    let announced: Vec<Announced> = reader.records().iter().map(Announced::from_record).collect();
    let told: Vec<(&str, String)> = announced.iter().map(|one| (one.segment.as_str(), one.at.to_string())).collect();
    let expected = [("bought-twice", "2026-01-05T11:00:00.000Z"), ("spent", "2026-01-05T13:00:00.250Z")];
    assert_eq!(told, expected.map(|(segment, at)| (segment, at.to_owned())));
    assert!(drain(&broker, &setup.dead_letters(), Isolation::ReadCommitted).is_empty(), "nothing is refused");
}
