//! The configuration file, in one place: when its format changes, tests change here alone.

use std::fmt::Write as _;

use crate::kafka::{Broker, create_topic};

/// A topic to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub topic: String,
    /// Settings of the topic beside its name, as YAML lines such as `max_late: 7d`.
    pub settings: Vec<String>,
}

/// What one deployment of the processor is told, with everything of its own named after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Names the group and prefixes the topics, so that tests can share a broker.
    pub name: String,
    /// Where Kafka is.
    pub brokers: String,
    /// The topics to read.
    pub inputs: Vec<Input>,
    /// The definitions, one file.
    pub segments: String,
    /// Further settings, as YAML at the top level.
    pub settings: Vec<String>,
    /// Properties of librdkafka.
    pub properties: Vec<(&'static str, &'static str)>,
}

impl Setup {
    /// A deployment that reads one topic, `NAME.events`, on the timeline of its events, and notices a dead member soon.
    pub fn new(name: &str, broker: &Broker, segments: &str) -> Self {
        Self {
            name: name.to_owned(),
            brokers: broker.bootstrap().to_owned(),
            inputs: vec![Input { topic: format!("{name}.events"), settings: Vec::new() }],
            segments: segments.to_owned(),
            settings: vec!["clock: events".to_owned()],
            properties: vec![("session.timeout.ms", "2000"), ("heartbeat.interval.ms", "300")],
        }
    }

    /// The same on the clock on the wall: what only time decides is decided when it is due.
    #[must_use]
    pub fn on_wall_clock(mut self) -> Self {
        self.settings.retain(|setting| setting != "clock: events");
        self
    }

    /// The same, also reading `NAME.SUFFIX`.
    #[must_use]
    pub fn and_reading(mut self, suffix: &str) -> Self {
        self.inputs.push(Input { topic: format!("{}.{suffix}", self.name), settings: Vec::new() });
        self
    }

    /// Creates the topics to read, each with that many partitions.
    pub fn create_inputs(&self, broker: &Broker, partitions: i32) {
        for input in &self.inputs {
            create_topic(broker, &input.topic, partitions, &[]);
        }
    }

    /// The first topic to read.
    pub fn events(&self) -> &str {
        self.inputs.first().map_or("", |input| &input.topic)
    }

    /// The names of all topics to read.
    pub fn input_topics(&self) -> Vec<&str> {
        self.inputs.iter().map(|input| input.topic.as_str()).collect()
    }

    /// The topic of entries and exits.
    pub fn transitions(&self) -> String {
        format!("{}.transitions", self.name)
    }

    /// The topic of what is true now.
    pub fn memberships(&self) -> String {
        format!("{}.memberships", self.name)
    }

    /// The topic of what was refused.
    pub fn dead_letters(&self) -> String {
        format!("{}.dead-letters", self.name)
    }

    /// The configuration file of an instance that listens on `port` and finds the definitions in the file `segments`.
    pub(super) fn yaml(&self, port: u16, segments: &str) -> String {
        let mut text = format!("kafka:\n  brokers: {:?}\n  group: {:?}\n", self.brokers, self.name);
        if !self.properties.is_empty() {
            text.push_str("  properties:\n");
        }
        for (name, value) in &self.properties {
            let _ = writeln!(text, "    {name}: {value:?}");
        }
        text.push_str("inputs:\n");
        for input in &self.inputs {
            let _ = writeln!(text, "  - topic: {:?}", input.topic);
            for setting in &input.settings {
                let _ = writeln!(text, "    {setting}");
            }
        }
        let (transitions, memberships, dead) = (self.transitions(), self.memberships(), self.dead_letters());
        let _ = writeln!(text, "outputs:\n  transitions: {transitions:?}\n  memberships: {memberships:?}");
        let _ = writeln!(text, "  dead_letters: {dead:?}\nsegments: [{segments:?}]\nhttp:\n  listen: 127.0.0.1:{port}");
        for setting in &self.settings {
            let _ = writeln!(text, "{setting}");
        }
        text
    }
}
