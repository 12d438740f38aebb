//! A deployment with the synthetic shop's events: what the claims about exactness have in common.
//!
//! After the shop's last event, every partition of every topic gets two events of a customer of its own, an hour and
//! two hours later. When that customer's segment, which lasts 30 minutes, has been left, everything before has been
//! decided: this is how a test knows that it may look.

use std::collections::BTreeSet;
use std::time::Duration;

use spicchio_core::timer::Instant;
use spicchio_testkit::announced::{Announced, Settled, alternation_errors, differences, repeated_ids, settle};
use spicchio_testkit::kafka::{Broker, Isolation, Load, Reader, committed, drain, ends, load, partition_of};
use spicchio_testkit::process::until;
use spicchio_testkit::processor::{Program, Setup};
use spicchio_testkit::shop::{ShopEvent, Size, shop_events};

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_spicchio");
pub(crate) const SEGMENTS: &str = include_str!("shop.yaml");
/// For all of a test's events, unoptimised, on a busy machine.
const SETTLE_PATIENCE: Duration = Duration::from_mins(5);
const HOUR: i64 = 3_600_000;

/// A deployment and what happens in its shop.
pub(crate) struct Scene<'a> {
    pub(crate) broker: &'a Broker,
    pub(crate) setup: Setup,
    pub(crate) partitions: i32,
    pub(crate) events: Vec<ShopEvent>,
}

impl<'a> Scene<'a> {
    /// A deployment named `name` over `partitions` partitions, its input topics created, its events made but not
    /// written.
    pub(crate) fn new(broker: &'a Broker, setup: Setup, partitions: i32, size: Size) -> Self {
        let seed = seed();
        eprintln!("{}: seed {seed} (SPICCHIO_SEED repeats it)", setup.name);
        Self::of(broker, setup, partitions, shop_events(seed, size))
    }

    /// The same with events from elsewhere, in the order of time.
    pub(crate) fn of(broker: &'a Broker, setup: Setup, partitions: i32, events: Vec<ShopEvent>) -> Self {
        setup.create_inputs(broker, partitions);
        Self { broker, setup, partitions, events }
    }

    /// The deployed program, its group prepared to read and announce everything.
    pub(crate) fn program(&self) -> Program {
        let program = self.another_program();
        program.init_from_the_beginning();
        program
    }

    /// One more instance of the same group.
    pub(crate) fn another_program(&self) -> Program {
        Program::new(BINARY, &self.setup)
    }

    /// Writes the events of that part of the list, each type always to the same of the topics.
    pub(crate) fn write(&self, part: std::ops::Range<usize>) {
        let topics = self.setup.input_topics();
        let events = self.events.get(part).expect("a part of the events");
        load(
            self.broker,
            events.iter().map(|event| {
                let topic = topics[event.kind.len() % topics.len()];
                Load::new(topic, event.customer.as_str(), event.json.as_str()).at(event.time)
            }),
        );
    }

    /// Writes what tells that everything before has been decided.
    pub(crate) fn write_closing(&self) {
        let mut records = Vec::new();
        for hours in [1, 2] {
            for topic in self.setup.input_topics() {
                for partition in 0..self.partitions {
                    let customer = self.closing_customer(partition);
                    let time = self.end() + hours * HOUR;
                    let json = format!(
                        r#"{{"id":"{topic}-{hours}","type":"closing","customer_id":"{customer}","time":{time}}}"#
                    );
                    records.push(Load::new(topic, customer, json).at(time));
                }
            }
        }
        load(self.broker, records);
    }

    /// Waits until everything before the closing events has been decided and committed, in every partition.
    pub(crate) fn wait_until_settled(&self, programs: &mut [&mut Program]) {
        let mut reader = Reader::new(self.broker, &self.setup.transitions(), Isolation::ReadCommitted);
        let mut settled = BTreeSet::new();
        let mut looked_at = 0;
        until("every partition has left its closing segment", SETTLE_PATIENCE, || {
            for program in programs.iter_mut() {
                assert!(program.is_running(), "the processor ended:\n{}", program.output());
            }
            reader.read_on();
            let fresh = reader.records().get(looked_at..).unwrap_or_default();
            looked_at += fresh.len();
            settled.extend(fresh.iter().filter(|r| is_closing_exit(r.value.as_deref())).map(|r| r.partition));
            settled.len() == usize::try_from(self.partitions).unwrap_or_default()
        });
    }

    /// How many records were written and are not yet committed as read.
    pub(crate) fn unread(&self) -> i64 {
        let topics = self.setup.input_topics();
        let read: i64 = committed(self.broker, &self.setup.name, &topics).iter().filter_map(|c| c.offset).sum();
        topics.iter().flat_map(|topic| ends(self.broker, topic)).sum::<i64>() - read
    }

    /// Fails the test when the program says that it recovered something else than it had announced.
    pub(crate) fn assert_recovery_agrees(program: &Program) {
        // It may just have been started, and not answer yet.
        let Some(answer) = program.get("/metrics") else { return };
        let mut mismatches = answer.body.lines().filter(|line| line.starts_with("spicchio_recovery_mismatch_total"));
        let told = mismatches.next();
        assert_eq!(told, Some("spicchio_recovery_mismatch_total 0"), "recovery and announcements differ");
    }

    /// What consumers were told, in the order of the log; partitions one after the other.
    pub(crate) fn announced(&self) -> Vec<Announced> {
        let records = drain(self.broker, &self.setup.transitions(), Isolation::ReadCommitted);
        let repeated = repeated_ids(&records);
        assert!(repeated.is_empty(), "event ids that are empty or repeated: {repeated:?}");
        for record in &records {
            let expected = partition_of(&record.key_text(), self.partitions);
            assert_eq!(record.partition, expected, "the partition of {}", record.key_text());
        }
        records.iter().map(Announced::from_record).collect()
    }

    /// What `replay` makes of the events: the timeline that must come out.
    pub(crate) fn replayed(&self, program: &Program) -> Vec<Announced> {
        let lines: Vec<&str> = self.events.iter().map(|event| event.json.as_str()).collect();
        let file = program.folder().write("events.ndjson", &(lines.join("\n") + "\n"));
        let until = Instant::from_millis(self.end()).to_string();
        let (segments, file) = (program.segments().display().to_string(), file.display().to_string());
        let finished = program.command(&["replay", "--segments", &segments, "--events", &file, "--until", &until]);
        assert_eq!(finished.code, Some(0), "replay: {}", finished.stderr);
        Announced::from_lines(&finished.stdout)
    }

    /// Fails the test unless what was announced is what `replay` says, alternating, with nothing late.
    pub(crate) fn assert_same_timeline(&self, program: &Program) {
        let announced = self.announced();
        let errors = alternation_errors(&announced);
        assert!(errors.is_empty(), "{} errors of alternation, the first: {:?}", errors.len(), errors.first());
        let end = Instant::from_millis(self.end());
        let of_the_shop: Vec<Announced> =
            announced.into_iter().filter(|one| one.at <= end && !one.customer.starts_with("closing-")).collect();
        let late: Vec<_> = of_the_shop.iter().filter(|one| one.cause == "late").collect();
        assert!(late.is_empty(), "nothing came late, yet: {:?}", late.first());
        let expected: Vec<Settled> = settle(&self.replayed(program));
        assert!(expected.len() > self.events.len() / 50, "too few transitions to prove anything: {}", expected.len());
        let differences = differences(&expected, &settle(&of_the_shop));
        assert!(differences.is_empty(), "replay and run differ:\n{differences}");
    }

    /// Fails the test unless the compacted topic says of every customer and segment what was announced last.
    pub(crate) fn assert_memberships_agree(&self) {
        let mut announced = BTreeSet::new();
        for one in self.announced() {
            let key = format!("{}\u{1f}{}", one.customer, one.segment);
            if one.change == "exited" {
                announced.remove(&key);
            } else {
                announced.insert(key);
            }
        }
        let mut kept = BTreeSet::new();
        for record in drain(self.broker, &self.setup.memberships(), Isolation::ReadCommitted) {
            if record.value.is_some() {
                kept.insert(record.key_text());
            } else {
                kept.remove(&record.key_text());
            }
        }
        assert_eq!(kept, announced, "memberships and transitions disagree");
    }

    /// Fails the test unless every record was read, none refused, and all topics of a partition tell the same progress.
    pub(crate) fn assert_all_read(&self) {
        let topics = self.setup.input_topics();
        let progress = committed(self.broker, &self.setup.name, &topics);
        for topic in &topics {
            let read: Vec<i64> = progress.iter().filter(|c| c.topic == *topic).filter_map(|c| c.offset).collect();
            assert_eq!(read, ends(self.broker, topic), "the committed offsets of {topic}");
        }
        for partition in 0..self.partitions {
            let words: BTreeSet<&str> =
                progress.iter().filter(|c| c.partition == partition).map(|c| c.metadata.as_str()).collect();
            assert!(words.len() == 1 && !words.contains(""), "control words of partition {partition}: {words:?}");
        }
        let refused = drain(self.broker, &self.setup.dead_letters(), Isolation::ReadCommitted);
        assert!(refused.is_empty(), "{} of the shop's events were refused: {:?}", refused.len(), refused.first());
    }

    /// The time of the shop's last event.
    fn end(&self) -> i64 {
        self.events.last().map_or(0, |event| event.time)
    }

    fn closing_customer(&self, partition: i32) -> String {
        (0..10_000)
            .map(|number| format!("closing-{number}"))
            .find(|customer| partition_of(customer, self.partitions) == partition)
            .expect("some number meets every partition")
    }
}

/// The seed of this run: the same unless `SPICCHIO_SEED` says otherwise.
pub(crate) fn seed() -> u64 {
    std::env::var("SPICCHIO_SEED").map_or(20_250_303, |seed| seed.parse().expect("SPICCHIO_SEED is a number"))
}

fn is_closing_exit(payload: Option<&[u8]>) -> bool {
    payload
        .and_then(|bytes| serde_json::from_slice(bytes).ok())
        .is_some_and(|payload: serde_json::Value| payload["segment"] == "closing" && payload["change"] == "exited")
}
