//! A real Apache Kafka on the loopback interface, and the real program deployed on it with the workload's segments.

use std::fmt::Write as _;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use spicchio_testkit::kafka::Broker;
use spicchio_testkit::processor::{Program, Setup};

use crate::workload;

/// Partitions of every topic.
pub(crate) const PARTITIONS: i32 = 4;
/// The processor's default: so long what time alone decides waits for late events.
pub(crate) const GRACE_MILLIS: i64 = 1_000;
/// Beside the workload's hundred: entered with an event of a hundred, and left by time alone soon afterwards.
const TIMED_SEGMENT: &str = "  - segment: just-clicked\n    when: count(email_click, 2s) >= 1\n";
const PATIENCE: Duration = Duration::from_secs(30);

/// What is measured.
pub(crate) struct Deployment {
    pub(crate) broker: Broker,
    pub(crate) setup: Setup,
    program: Program,
    progress: BaseConsumer,
}

impl Deployment {
    /// Starts a broker and prepares the group; the program does not run yet.
    pub(crate) fn prepare() -> Self {
        let broker = Broker::start();
        let mut setup = Setup::new("bench", &broker, &segments()).on_wall_clock();
        // As deployed, and not as tests that wait for a dead member want it.
        setup.properties.clear();
        setup.create_inputs(&broker, PARTITIONS);
        let program = Program::new(env!("CARGO_BIN_EXE_spicchio"), &setup);
        program.init_from_the_beginning();
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", broker.bootstrap()).set("group.id", &setup.name);
        // Otherwise the answer waits for the transaction that is open.
        config.set("isolation.level", "read_uncommitted");
        let progress = config.create().expect("these settings are valid");
        Self { broker, setup, program, progress }
    }

    /// Starts the program.
    pub(crate) fn run(&mut self) {
        self.program.start();
    }

    /// Records that are committed as read, in all partitions.
    pub(crate) fn committed(&mut self) -> u64 {
        assert!(self.program.is_running(), "the processor ended:\n{}", self.program.output());
        let mut asked = TopicPartitionList::new();
        asked.add_partition_range(self.setup.events(), 0, PARTITIONS - 1);
        let answer = self.progress.committed_offsets(asked, PATIENCE).expect("the broker tells committed offsets");
        let elements = answer.elements();
        let offsets = elements.iter().filter_map(|element| match element.offset() {
            Offset::Offset(offset) => u64::try_from(offset).ok(),
            Offset::Beginning | Offset::End | Offset::Stored | Offset::Invalid | Offset::OffsetTail(_) => None,
        });
        offsets.sum()
    }

    /// The sum of all series of a metric; nothing where the program does not answer.
    pub(crate) fn metric(&self, name: &str) -> Option<u64> {
        let text = self.program.get("/metrics").filter(|answer| answer.status == 200)?.body;
        let values = text.lines().filter_map(|line| {
            let rest = line.strip_prefix(name).filter(|rest| rest.starts_with(['{', ' ']))?;
            rest.rsplit(' ').next()?.parse::<f64>().ok()
        });
        Some(values.sum::<f64>() as u64)
    }

    /// Ends the program.
    pub(crate) fn end(&mut self) {
        self.program.terminate();
    }
}

fn segments() -> String {
    let mut yaml = String::from("segments:\n");
    for (index, condition) in workload::conditions().iter().enumerate() {
        let _ = writeln!(yaml, "  - segment: segment-{index:03}\n    when: {condition:?}");
    }
    yaml + TIMED_SEGMENT
}
