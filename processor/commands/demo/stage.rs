//! Everything that runs behind the scenes: the broker, the processor, the shop's producer and the reader of
//! transitions.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::thread::JoinHandle;
use std::time::{Duration, Instant as Moment};

use serde_json::json;
use spicchio_core::timer::Instant;
use spicchio_runtime::broker::kafka::{Embedded, Listener, Poster, Posting};
use spicchio_runtime::{RunError, RunOptions, Stop, logs, run_until};

use super::glance;
use super::people;
use super::premises::{self, EVENTS, Premises};
use super::shop::ShopEvent;
use crate::commands::configured;
use crate::commands::exit::{Exit, Failure};
use crate::commands::terminal::Terminal;

/// How many partitions the topics have.
const PARTITIONS: i32 = 2;

/// A running demo. Its parts end in the order of these fields: whoever talks to the broker before the broker.
pub(super) struct Stage {
    poster: Poster,
    listener: Listener,
    processor: Option<JoinHandle<Result<(), RunError>>>,
    stop: Stop,
    embedded: Embedded,
    premises: Premises,
    /// What was sent, where it is kept.
    record: Option<BufWriter<File>>,
    address: SocketAddr,
    transitions: String,
    sent: u64,
    beats: u64,
    last_beat: Option<Moment>,
}

impl Stage {
    /// How long the processor may take to read the shop's past.
    const PATIENCE: Duration = Duration::from_mins(1);
    /// How often to look whether it has.
    const PAUSE: Duration = Duration::from_millis(100);
    /// How often each partition is told the shop's time when nothing else tells it.
    const BEAT: Duration = Duration::from_millis(200);

    /// Starts everything.
    pub(super) fn set(log: &str, keep: Option<&Path>, terminal: Terminal) -> Result<Self, Failure> {
        let broken = |error: &dyn std::fmt::Display| Failure::Broken(error.to_string());
        let address = premises::address()?;
        let premises = Premises::open(keep)?;
        let record = premises.events()?;
        let unreached = premises.configure("localhost:9092", address, log)?;
        let outputs = &unreached.outputs;
        let topics = [EVENTS, &outputs.transitions, &outputs.memberships, &outputs.dead_letters];
        let embedded = Embedded::start(&topics, PARTITIONS).map_err(|error| broken(&error))?;
        let config = premises.configure(&embedded.address(), address, log)?;
        logs::start(&config.log, terminal.color()).map_err(|error| broken(&error))?;
        let poster = embedded.poster(EVENTS).map_err(|error| broken(&error))?;
        let listener = embedded.listener(&config.outputs.transitions).map_err(|error| broken(&error))?;
        let (connection, stop, transitions) =
            (embedded.connection(&config.kafka), Stop::new(), config.outputs.transitions.clone());
        let asked = stop.clone();
        let work = move || run_until(connection, &config, RunOptions::default(), &asked);
        let processor = std::thread::Builder::new().name("processor".to_owned()).spawn(work);
        let processor = Some(processor.map_err(|error| broken(&error))?);
        Ok(Self {
            poster,
            listener,
            processor,
            stop,
            embedded,
            premises,
            record,
            address,
            transitions,
            sent: 0,
            beats: 0,
            last_beat: None,
        })
    }

    /// Says what runs and how to look at it from outside.
    pub(super) fn introduce(&self, terminal: Terminal) {
        let (broker, address, topic) = (self.embedded.address(), self.address, &self.transitions);
        let customer = people::id(7);
        terminal.say(&format!(
            "A broker, a shop with {} customers and the processor run in this process.\n\n\
             Read along with any Kafka client:\n  \
               kcat -C -b {broker} -t {topic}\n  \
               kafka-console-consumer.sh --bootstrap-server {broker} --topic {topic} --from-beginning\n\
             Ask the processor:\n  \
               curl 'http://{address}/readyz?verbose'\n  \
               curl 'http://{address}/api/v1/segments'\n  \
               curl 'http://{address}/api/v1/customers/{customer}'\n  \
               curl 'http://{address}/api/v1/customers/{customer}/explain?segment=cart-abandoned'\n  \
               curl 'http://{address}/metrics'\n\
             Its configuration, beside the segments: {}\n",
            super::shop::Shop::CUSTOMERS,
            self.premises.file().display(),
        ));
    }

    /// Sends an event of the shop.
    pub(super) fn send(&mut self, event: &ShopEvent) -> Result<(), Failure> {
        let (key, value, timestamp) = (event.customer.as_str(), event.json.as_bytes(), event.at.millis());
        self.post(&Posting { key, value, timestamp, partition: None })
    }

    /// Tells every partition what time it is in the shop, now and then: where nobody comes, time would stand still, for
    /// only events move it here.
    pub(super) fn keep_time(&mut self, now: Instant) -> Result<(), Failure> {
        if self.last_beat.is_some_and(|last| last.elapsed() < Self::BEAT) {
            return Ok(());
        }
        self.last_beat = Some(Moment::now());
        for partition in 0..PARTITIONS {
            let key = format!("shop-clock-{partition}");
            self.beats += 1;
            let beat = json!({
                "id": format!("b-{}", self.beats), "type": "heartbeat", "customer_id": key, "time": now.to_string(),
            });
            let (value, timestamp) = (beat.to_string(), now.millis());
            self.post(&Posting { key: &key, value: value.as_bytes(), timestamp, partition: Some(partition) })?;
        }
        Ok(())
    }

    fn post(&mut self, posting: &Posting<'_>) -> Result<(), Failure> {
        self.sent += 1;
        if let Some(record) = &mut self.record {
            let kept = record.write_all(posting.value).and_then(|()| record.write_all(b"\n"));
            kept.map_err(|error| Failure::Broken(format!("the events cannot be kept: {error}")))?;
        }
        self.poster.send(posting).map_err(|error| Failure::Broken(error.to_string()))
    }

    /// Waits until the processor has taken in everything that was sent. False when it is over before.
    pub(super) fn wait_until_known(&mut self) -> Result<bool, Failure> {
        self.poster.flush().map_err(|error| Failure::Broken(error.to_string()))?;
        let begun = Moment::now();
        while !self.is_over() && glance::events_folded(self.address) != Some(self.sent) {
            if begun.elapsed() > Self::PATIENCE {
                let (patience, address) = (Self::PATIENCE.as_secs(), self.address);
                let folded = glance::events_folded(address).unwrap_or(0);
                return Err(Failure::Broken(format!(
                    "the processor took in {folded} of {} events within {patience} s: run again with --log info",
                    self.sent
                )));
            }
            std::thread::sleep(Self::PAUSE);
        }
        Ok(!self.is_over())
    }

    /// The transitions that came meanwhile; with `patience`, until none came for that long.
    pub(super) fn announced(&self, patience: Duration) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| self.listener.next(patience)).collect()
    }

    /// Whether somebody asked to stop, or the processor has ended.
    pub(super) fn is_over(&self) -> bool {
        self.stop.is_requested() || self.processor.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Stops the processor and says how it ended.
    pub(super) fn strike(&mut self, terminal: Terminal) -> Result<Exit, Failure> {
        self.stop.request();
        let Some(processor) = self.processor.take() else { return Ok(Exit::Fine) };
        if let Some(record) = &mut self.record {
            record.flush().map_err(|error| Failure::Broken(format!("the events cannot be kept: {error}")))?;
        }
        if let Some(command) = self.premises.replay() {
            terminal.say(&format!("\nDecide it all again, from the events alone:\n  {command}"));
        }
        let ended = processor.join().map_err(|_| Failure::Broken("the processor failed".to_owned()))?;
        configured::ended(ended, terminal)
    }
}
