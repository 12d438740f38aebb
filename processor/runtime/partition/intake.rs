//! What was read of one partition and is not folded yet: a queue for each topic, and whose turn it is.
//!
//! It knows for each topic what was read, what is next and where it was proved to end, and so tells the partition clock
//! everything that moves it. Recovery uses the same, with the committed offsets as the ends. Not here: how far time has
//! come (`PartitionClock`), and folding.

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
    /// The same moment, for its age.
    pub at: Moment,
    /// The offset after its last record.
    pub offset: i64,
}

#[derive(Debug)]
struct Lane {
    queue: VecDeque<Waiting>,
    bytes: usize,
    next: i64,
    end: Option<End>,
}

impl Lane {
    /// Everything before this offset has been taken.
    fn passed(&self) -> i64 {
        self.queue.front().map_or(self.next, |waiting| waiting.offset)
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

    /// A record was read. One that was read before is left out: a reader that starts over delivers it again.
    pub fn arrive(&mut self, topic: usize, waiting: Waiting) {
        let Some(lane) = self.lanes.get_mut(topic) else { return };
        if waiting.offset < lane.next {
            return;
        }
        lane.next = waiting.offset + 1;
        lane.bytes += waiting.bytes();
        if lane.queue.is_empty() {
            self.clock.next_is(topic, Some(waiting.head()));
        }
        lane.queue.push_back(waiting);
    }

    /// The record that is folded next, with its topic; none while some topic must be waited for, or nothing is there.
    pub fn take(&mut self) -> Option<(usize, Waiting)> {
        let topic = self.clock.turn()?;
        let lane = self.lanes.get_mut(topic)?;
        let waiting = lane.queue.pop_front()?;
        lane.bytes -= waiting.bytes();
        if let Some(time) = waiting.head().time {
            self.clock.was_read(topic, time);
        }
        self.clock.next_is(topic, lane.queue.front().map(Waiting::head));
        self.weigh_end(topic);
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

    /// A topic was found to end there. Once everything before is taken, that is proved as of the time of the question.
    pub fn ends_at(&mut self, topic: usize, end: End) {
        if let Some(lane) = self.lanes.get_mut(topic) {
            lane.end = Some(end);
            self.weigh_end(topic);
        }
    }

    /// The reader has passed this offset of a topic, over records that are never delivered.
    pub fn reader_passed(&mut self, topic: usize, position: i64) {
        if let Some(lane) = self.lanes.get_mut(topic) {
            lane.next = lane.next.max(position);
            self.weigh_end(topic);
        }
    }

    /// Proofs from before that moment count no more.
    pub fn forget_ends_before(&mut self, oldest: Moment) {
        for topic in 0..self.lanes.len() {
            if self.lanes.get(topic).is_some_and(|lane| lane.end.is_some_and(|end| end.at < oldest)) {
                self.clock.end_is_unknown(topic);
            }
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

    fn weigh_end(&mut self, topic: usize) {
        let Some(lane) = self.lanes.get(topic) else { return };
        let Some(end) = lane.end else { return };
        if !lane.queue.is_empty() {
            return;
        }
        if lane.next >= end.offset {
            self.clock.end_was_proved(topic, end.sent);
        } else {
            self.clock.end_is_unknown(topic);
        }
    }
}
