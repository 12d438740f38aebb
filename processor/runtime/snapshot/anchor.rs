//! Which record stands at an offset: by it, a topic that was created anew is told from the one that was read.

use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use xxhash_rust::xxh3::Xxh3Default;

use super::manifest::Anchor;
use crate::broker::kafka::{Connection, Polled, Reader};
use crate::broker::{Arrival, TopicPartition};

/// Looks at single records.
#[derive(Debug)]
pub(super) struct Anchors {
    reader: Reader,
}

impl Anchors {
    /// How long one look may take.
    const PATIENCE: Duration = Duration::from_secs(10);
    /// How far back a record is looked for: marks of transactions are no records.
    const BACK_MAX: i64 = 64;

    /// A reader of topics, which are named by their index from now on.
    fn open(connection: &Connection, topics: Arc<[String]>) -> Result<Self, String> {
        Ok(Self { reader: Reader::open(connection, topics).map_err(|error| error.to_string())? })
    }

    /// Those that are open, or new ones.
    pub(super) fn opened<'a>(
        open: &'a mut Option<Self>,
        connection: &Connection,
        topics: &Arc<[String]>,
    ) -> Result<&'a mut Self, String> {
        let anchors = match open.take() {
            Some(anchors) => anchors,
            None => Self::open(connection, Arc::clone(topics))?,
        };
        Ok(open.insert(anchors))
    }

    /// The last record before an offset, not before `first`; none where there is none nearby.
    pub(super) fn before(&mut self, at: TopicPartition, offset: i64, first: i64) -> Result<Option<Anchor>, String> {
        let from = first.max(offset - Self::BACK_MAX);
        if from >= offset { Ok(None) } else { self.last(at, from, offset) }
    }

    /// The record at an offset; none where there is none.
    pub(super) fn at(&mut self, at: TopicPartition, offset: i64) -> Result<Option<Anchor>, String> {
        self.last(at, offset, offset + 1)
    }

    /// The last record from `from` on and before `end`.
    fn last(&mut self, at: TopicPartition, from: i64, end: i64) -> Result<Option<Anchor>, String> {
        self.reader.start(&[(at, from)]).map_err(|error| error.to_string())?;
        let found = self.read(at, end);
        self.reader.stop(&[at]).map_err(|error| error.to_string())?;
        found
    }

    fn read(&mut self, at: TopicPartition, end: i64) -> Result<Option<Anchor>, String> {
        let until = Moment::now() + Self::PATIENCE;
        let mut last = None;
        while Moment::now() < until {
            let mut passed = false;
            let polled = self.reader.poll(Duration::from_millis(50), |arrival| {
                if arrival.from == at {
                    passed = arrival.offset + 1 >= end;
                    if arrival.offset < end {
                        last = Some(anchor(&arrival));
                    }
                }
            });
            match polled {
                Polled::Record => {}
                Polled::Nothing => {
                    passed = self.reader.positions().iter().any(|(known, position)| *known == at && *position >= end);
                }
                Polled::OffsetGone => return Ok(None),
                Polled::Broken => return Err("the reading client met a fatal error".to_owned()),
            }
            if passed {
                return Ok(last);
            }
        }
        Err(format!("no answer within {} s", Self::PATIENCE.as_secs()))
    }
}

fn anchor(arrival: &Arrival<'_>) -> Anchor {
    let mut hasher = Xxh3Default::new();
    for part in [arrival.record.key, arrival.record.value] {
        hasher.update(&part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
        hasher.update(part.unwrap_or_default());
    }
    let timestamp = arrival.record.timestamp.map(spicchio_core::timer::Instant::millis);
    Anchor { offset: arrival.offset, timestamp, hash: format!("{:016x}", hasher.digest()) }
}
