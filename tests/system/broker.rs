//! The broker keeps the promises that everything else rests on, and the test kit reads it rightly.
//!
//! Proves: records of an aborted transaction are in the log and yet unseen by a careful reader; offsets commit with
//! their transaction or not at all, and bring their metadata string back; keys meet the partition that the Java client
//! would choose; Kafka timestamps of years ago are kept; a broker that was ended or stood still loses nothing.

use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use spicchio_testkit::kafka::{Broker, Isolation, Load, committed, create_topic, drain, ends, load, setting};

const PATIENCE: Duration = Duration::from_secs(30);

fn values(broker: &Broker, topic: &str, isolation: Isolation) -> Vec<String> {
    let text = |value: Option<Vec<u8>>| String::from_utf8(value.unwrap_or_default()).expect("these tests write text");
    drain(broker, topic, isolation).into_iter().map(|record| text(record.value)).collect()
}

/// Writes `value` and moves the group's offset of partition 0 to `offset` in one transaction, then ends it.
fn transaction(broker: &Broker, topic: &str, value: &str, offset: i64, commit: bool) {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", broker.bootstrap()).set("transactional.id", format!("{topic}-writer"));
    let producer: BaseProducer = config.create().expect("valid settings");
    producer.init_transactions(PATIENCE).expect("a transactional id");
    producer.begin_transaction().expect("a transaction");
    let record = BaseRecord::to(topic).key("k").payload(value).partition(0);
    producer.send(record).map_err(|(error, _)| error).expect("room in the queue");

    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", broker.bootstrap()).set("group.id", format!("{topic}-group"));
    let member: BaseConsumer = config.create().expect("valid settings");
    let mut offsets = TopicPartitionList::new();
    let mut element = offsets.add_partition(topic, 0);
    element.set_offset(Offset::Offset(offset)).expect("a valid offset");
    element.set_metadata(format!("word {offset}"));
    let group = member.group_metadata().expect("a group is named");
    producer.send_offsets_to_transaction(&offsets, &group, PATIENCE).expect("the group's coordinator takes them");
    producer.flush(PATIENCE).expect("the record is stored");
    if commit {
        producer.commit_transaction(PATIENCE).expect("a commit");
    } else {
        producer.abort_transaction(PATIENCE).expect("an abort");
    }
}

#[test]
fn a_transaction_is_all_or_nothing() {
    let broker = Broker::shared();
    let topic = "transactions";
    create_topic(&broker, topic, 1, &[]);
    transaction(&broker, topic, "first", 7, true);
    transaction(&broker, topic, "undone", 8, false);

    assert_eq!(values(&broker, topic, Isolation::ReadCommitted), ["first"]);
    assert_eq!(values(&broker, topic, Isolation::ReadUncommitted), ["first", "undone"]);
    assert_eq!(ends(&broker, topic), [4], "two records and the two markers of their transactions");
    let progress = committed(&broker, "transactions-group", &[topic]);
    let [only] = progress.as_slice() else { panic!("one partition, one answer: {progress:?}") };
    assert_eq!((only.offset, only.metadata.as_str()), (Some(7), "word 7"));
    assert_eq!(committed(&broker, "nobody", &[topic])[0].offset, None);
}

#[test]
fn records_stand_where_the_java_client_would_put_them() {
    let broker = Broker::shared();
    let topic = "partitioned";
    create_topic(&broker, topic, 12, &[("retention.ms", "86400000")]);
    // Computed by the Java client's own `toPositive(murmur2(key)) % 12`.
    let expected = [("c-1", 11), ("c-2", 10), ("customer", 0)];
    let long_ago = 1_000_000_000_000;
    load(&broker, expected.iter().map(|(key, _)| Load::new(topic, *key, "{}").at(long_ago)));
    for (key, partition) in expected {
        let record = drain(&broker, topic, Isolation::ReadCommitted).into_iter().find(|r| r.key_text() == key);
        let record = record.unwrap_or_else(|| panic!("the record of {key} is gone"));
        assert_eq!((record.partition, record.timestamp), (partition, Some(long_ago)), "{key}");
    }
    assert_eq!(setting(&broker, topic, "retention.ms").as_deref(), Some("86400000"));
}

#[test]
fn an_interrupted_broker_loses_nothing() {
    let broker = Broker::start();
    let topic = "kept";
    create_topic(&broker, topic, 1, &[]);
    load(&broker, [Load::new(topic, "k", "before")]);
    broker.restart();
    load(&broker, [Load::new(topic, "k", "between")]);
    broker.pause();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| load(&broker, [Load::new(topic, "k", "after")]));
        broker.resume();
        writer.join().expect("the record is stored once the broker goes on");
    });
    broker.kill();
    broker.restart();
    assert_eq!(values(&broker, topic, Isolation::ReadCommitted), ["before", "between", "after"]);
}
