//! The newest keys of a topic, with the partitions they stand on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::client::{Connection, Unanswered};
use super::consumer::{Polled, Reader};
use super::end::{EndProbe, Isolation};
use crate::broker::TopicPartition;

/// How many of the newest records of a partition are looked at.
const RECORDS_PER_PARTITION: i64 = 50;
/// For how long; what was not read by then is not looked at.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keys, and the partitions they stand on.
pub(super) type Keys = Vec<(Vec<u8>, i32)>;

/// Different keys of each topic, at most [`RECORDS_PER_PARTITION`] a partition; records without key are left out.
pub(super) fn keys(connection: &Connection, topics: &Arc<[String]>, partitions: i32) -> Result<Vec<Keys>, Unanswered> {
    let probe = EndProbe::open(connection, Arc::clone(topics), Isolation::Committed)?;
    let all: Vec<TopicPartition> = (0..topics.len())
        .flat_map(|topic| (0..partitions).map(move |partition| TopicPartition { topic, partition }))
        .collect();
    let beginnings: BTreeMap<_, _> = probe.beginnings(&all, PATIENCE)?.into_iter().collect();
    let ends: BTreeMap<_, _> = probe.ends(&all, PATIENCE)?.into_iter().collect();
    let starts = ends.iter().filter_map(|(at, end)| {
        let from = beginnings.get(at).copied()?.max(end - RECORDS_PER_PARTITION);
        (from < *end).then_some((*at, from))
    });
    let starts: Vec<_> = starts.collect();
    let mut found: Vec<BTreeMap<Vec<u8>, i32>> = vec![BTreeMap::new(); topics.len()];
    if starts.is_empty() {
        return Ok(vec![Vec::new(); topics.len()]);
    }
    let mut reader = Reader::open(connection, Arc::clone(topics))?;
    reader.start(&starts)?;
    let begun = Instant::now();
    let mut open: BTreeMap<TopicPartition, i64> = starts.iter().map(|(at, _)| (*at, ends[at])).collect();
    while !open.is_empty() && begun.elapsed() < PATIENCE {
        let polled = reader.poll(Duration::from_millis(50), |arrival| {
            if let (Some(keys), Some(key)) = (found.get_mut(arrival.from.topic), arrival.record.key) {
                keys.insert(key.to_vec(), arrival.from.partition);
            }
            if open.get(&arrival.from).is_some_and(|end| arrival.offset + 1 >= *end) {
                open.remove(&arrival.from);
            }
        });
        if polled == Polled::Nothing {
            // A partition may end in records that are never seen: the marks of transactions.
            for (at, position) in reader.positions() {
                if open.get(&at).is_some_and(|end| position >= *end) {
                    open.remove(&at);
                }
            }
        }
    }
    Ok(found.into_iter().map(|keys| keys.into_iter().collect()).collect())
}
