//! Topics: made, counted, described.

use std::future::Future;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{Offset, TopicPartitionList};

use super::Broker;
use crate::process::until_some;

/// How long an administrative request may take; the broker shares two cores with the whole test.
const REQUEST: Duration = Duration::from_secs(30);
/// How long one look at a starting broker may take.
const LOOK: Duration = Duration::from_millis(500);

/// Creates a topic with `partitions` partitions and the given settings, and waits until it can be used.
pub fn create_topic(broker: &Broker, topic: &str, partitions: i32, settings: &[(&str, &str)]) {
    let new = settings
        .iter()
        .fold(NewTopic::new(topic, partitions, TopicReplication::Fixed(1)), |new, (key, value)| new.set(key, value));
    let options = AdminOptions::new().operation_timeout(Some(REQUEST));
    let results = block_on(admin(broker).create_topics([&new], &options));
    for result in results.expect("the broker answers") {
        result.unwrap_or_else(|(topic, code)| panic!("cannot create topic {topic}: {code}"));
    }
    until_some("the new topic is usable", REQUEST, || topic_partitions(broker, topic).filter(|n| *n == partitions));
}

/// How many partitions a topic has; `None` when it does not exist.
pub fn topic_partitions(broker: &Broker, topic: &str) -> Option<i32> {
    let client = client(broker.bootstrap());
    let metadata = client.fetch_metadata(Some(topic), REQUEST).expect("the broker answers");
    let found = metadata.topics().iter().find(|t| t.name() == topic && t.error().is_none())?;
    let all_led = found.partitions().iter().all(|p| p.error().is_none() && p.leader() >= 0);
    let count = i32::try_from(found.partitions().len()).expect("a test's topic has few partitions");
    (count > 0 && all_led).then_some(count)
}

/// Deletes the records before an offset, as retention would.
pub fn delete_records(broker: &Broker, topic: &str, partition: i32, before: i64) {
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, partition, Offset::Offset(before)).expect("an offset");
    let options = AdminOptions::new().operation_timeout(Some(REQUEST));
    let deleted = block_on(admin(broker).delete_records(&list, &options)).expect("the broker answers");
    for element in deleted.elements() {
        element.error().unwrap_or_else(|code| panic!("cannot delete records of {topic}-{partition}: {code}"));
    }
}

/// The value of a topic's setting.
pub fn setting(broker: &Broker, topic: &str, name: &str) -> Option<String> {
    let asked = [ResourceSpecifier::Topic(topic)];
    let described = block_on(admin(broker).describe_configs(&asked, &AdminOptions::new()));
    let resource = described.expect("the broker answers").pop()?.ok()?;
    resource.get(name)?.value.clone()
}

/// Whether a broker answers at this address.
pub(super) fn answers(bootstrap: &str) -> bool {
    client(bootstrap).fetch_metadata(None, LOOK).is_ok_and(|metadata| !metadata.brokers().is_empty())
}

fn client(bootstrap: &str) -> BaseConsumer {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap).set("log_level", "0");
    config.create().expect("these settings are valid")
}

fn admin(broker: &Broker) -> AdminClient<DefaultClientContext> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", broker.bootstrap());
    config.create().expect("these settings are valid")
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime on this thread").block_on(future)
}
