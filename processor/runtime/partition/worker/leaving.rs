//! How partitions leave a worker: given up, taken away, sent back to be recovered on, or stopped.

use std::sync::Arc;

use super::turn::Worker;
use crate::broker::TopicPartition;
use crate::partition::{Halt, Newcomer, Tuple};

impl Worker {
    /// Gives partitions up that are wanted back and have nothing left to commit, and forgets those that were taken.
    pub(super) fn give_up(&mut self) {
        let done = |tuple: &Tuple| tuple.lease().has_ended() || (tuple.lease().is_leaving() && !tuple.has_moved());
        let leaving: Vec<i32> =
            self.tuples.iter().filter(|(_, tuple)| done(tuple)).map(|(number, _)| *number).collect();
        for number in leaving {
            self.remove(number);
        }
        self.send_back();
    }

    /// Partitions whose history was interrupted are recovered on; their state waits for them.
    fn send_back(&mut self) {
        let back: Vec<Newcomer> = self.tuples.values().filter_map(Tuple::goes_back).cloned().collect();
        for newcomer in back {
            let number = newcomer.lease.partition();
            let Some(tuple) = self.tuples.remove(&number) else { continue };
            let partitions: Vec<TopicPartition> = tuple.expected().iter().map(|(at, _)| *at).collect();
            self.forget_input(&partitions);
            self.sittings.dismiss(number);
            if let Some(parked) = tuple.park() {
                self.around.park.leave(number, parked);
            }
            self.around.tenancy.wait_again(newcomer);
        }
    }

    pub(super) fn remove(&mut self, number: i32) {
        let Some(tuple) = self.tuples.remove(&number) else { return };
        let partitions: Vec<TopicPartition> = tuple.expected().iter().map(|(at, _)| *at).collect();
        self.forget_input(&partitions);
        let lease = Arc::clone(tuple.lease());
        let intact = !lease.has_ended();
        let is_closing = self.around.tenancy.is_closing();
        match tuple.park().filter(|_| intact) {
            // Its next owner is another process: the lease ends when what that needs is written.
            Some(parked) if is_closing => self.sittings.hand_over(parked, &lease),
            Some(parked) => {
                self.around.park.leave(number, parked);
                lease.end();
            }
            None => lease.end(),
        }
        self.sittings.dismiss(number);
    }

    /// The partition is not worked on any more, and stays ours: nobody else would fare better.
    fn stop_partition(&mut self, number: i32, reason: String) {
        let Some(tuple) = self.tuples.remove(&number) else { return };
        let partitions: Vec<TopicPartition> = tuple.expected().iter().map(|(at, _)| *at).collect();
        self.forget_input(&partitions);
        self.sittings.dismiss(number);
        tuple.view().stopped(reason);
        tuple.lease().rest();
    }

    fn forget_input(&mut self, partitions: &[TopicPartition]) {
        self.around.ends.forget(partitions.iter().copied());
        if let Err(error) = self.reader.stop(partitions) {
            tracing::warn!(%error, "the reading client keeps partitions that were given up");
        }
        self.flow.forget(partitions);
    }

    /// Some input has no record at the offset that is next: finds which, and stops its partition.
    pub(super) fn find_lost_input(&mut self) {
        let expected: Vec<(TopicPartition, i64)> = self.tuples.values().flat_map(Tuple::expected).collect();
        let partitions: Vec<TopicPartition> = expected.iter().map(|(at, _)| *at).collect();
        match self.around.bounds.of(&partitions) {
            Ok(bounds) => {
                for (at, next) in expected {
                    let topic = self.around.sorting.topic(at.topic);
                    let lost = bounds.get(&at).and_then(|held| held.refusal(topic, at.partition, next));
                    if let Some(reason) = lost {
                        tracing::error!(reason, "a partition stops");
                        self.stop_partition(at.partition, reason);
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "some input is not there, and which one cannot be asked yet"),
        }
    }

    pub(super) fn halt(&mut self, number: i32, halt: &Halt) {
        let topic = match halt {
            Halt::Record { topic, .. } => self.around.sorting.topic(*topic),
            Halt::Clock { .. } | Halt::Full { .. } => "all inputs",
        };
        if !matches!(halt, Halt::Full { .. }) {
            self.around.metrics.panics.with_label_values::<&str>(&[]).inc();
        }
        let reason = format!("partition {number} of {topic}: {halt}");
        tracing::error!(reason, "a partition stops");
        self.stop_partition(number, reason);
    }
}
