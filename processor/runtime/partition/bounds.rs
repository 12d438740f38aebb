//! Which offsets the inputs still hold, and what is wrong where a wanted one is not among them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::broker::TopicPartition;
use crate::broker::kafka::{ClientError, Connection, EndProbe, Isolation, Unanswered};

/// The offsets that a partition of an input holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The first.
    pub first: i64,
    /// The one after the last.
    pub end: i64,
}

impl Held {
    /// Why reading cannot go on at `next`; none where it can.
    pub fn refusal(self, topic: &str, partition: i32, next: i64) -> Option<String> {
        let Self { first, end } = self;
        if next < first {
            return Some(format!(
                "`{topic}` partition {partition} no longer holds offsets {next} to {}, which are needed: they were \
                deleted. \
                 Raise `retention.ms` of the topic, and begin anew with another `kafka.group`",
                first - 1
            ));
        }
        (next > end).then(|| {
            format!(
                "`{topic}` partition {partition} ends at offset {end}, before offset {next} up to which it was read: \
                it was \
                 created anew, or lost records. Begin anew with another `kafka.group`"
            )
        })
    }
}

/// Asks which offsets are held.
#[derive(Debug)]
pub struct Bounds {
    probe: Mutex<EndProbe>,
}

impl Bounds {
    /// How long one question waits for its answer.
    const PATIENCE: Duration = Duration::from_secs(5);

    /// A client for topics, which are named by their index.
    pub fn open(connection: &Connection, topics: Arc<[String]>) -> Result<Self, ClientError> {
        Ok(Self { probe: Mutex::new(EndProbe::open(connection, topics, Isolation::Written)?) })
    }

    /// What these partitions hold; one whose leader did not answer is left out.
    pub fn of(&self, partitions: &[TopicPartition]) -> Result<BTreeMap<TopicPartition, Held>, Unanswered> {
        let probe = self.probe.lock().unwrap_or_else(PoisonError::into_inner);
        let first: BTreeMap<_, _> = probe.beginnings(partitions, Self::PATIENCE)?.into_iter().collect();
        let ends = probe.ends(partitions, Self::PATIENCE)?;
        let held = ends.into_iter().filter_map(|(at, end)| Some((at, Held { first: *first.get(&at)?, end })));
        Ok(held.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_and_what_never_was_are_told_apart() {
        let held = Held { first: 10, end: 20 };
        for (next, words) in
            [(9, Some("no longer holds offsets 9 to 9")), (10, None), (20, None), (21, Some("ends at offset 20"))]
        {
            let refusal = held.refusal("t", 3, next);
            assert_eq!(refusal.is_some(), words.is_some(), "{next}");
            assert!(refusal.unwrap_or_default().contains(words.unwrap_or_default()), "{next}");
        }
    }
}
