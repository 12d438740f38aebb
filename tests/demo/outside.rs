//! What somebody outside sees of a running demo: its topics through a Kafka client, its state over HTTP.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, Message};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use serde_json::Value;
use spicchio_testkit::process::until_some;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The word after `flag` in what the demo said.
pub(crate) fn told(said: &str, flag: &str) -> String {
    let rest = said.split(flag).nth(1).unwrap_or_else(|| panic!("no `{flag}` in: {said}"));
    rest.split_whitespace().next().expect("a word follows").trim_matches('\'').to_owned()
}

/// The first transition of a topic, as any consumer reads it: its value, and its header `segment`.
pub(crate) fn first_transition(broker: &str, topic: &str) -> (Value, String) {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", broker).set("group.id", "outside").set("enable.auto.commit", "false");
    let consumer: BaseConsumer = config.create().expect("these are valid settings");
    let mut from = TopicPartitionList::new();
    from.add_partition_offset(topic, 0, Offset::Beginning).expect("a valid offset");
    consumer.assign(&from).expect("a valid assignment");
    until_some("a transition to read along", PATIENCE, || {
        let message = consumer.poll(Duration::from_millis(100))?.ok()?;
        let value = serde_json::from_slice(message.payload()?).expect("a transition is JSON");
        let segment = message.headers()?.iter().find(|header| header.key == "segment")?.value?;
        Some((value, String::from_utf8_lossy(segment).into_owned()))
    })
}

/// The answer to a GET request, which must be 200: its body.
pub(crate) fn body(address: &str) -> String {
    let (host, path) = address.trim_start_matches("http://").split_once('/').expect("an address has a path");
    let mut connection = TcpStream::connect(host).expect("the demo listens");
    connection.set_read_timeout(Some(PATIENCE)).expect("a valid limit");
    write!(connection, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("it takes requests");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("it answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head and a body");
    assert!(head.starts_with("HTTP/1.1 200"), "{address}: {head}");
    body.to_owned()
}
