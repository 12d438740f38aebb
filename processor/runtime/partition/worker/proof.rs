//! A worker and the ends of its inputs: when it wants to know them, what it makes of the answers, and what it says when
//! they do not come.

use std::time::{Duration, Instant as Moment};

use spicchio_core::timer::Pace;

use super::turn::Worker;
use crate::broker::TopicPartition;
use crate::clock;
use crate::partition::{Answer, End, Tuple};

impl Worker {
    /// Time may stand still for this long before an operator is told, and is told again.
    const STILL_MAX: Duration = Duration::from_mins(1);

    /// When an answer about the ends would let a deadline fire, or a record pass.
    pub(super) fn next_question(&self) -> Option<Moment> {
        if self.tuples.values().any(Tuple::wants_proof) {
            return Some(Moment::now());
        }
        if self.around.pace == Pace::Events {
            return None;
        }
        let due = self.tuples.values().filter_map(Tuple::next_deadline).min()?;
        let wait = due.plus(self.around.grace_millis + 1).millis().saturating_sub(clock::now().millis());
        let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0));
        Moment::now().checked_add(wait)
    }

    /// Tells partitions what is known of the ends.
    pub(super) fn look_at_ends(&mut self) {
        let Some(answer) = self.around.ends.newest() else { return };
        if self.answered != Some(answer.at) {
            self.answered = Some(answer.at);
            self.pass_on(&answer);
        }
    }

    fn pass_on(&mut self, answer: &Answer) {
        let mut starved = false;
        for (partition, tuple) in &mut self.tuples {
            for topic in 0..self.around.sorting.topics() {
                if let Some(offset) = answer.ends.get(&TopicPartition { topic, partition: *partition }) {
                    tuple.intake().ends_at(topic, End { sent: answer.sent, at: Some(answer.at), offset: *offset });
                }
            }
            starved |= tuple.intake().starved().next().is_some();
        }
        if starved {
            // The end may be marks of transactions, which are never delivered: the reader knows whether it passed them.
            for (at, position) in self.reader.positions() {
                if let Some(tuple) = self.tuples.get_mut(&at.partition) {
                    tuple.intake().reader_passed(at.topic, position);
                }
            }
        }
    }

    /// Tells an operator where time does not move on: some input is not at its end, or nobody says where it ends.
    pub(super) fn tell_of_stillness(&mut self) {
        if self.around.pace == Pace::Events || self.told_of_stillness.elapsed() < Self::STILL_MAX {
            return;
        }
        for (partition, tuple) in &mut self.tuples {
            if tuple.stands_still() >= Self::STILL_MAX {
                self.told_of_stillness = Moment::now();
                let short = tuple.intake().starved().map(|topic| self.around.sorting.topic(topic)).collect::<Vec<_>>();
                tracing::error!(
                    partition, clock = %tuple.word().clock, inputs_not_at_their_end = ?short,
                    "time stands still: no deadline fires until every input is proved to be read to its end; \
                     an open transaction of a producer, or a partition without leader, holds it"
                );
            }
        }
    }
}
