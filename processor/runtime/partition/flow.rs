//! Keeps what waits in memory within its bounds: a topic of which too much waits is not fetched until there is room.

use std::collections::BTreeSet;

use super::intake::Intake;
use crate::broker::TopicPartition;
use crate::broker::kafka::Reader;

/// Which topics of which partitions are paused.
#[derive(Debug, Default)]
pub struct Flow {
    paused: BTreeSet<TopicPartition>,
}

impl Flow {
    /// Pauses and resumes the topics of one partition.
    pub fn regulate(&mut self, reader: &Reader, partition: i32, intake: &Intake) {
        let all = (0..intake.topics()).map(|topic| TopicPartition { topic, partition });
        let (mut pause, mut resume) = (Vec::new(), Vec::new());
        for at in all {
            if self.paused.contains(&at) {
                if intake.has_room(at.topic) {
                    resume.push(at);
                }
            } else if intake.is_full(at.topic) {
                pause.push(at);
            }
        }
        if !pause.is_empty() && reader.pause(&pause).is_ok() {
            self.paused.extend(pause);
        }
        if !resume.is_empty() && reader.resume(&resume).is_ok() {
            for at in &resume {
                self.paused.remove(at);
            }
        }
    }

    /// A partition is read no more.
    pub fn forget(&mut self, partitions: &[TopicPartition]) {
        for at in partitions {
            self.paused.remove(at);
        }
    }
}
