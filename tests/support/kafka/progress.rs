//! How far a consumer group has come.

use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use super::Broker;
use super::topics::topic_partitions;

/// Committed offsets are not told while a transaction of the group is open, at most its time-out of seconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a group has committed for one partition of one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The offset of the next record to read; none where the group has committed nothing.
    pub offset: Option<i64>,
    /// The string stored with the offset.
    pub metadata: String,
}

/// What `group` has committed for every partition of `topics`, in their order.
pub fn committed(broker: &Broker, group: &str, topics: &[&str]) -> Vec<Committed> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", broker.bootstrap()).set("group.id", group);
    let consumer: BaseConsumer = config.create().expect("these settings are valid");
    let mut asked = TopicPartitionList::new();
    for topic in topics {
        let partitions = topic_partitions(broker, topic).unwrap_or_else(|| panic!("there is no topic {topic}"));
        for partition in 0..partitions {
            asked.add_partition(topic, partition);
        }
    }
    let answer = consumer.committed_offsets(asked, PATIENCE).expect("the broker tells committed offsets");
    answer
        .elements()
        .iter()
        .map(|e| Committed {
            topic: e.topic().to_owned(),
            partition: e.partition(),
            offset: match e.offset() {
                Offset::Offset(offset) => Some(offset),
                Offset::Beginning | Offset::End | Offset::Stored | Offset::Invalid | Offset::OffsetTail(_) => None,
            },
            metadata: e.metadata().to_owned(),
        })
        .collect()
}
