//! A careful consumer of the transitions: takes the time of each, and sees that none is missing or told twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use hdrhistogram::Histogram;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::{BorrowedMessage, Headers as _, Message as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use spicchio_core::timer::Instant;
use spicchio_testkit::kafka::Broker;

use super::{GRACE_MILLIS, PARTITIONS, micros_histogram, wall_micros};

const POLL: Duration = Duration::from_millis(50);

/// What was heard, latencies in microseconds.
pub(crate) struct Heard {
    /// From the instant at which the event was to be sent to the sight of the entry or exit that it caused.
    pub(crate) by_event: Histogram<u64>,
    /// From the instant of an entry or exit that time alone caused to the sight of it, less the grace.
    pub(crate) by_time: Histogram<u64>,
    /// Transitions in all, also those whose time was not taken.
    pub(crate) total: u64,
    /// Those that events caused which came later than the grace.
    pub(crate) late: u64,
    last: BTreeMap<i32, (u64, u64)>,
}

/// A thread that listens.
pub(crate) struct Listener {
    thread: JoinHandle<Heard>,
    from: Arc<AtomicI64>,
    stop: Arc<AtomicBool>,
}

impl Listener {
    /// Reads the topic from its beginning. The time is taken of what happens in `lasting` from a beginning that is
    /// still to be told.
    pub(crate) fn start(broker: &Broker, topic: &str, lasting: Duration) -> Self {
        let consumer = consumer(broker, topic);
        let (from, stop) = (Arc::new(AtomicI64::new(i64::MAX)), Arc::new(AtomicBool::new(false)));
        let (told, ended) = (Arc::clone(&from), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            let mut heard = Heard::nothing();
            while !ended.load(Ordering::Relaxed) {
                if let Some(Ok(message)) = consumer.poll(POLL) {
                    let from = told.load(Ordering::Relaxed);
                    heard.hear(&message, from..from.saturating_add(lasting.as_micros() as i64));
                }
            }
            heard
        });
        Self { thread, from, stop }
    }

    /// Takes the time from this instant on, in microseconds since the epoch.
    pub(crate) fn measure_from(&self, micros: i64) {
        self.from.store(micros, Ordering::Relaxed);
    }

    /// Stops listening.
    pub(crate) fn stop(self) -> Heard {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("the listener found nothing missing and nothing told twice")
    }
}

impl Heard {
    fn nothing() -> Self {
        let (by_event, by_time) = (micros_histogram(), micros_histogram());
        Self { by_event, by_time, total: 0, late: 0, last: BTreeMap::new() }
    }

    fn hear(&mut self, message: &BorrowedMessage<'_>, span: std::ops::Range<i64>) {
        let now = wall_micros();
        let header = |name| header(message, name).unwrap_or_else(|| panic!("a transition without header {name}"));
        self.count(message.partition(), header("ce_id"));
        let at = Instant::parse(header("ce_time")).expect("a transition has a time").millis();
        if !span.contains(&(at * 1_000 + 999)) {
            return;
        }
        let since = |at: i64| u64::try_from(now - at * 1_000).unwrap_or(0);
        match header("cause") {
            "event" => self.by_event.saturating_record(since(at)),
            "time" => self.by_time.saturating_record(since(at + GRACE_MILLIS)),
            "late" => self.late += 1,
            other => panic!("nothing here causes a transition by {other}"),
        }
    }

    /// Ids are group/partition/batch/index: within a partition batches rise, and within a batch the index counts up.
    fn count(&mut self, partition: i32, id: &str) {
        self.total += 1;
        let numbers: Vec<u64> = id.rsplit('/').take(2).filter_map(|number| number.parse().ok()).collect();
        let [index, batch] = numbers[..] else { panic!("an id without batch and index: {id}") };
        let before = self.last.insert(partition, (batch, index));
        let follows = match before {
            Some((same, before)) if same == batch => index == before + 1,
            Some((before, _)) => before < batch && index == 0,
            None => index == 0,
        };
        assert!(follows, "{id} follows {before:?} in partition {partition}");
    }
}

fn header<'a>(message: &'a BorrowedMessage<'_>, name: &str) -> Option<&'a str> {
    let found = message.headers()?.iter().find(|header| header.key == name)?;
    str::from_utf8(found.value?).ok()
}

fn consumer(broker: &Broker, topic: &str) -> BaseConsumer {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", broker.bootstrap())
        .set("group.id", "bench-listener")
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .set("fetch.queue.backoff.ms", "5");
    let consumer: BaseConsumer = config.create().expect("these settings are valid");
    let mut from = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        from.add_partition_offset(topic, partition, Offset::Beginning).expect("a valid offset");
    }
    consumer.assign(&from).expect("a valid assignment");
    consumer
}
