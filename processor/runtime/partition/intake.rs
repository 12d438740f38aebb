//! What was read of one partition and is not folded yet: a queue for each topic, and whose turn it is.
//!
//! It knows for each topic what was read, what is next and where it was proved to end, and so tells the partition clock
//! everything that moves it. A topic of which nothing waits lets a record of another pass only on a proof that was
//! asked for after that record was read: an older one says nothing of what was written before it. Recovery uses the
//! same, with the committed offsets as ends for ever. Not here: how far time has come (`PartitionClock`), and folding.

use std::collections::VecDeque;
use std::time::Instant as Moment;

use spicchio_core::event::Event;
use spicchio_core::timer::{Head, Instant, PartitionClock};

use crate::broker::Outgoing;

/// A record that waits to be folded.
#[derive(Debug)]
pub struct Waiting {
    /// Its offset.
    pub offset: i64,
    /// Its Kafka timestamp; none where the broker knows none.
    pub recorded: Option<Instant>,
    /// What it is.
    pub content: Content,
}

/// What a record turned out to be.
#[derive(Debug)]
pub enum Content {
    /// An event.
    Event(Event),
    /// Refused, with the dead letter that says so; none where that was written long ago.
    Refused(Option<Box<Outgoing>>),
}

impl Waiting {
    fn head(&self) -> Head {
        match &self.content {
            Content::Event(event) => Head { order: event.time, time: Some(event.time) },
            Content::Refused(_) => Head { order: self.recorded.unwrap_or(Instant::MIN), time: None },
        }
    }

    /// About how much memory it takes.
    fn bytes(&self) -> usize {
        let letter = match &self.content {
            Content::Event(_) | Content::Refused(None) => 0,
            Content::Refused(Some(letter)) => letter.bytes(),
        };
        size_of::<Self>() + letter
    }
}

/// Where a topic was found to end.
#[derive(Clone, Copy, Debug)]
pub struct End {
    /// The wall time at which the question was sent.
    pub sent: Instant,
    /// The same moment, for its age; none where it is the end for ever.
    pub at: Option<Moment>,
    /// The offset after its last record.
    pub offset: i64,
}

impl End {
    /// Whether it says what was there when a record was read at `moment`.
    fn covers(&self, moment: Moment) -> bool {
        self.at.is_none_or(|at| at >= moment)
    }
}

#[derive(Debug)]
struct Lane {
    queue: VecDeque<(Moment, Waiting)>,
    bytes: usize,
    next: i64,
    end: Option<End>,
}

impl Lane {
    /// Everything before this offset has been taken.
    fn passed(&self) -> i64 {
        self.queue.front().map_or(self.next, |(_, waiting)| waiting.offset)
    }
}

/// The queues of one partition, in the order of the inputs.
#[derive(Debug)]
pub struct Intake {
    lanes: Vec<Lane>,
    clock: PartitionClock,
}

impl Intake {
    /// The most records of a topic that wait; fetching it pauses then.
    pub const RECORDS_MAX: usize = 5_000;
    /// The most memory that records of a topic take while they wait, in bytes; fetching it pauses then.
    pub const BYTES_MAX: usize = 8 << 20;

    /// Empty queues that go on at these offsets, one for each topic.
    pub fn new(clock: PartitionClock, next: &[i64]) -> Self {
        let lane = |next: &i64| Lane { queue: VecDeque::new(), bytes: 0, next: *next, end: None };
        Self { lanes: next.iter().map(lane).collect(), clock }
    }

    /// How many topics there are.
    pub fn topics(&self) -> usize {
        self.lanes.len()
    }

    /// A record was read at that moment, or a little later. One that was read before is left out: a reader that starts
    /// over delivers it again.
    pub fn arrive(&mut self, topic: usize, moment: Moment, waiting: Waiting) {
        let Some(lane) = self.lanes.get_mut(topic) else { return };
        if waiting.offset < lane.next {
            return;
        }
        lane.next = waiting.offset + 1;
        lane.bytes += waiting.bytes();
        if lane.queue.is_empty() {
            self.clock.next_is(topic, Some(waiting.head()));
        }
        let first = lane.queue.is_empty();
        lane.queue.push_back((moment, waiting));
        if first {
            self.weigh_ends();
        }
    }

    /// The record that is folded next, with its topic; none while some topic must be waited for, or nothing is there.
    pub fn take(&mut self) -> Option<(usize, Waiting)> {
        let topic = self.clock.turn()?;
        let lane = self.lanes.get_mut(topic)?;
        let (_, waiting) = lane.queue.pop_front()?;
        lane.bytes -= waiting.bytes();
        if let Some(time) = waiting.head().time {
            self.clock.was_read(topic, time);
        }
        self.clock.next_is(topic, lane.queue.front().map(|(_, waiting)| waiting.head()));
        self.weigh_ends();
        Some((topic, waiting))
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.lanes.iter().all(|lane| lane.queue.is_empty())
    }

    /// Whether a record could be taken now.
    pub fn is_ready(&self) -> bool {
        self.clock.turn().is_some()
    }

    /// Whether a record waits for nothing but a newer proof that the other topics have ended.
    pub fn wants_proof(&self) -> bool {
        !self.is_empty() && self.clock.turn().is_none()
    }

    /// A topic was found to end there. Once everything before is taken, that is proved as of the time of the question.
    pub fn ends_at(&mut self, topic: usize, end: End) {
        if let Some(lane) = self.lanes.get_mut(topic) {
            lane.end = Some(end);
            self.weigh_ends();
        }
    }

    /// The reader has passed this offset of a topic, over records that are never delivered.
    pub fn reader_passed(&mut self, topic: usize, position: i64) {
        if let Some(lane) = self.lanes.get_mut(topic) {
            lane.next = lane.next.max(position);
            self.weigh_ends();
        }
    }

    /// Moves the partition clock as far as it goes, and says where it stands.
    pub fn advance(&mut self) -> Instant {
        self.clock.advance()
    }

    /// The offsets to commit: the next one of each topic.
    pub fn passed(&self) -> Vec<i64> {
        self.lanes.iter().map(Lane::passed).collect()
    }

    /// The next offset that is expected from the reader, for each topic.
    pub fn expected(&self) -> Vec<i64> {
        self.lanes.iter().map(|lane| lane.next).collect()
    }

    /// Whether a topic has to be paused.
    pub fn is_full(&self, topic: usize) -> bool {
        self.lanes.get(topic).is_some_and(|lane| lane.queue.len() >= Self::RECORDS_MAX || lane.bytes >= Self::BYTES_MAX)
    }

    /// Whether a paused topic may be fetched again.
    pub fn has_room(&self, topic: usize) -> bool {
        let half = |lane: &Lane| lane.queue.len() <= Self::RECORDS_MAX / 2 && lane.bytes <= Self::BYTES_MAX / 2;
        self.lanes.get(topic).is_some_and(half)
    }

    /// Records that are there and not folded yet, as far as known; none before the first answer.
    pub fn behind(&self) -> Option<u64> {
        let of_lane = |lane: &Lane| u64::try_from(lane.end?.offset - lane.passed()).ok().or(Some(0));
        self.lanes.iter().map(of_lane).sum()
    }

    /// Topics whose reader stands short of the known end while nothing of them waits.
    pub fn starved(&self) -> impl Iterator<Item = usize> + '_ {
        let starved = |lane: &Lane| lane.queue.is_empty() && lane.end.is_some_and(|end| lane.next < end.offset);
        self.lanes.iter().enumerate().filter(move |(_, lane)| starved(lane)).map(|(topic, _)| topic)
    }

    /// Tells the clock which topics have ended, as of proofs that say something about the record that would be next.
    fn weigh_ends(&mut self) {
        let heads = self.lanes.iter().filter_map(|lane| lane.queue.front());
        let next = heads.min_by_key(|(_, waiting)| waiting.head().order).map(|(moment, _)| *moment);
        for (topic, lane) in self.lanes.iter().enumerate().filter(|(_, lane)| lane.queue.is_empty()) {
            match lane.end.filter(|end| lane.next >= end.offset && next.is_none_or(|moment| end.covers(moment))) {
                Some(end) => self.clock.end_was_proved(topic, end.sent),
                None => self.clock.end_is_unknown(topic),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use spicchio_core::timer::Pace;

    use super::*;

    /// Plays a script over two topics, `a` and `b`, from offset 0, and says what came of each `take`, and the offsets
    /// to commit at the end. Every step is a moment later than the one before.
    ///
    /// Steps: `a 5` (the next record of `a` is read, of time 5), `a again 0` (offset 0 is read once more), `a ends 3`
    /// (the end is asked for now, and is 3), `a passed 3` (the reader passed up to 3), `take`.
    fn check(script: &str, expected: &str) {
        let begun = Moment::now();
        let clock = PartitionClock::new(Pace::Wall, 0, 2, Instant::from_millis(0));
        let (mut intake, mut told, mut offsets) = (Intake::new(clock, &[0, 0]), Vec::new(), [0, 0]);
        for (step, line) in (0u64..).zip(script.split(", ")) {
            let words: Vec<&str> = line.split(' ').collect();
            let moment = begun + Duration::from_millis(step);
            if words[0] == "take" {
                let taken = intake.take().map(|(topic, waiting)| format!("{}{}", ["a", "b"][topic], waiting.offset));
                told.push(taken.unwrap_or_else(|| "-".to_owned()));
                continue;
            }
            let topic = usize::from(words[0] == "b");
            let number: i64 = words[words.len() - 1].parse().unwrap();
            match words[1] {
                "ends" => intake.ends_at(topic, End { sent: Instant::MIN, at: Some(moment), offset: number }),
                "passed" => intake.reader_passed(topic, number),
                "again" => intake.arrive(topic, moment, refused(number, Instant::MIN)),
                _ => {
                    intake.arrive(topic, moment, refused(offsets[topic], Instant::from_millis(number)));
                    offsets[topic] += 1;
                }
            }
        }
        told.push(format!("{:?}", intake.passed()));
        assert_eq!(told.join(" "), expected, "{script}");
    }

    fn refused(offset: i64, recorded: Instant) -> Waiting {
        Waiting { offset, recorded: Some(recorded), content: Content::Refused(None) }
    }

    #[test]
    fn topics_are_merged_by_time() {
        check("a 5, a 9, b 3, b 7, take, take, take", "b0 a0 b1 [1, 2]");
        check("a 5, b 5, take, b 9, take", "a0 - [1, 0]");
    }

    #[test]
    fn a_record_waits_for_a_proof_that_was_asked_for_after_it_was_read() {
        check("a 5, take, b ends 0, take", "- a0 [1, 0]");
        check("b ends 0, a 5, take, b ends 0, take", "- a0 [1, 0]");
        check("a 5, b ends 1, take, b 2, take, take, b ends 1, take", "- b0 a0 - [1, 1]");
    }

    #[test]
    fn an_end_of_marks_alone_is_reached_by_the_reader() {
        check("a 5, b ends 2, take, b passed 2, take", "- a0 [1, 2]");
    }

    #[test]
    fn what_was_read_before_is_left_out() {
        check("a 5, a 6, b 9, a again 0, take, take, take", "a0 a1 - [2, 0]");
    }

    #[test]
    fn what_waits_is_bounded_and_fetched_again_at_half() {
        let clock = PartitionClock::new(Pace::Wall, 0, 1, Instant::from_millis(0));
        let mut intake = Intake::new(clock, &[0]);
        for offset in (0i64..).take(Intake::RECORDS_MAX) {
            assert!(!intake.is_full(0), "at {offset}");
            intake.arrive(0, Moment::now(), refused(offset, Instant::MIN));
        }
        assert!(intake.is_full(0) && !intake.has_room(0));
        while !intake.has_room(0) {
            assert!(intake.take().is_some());
        }
        assert_eq!(intake.passed(), [i64::try_from(Intake::RECORDS_MAX / 2).unwrap()]);
    }
}
