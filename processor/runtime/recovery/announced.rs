//! What consumers were told: a partition of the memberships topic, read to its end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use spicchio_core::customer::CustomerId;
use spicchio_core::timer::Instant;
use spicchio_core::transition::{Cause, Change, Move, Transition};
use spicchio_core::wire::{Announcement, read_membership_key};

use super::restore::Stop;
use crate::broker::TopicPartition;
use crate::broker::kafka::{Connection, EndProbe, Isolation, Polled, Reader, Unanswered};
use crate::partition::{Held, Lease};

/// How long one question waits for its answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait for the end of an open transaction until an operator should look, and how often to say so.
const ALARM: Duration = Duration::from_secs(30);

/// What was announced last, by the topic's key: where the customer stands, or that this was taken back.
pub(super) type Announced = BTreeMap<String, Option<Announcement>>;

/// What the memberships topic holds of a partition.
pub(super) fn held(connection: &Connection, topic: &str, lease: &Lease) -> Result<Held, Stop> {
    let topics: Arc<[String]> = Arc::from([topic.to_owned()]);
    let at = TopicPartition { topic: 0, partition: lease.partition() };
    let probe = EndProbe::open(connection, topics, Isolation::Written)?;
    let first = ask(lease, || probe.beginnings(&[at], PATIENCE))?;
    Ok(Held { first, end: ask(lease, || probe.ends(&[at], PATIENCE))? })
}

/// Reads what was announced of a partition, from there or else from the beginning, up to everything that has been
/// written by now.
///
/// That the committed offsets are stable does not mean that the marks of the same transaction are on this topic yet:
/// they are written partition by partition. So it is not enough to read up to the last stable offset; whatever
/// transaction is open here is waited for, the last one of a dead owner until it is taken back.
pub(super) fn read(
    connection: &Connection,
    topic: &str,
    lease: &Arc<Lease>,
    from: Option<i64>,
) -> Result<Announced, Stop> {
    let topics: Arc<[String]> = Arc::from([topic.to_owned()]);
    let at = TopicPartition { topic: 0, partition: lease.partition() };
    let Held { first, end } = held(connection, topic, lease)?;
    let first = from.map_or(first, |from| from.max(first));
    let mut announced = Announced::new();
    if first >= end {
        return Ok(announced);
    }
    let mut reader = Reader::open(connection, topics)?;
    reader.start(&[(at, first)])?;
    let (mut next, mut told) = (first, Moment::now());
    while next < end {
        if lease.is_leaving() || lease.has_ended() {
            return Err(Stop::Leaving);
        }
        if told.elapsed() > ALARM {
            told = Moment::now();
            tracing::error!(
                topic,
                partition = at.partition,
                offset = next,
                end,
                "a transaction is open on this topic, so what was announced is not known: a broker ends it within \
                seconds; one \
                 that stays is found with `kafka-transactions.sh find-hanging` and ended with `abort`"
            );
        }
        let polled = reader.poll(Duration::from_millis(100), |arrival| {
            next = next.max(arrival.offset + 1);
            take_in(&mut announced, arrival.record.key, arrival.record.value);
        });
        match polled {
            Polled::Record => {}
            // What is left may be the marks of transactions, and what compaction took away.
            Polled::Nothing => next = reader.positions().iter().map(|(_, position)| *position).fold(next, i64::max),
            Polled::OffsetGone | Polled::Broken => {
                return Err(Stop::Failed(format!("`{topic}` partition {} cannot be read", lease.partition())));
            }
        }
    }
    Ok(announced)
}

/// The end of a membership, or of the last stage, whose segment or ladder is no longer defined; nothing for who had
/// left it.
pub(super) fn exit(customer: CustomerId, segment: &str, last: &Announcement, now: Instant) -> Option<Transition> {
    let stage = last.stage();
    if !last.is_inside() && stage.is_none() {
        return None;
    }
    let since = last.since;
    Some(Transition {
        customer,
        segment: segment.into(),
        change: if stage.is_some() { Change::Moved } else { Change::Exited },
        moved: stage.map(|stage| Box::new(Move { from: Some(stage.into()), to: None })),
        rests: false,
        at: now.max(since),
        decided_at: now,
        cause: Cause::Definition,
        since: Some(since),
        definition: None,
        until: Instant::NEVER,
        until_is_bound: false,
        because: Vec::new(),
        because_more: 0,
        evidence: Vec::new(),
        evidence_more: 0,
        witnesses: Vec::new(),
        witnesses_more: 0,
        attached: Vec::new(),
        truncated: false,
    })
}

fn take_in(announced: &mut Announced, key: Option<&[u8]>, value: Option<&[u8]>) {
    let Some(key) = key.and_then(|key| std::str::from_utf8(key).ok()) else { return };
    if read_membership_key(key).is_none() {
        return;
    }
    announced.insert(key.to_owned(), value.and_then(Announcement::read));
}

/// Asks until there is an answer, or the partition is wanted back.
fn ask(lease: &Lease, question: impl Fn() -> Result<Vec<(TopicPartition, i64)>, Unanswered>) -> Result<i64, Stop> {
    loop {
        match question() {
            Ok(answer) => {
                if let Some((_, offset)) = answer.first() {
                    return Ok(*offset);
                }
            }
            Err(error) => tracing::warn!(%error, "cannot ask about the memberships yet; trying again"),
        }
        if lease.is_leaving() || lease.has_ended() {
            return Err(Stop::Leaving);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
