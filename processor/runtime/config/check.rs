//! From a well-shaped configuration to one that can be used: ranges, names, addresses, and what settings mean together.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use spicchio_core::event::{Mapping, RawMapping, TopicRules};
use spicchio_core::timer::Length;
use tracing_subscriber::EnvFilter;

use super::document::Document;
use super::mistake::{Mistake, Origin};
use super::raw::{
    RawClock, RawConfig, RawInput, RawKafka, RawLog, RawLogFormat, RawProperty, RawSize, RawSnapshots, RawTopic,
};
use super::{
    ClockSource, Config, Http, InputTopic, Kafka, Log, LogFormat, Outputs, Place, Snapshots, properties, reference,
    units,
};

/// The longest `grace` and `dedup`: both hold events or ids back in memory.
const DAY_MILLIS: i64 = 86_400_000;

/// The longest `max_ahead` and `max_late`.
const TEN_YEARS_MILLIS: i64 = 3_660 * DAY_MILLIS;

/// The shortest time between two snapshots of a partition.
const SNAPSHOT_MILLIS_MIN: i64 = 1_000;

/// The schemes of stores beside `file`.
const STORES: [&str; 0] = [];

/// The most topics read: each costs a fetch queue per partition.
const INPUTS_MAX: usize = 64;

/// Records written are at least this long: a payload shortened as far as it goes must fit.
const OUTPUT_BYTES_MIN: u64 = 16 << 10;
/// Records written are at most this long: a transaction holds 16 MiB.
const OUTPUT_BYTES_MAX: u64 = 8 << 20;

/// The configuration, or every mistake in it. `folder` is where relative paths of the file begin; `environment` holds
/// what references name.
pub(super) fn check(
    raw: RawConfig,
    document: &Document,
    folder: &Path,
    environment: &[(String, String)],
) -> Result<Config, Vec<Mistake>> {
    let mut checker = Checker { document, folder, environment, mistakes: Vec::new() };
    let inputs = checker.inputs(raw.inputs);
    let outputs = Outputs {
        transitions: raw.outputs.transitions,
        memberships: raw.outputs.memberships,
        dead_letters: raw.outputs.dead_letters,
    };
    checker.topics(&inputs, &outputs);
    let forget_after = checker.length("forget_after", &raw.forget_after);
    if let Some(remembered) = forget_after {
        checker.memory_outlasts_lateness(&inputs, remembered);
    }
    let config = Config {
        kafka: checker.kafka(raw.kafka),
        inputs,
        outputs,
        segments: checker.segments(raw.segments),
        clock: match raw.clock {
            RawClock::Wall => ClockSource::Wall,
            RawClock::Events => ClockSource::Events,
        },
        grace_millis: checker.fixed("grace", &raw.grace, DAY_MILLIS),
        forget_after: forget_after.unwrap_or_default(),
        customers_max: raw.max_customers,
        output_bytes_max: checker.output_bytes(&raw.max_output_bytes),
        workers: raw.workers.map_or_else(cores, usize::from),
        snapshots: checker.snapshots(raw.snapshots, folder),
        http: Http { listen: checker.listen(&raw.http.listen) },
        log: checker.log(raw.log),
    };
    if checker.mistakes.is_empty() { Ok(config) } else { Err(checker.mistakes) }
}

struct Checker<'a> {
    document: &'a Document,
    folder: &'a Path,
    environment: &'a [(String, String)],
    mistakes: Vec<Mistake>,
}

impl Checker<'_> {
    fn add(&mut self, setting: &str, message: impl Into<String>, help: impl Into<String>) {
        let help = Some(help.into()).filter(|help| !help.is_empty());
        let origin = self.document.origin(setting);
        self.mistakes.push(Mistake { origin, setting: setting.to_owned(), message: message.into(), help });
    }

    fn kafka(&mut self, raw: RawKafka) -> Kafka {
        for (index, broker) in raw.brokers.split(',').map(str::trim).enumerate() {
            let host_and_port = broker.rsplit_once(':');
            let fits = host_and_port.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
            if !fits {
                let message = format!("names `{broker}` as broker {}, which is not `host:port`", index + 1);
                self.add("kafka.brokers", message, "such as localhost:9092");
            }
        }
        self.name("kafka.group", &raw.group);
        if let Some(instance) = &raw.instance {
            self.name("kafka.instance", instance);
        }
        let mut properties = BTreeMap::new();
        for (name, value) in raw.properties {
            let value = self.property(&name, property_text(value));
            properties.insert(name, value);
        }
        for (name, value) in &properties {
            let setting = format!("kafka.properties.{name}");
            if let Some(reason) = properties::refusal(name, value) {
                self.add(&setting, reason, "");
            } else if properties::is_secret(name) && self.document.origin(&setting) == Origin::Flag {
                let variable = name.to_uppercase().replace('.', "_");
                let help = format!("use SPICCHIO_KAFKA__PROPERTIES__{variable}_FILE");
                self.add(&setting, "is a secret, and everybody on the machine can read a command line", help);
            }
        }
        if properties::expose_password(&properties) && !raw.insecure {
            let message = "would send the password over the network unencrypted";
            self.add("kafka.properties", message, "use `sasl_ssl`, or SCRAM, or say `kafka.insecure: true`");
        }
        Kafka { brokers: raw.brokers, group: raw.group, instance: raw.instance, properties }
    }

    /// The value of a property, or what it refers to.
    fn property(&mut self, name: &str, text: String) -> String {
        match reference::resolve(&text, self.environment, self.folder) {
            None => text,
            Some(Ok(found)) => found,
            Some(Err((message, help))) => {
                self.add(&format!("kafka.properties.{name}"), message, help);
                String::new()
            }
        }
    }

    /// Names that become part of transactional ids, event ids and file names.
    fn name(&mut self, setting: &str, name: &str) {
        if !is_topic_name(name) {
            let message = format!("is `{name}`, which is not a name");
            self.add(setting, message, "1 to 249 letters, digits, `.`, `_` and `-`");
        }
    }

    fn inputs(&mut self, raw: Vec<RawInput>) -> Vec<InputTopic> {
        if raw.is_empty() || raw.len() > INPUTS_MAX {
            let message = format!("names {} topics", raw.len());
            self.add("inputs", message, format!("1 to {INPUTS_MAX} topics can be read"));
        }
        raw.into_iter().enumerate().map(|(index, input)| self.input(&format!("inputs[{index}]"), input)).collect()
    }

    fn input(&mut self, setting: &str, raw: RawInput) -> InputTopic {
        let raw = match raw {
            RawInput::Name(name) => RawTopic::named(name),
            RawInput::Topic(topic) => *topic,
        };
        if raw.control && raw.profile {
            self.add(setting, "is both `control` and `profile`", "an `erase` in a compacted topic would be lost");
        }
        let rules = TopicRules {
            mapping: self.mapping(setting, raw.decode),
            max_ahead_millis: Some(self.fixed(&format!("{setting}.max_ahead"), &raw.max_ahead, TEN_YEARS_MILLIS)),
            max_late_millis: Some(self.fixed(&format!("{setting}.max_late"), &raw.max_late, TEN_YEARS_MILLIS)),
            control: raw.control,
            key_required: true,
        };
        let dedup_millis = self.fixed(&format!("{setting}.dedup"), &raw.dedup, DAY_MILLIS);
        InputTopic { topic: raw.topic, rules, dedup_millis, profile: raw.profile }
    }

    fn mapping(&mut self, setting: &str, raw: Option<RawMapping>) -> Mapping {
        Mapping::try_from(raw.unwrap_or_default()).unwrap_or_else(|error| {
            self.add(&format!("{setting}.decode"), format!("is refused: {error}"), "");
            Mapping::default()
        })
    }

    /// Every topic has a name that Kafka takes, and none is used twice.
    fn topics(&mut self, inputs: &[InputTopic], outputs: &Outputs) {
        let read = inputs.iter().enumerate().map(|(index, input)| (format!("inputs[{index}]"), input.topic.as_str()));
        let written = [
            ("outputs.transitions", outputs.transitions.as_str()),
            ("outputs.memberships", outputs.memberships.as_str()),
            ("outputs.dead_letters", outputs.dead_letters.as_str()),
        ];
        let mut seen = BTreeSet::new();
        for (setting, topic) in read.chain(written.map(|(setting, topic)| (setting.to_owned(), topic))) {
            self.name(&setting, topic);
            if !seen.insert(topic) {
                self.add(&setting, format!("names `{topic}`, which is already read or written"), "use each topic once");
            }
        }
    }

    /// An event that is late enough to be taken is never older than what is remembered.
    fn memory_outlasts_lateness(&mut self, inputs: &[InputTopic], forget_after: Length) {
        /// No month is shorter.
        const SHORTEST_MONTH_MILLIS: i64 = 28 * DAY_MILLIS;
        let months = i64::from(forget_after.months()).saturating_mul(SHORTEST_MONTH_MILLIS);
        let remembered = months.saturating_add(forget_after.millis());
        let taken = inputs.iter().map(|input| input.rules.max_late_millis.unwrap_or_default());
        for (index, late) in taken.enumerate().filter(|(_, late)| *late >= remembered) {
            let late = Length::fixed(late);
            let message = format!("is {late}, and customers are forgotten after {forget_after}");
            self.add(
                &format!("inputs[{index}].max_late"),
                message,
                "`forget_after` must be longer than every `max_late`",
            );
        }
    }

    fn segments(&mut self, raw: Vec<String>) -> Vec<PathBuf> {
        if raw.is_empty() {
            self.add(
                "segments",
                "names no file",
                "name files or folders of definitions, such as `segments: [segments]`",
            );
        }
        let written_in_file =
            |index: usize| matches!(self.document.origin(&format!("segments[{index}]")), Origin::File { .. });
        raw.into_iter()
            .enumerate()
            .map(|(index, path)| if written_in_file(index) { self.folder.join(path) } else { path.into() })
            .collect()
    }

    fn snapshots(&mut self, raw: RawSnapshots, folder: &Path) -> Option<Snapshots> {
        let every = self.fixed("snapshots.every", &raw.every, DAY_MILLIS);
        if every < SNAPSHOT_MILLIS_MIN && every > 0 {
            self.add("snapshots.every", format!("is `{}`", raw.every), "at least 1s");
        }
        let text = raw.store?;
        let store = match text.split_once("://") {
            Some(("file", path)) => Place::Folder(path.into()),
            Some((scheme, _)) if STORES.contains(&scheme) => Place::Url(text),
            Some((scheme, _)) => {
                let known = STORES.map(|store| format!("{store}://")).join(", ");
                self.add("snapshots.store", format!("is at `{scheme}://`"), format!("a folder, file://, {known}"));
                Place::Url(text)
            }
            None if text.is_empty() => {
                self.add("snapshots.store", "is empty", "name a folder or a URL, or leave it out");
                Place::Folder(PathBuf::new())
            }
            None if matches!(self.document.origin("snapshots.store"), Origin::File { .. }) => {
                Place::Folder(folder.join(text))
            }
            None => Place::Folder(text.into()),
        };
        let every = std::time::Duration::from_millis(u64::try_from(every).unwrap_or_default());
        Some(Snapshots { store, every, keep: usize::from(raw.keep.max(1)) })
    }

    fn length(&mut self, setting: &str, text: &str) -> Option<Length> {
        let length = units::length(text);
        if length.is_none() {
            let help = "such as 250ms, 30s, 15m, 4h, 7d, 2w, 3mo, 1y or 1d12h";
            self.add(setting, format!("is `{text}`, which is not a length of time"), help);
        }
        length
    }

    fn fixed(&mut self, setting: &str, text: &str, millis_max: i64) -> i64 {
        let Some(length) = self.length(setting, text) else { return 0 };
        if length.is_calendar() {
            self.add(setting, format!("is `{text}`, and months differ in length"), "use days or weeks");
        } else if length.millis() > millis_max {
            self.add(setting, format!("is `{text}`"), format!("at most {}", Length::fixed(millis_max)));
        }
        length.millis()
    }

    fn output_bytes(&mut self, raw: &RawSize) -> usize {
        let bytes = match raw {
            RawSize::Bytes(bytes) => Some(*bytes),
            RawSize::Text(text) => units::size(text),
        };
        match bytes {
            Some(bytes) if (OUTPUT_BYTES_MIN..=OUTPUT_BYTES_MAX).contains(&bytes) => {}
            Some(bytes) => self.add("max_output_bytes", format!("is {bytes} bytes"), "16KiB to 8MiB"),
            None => self.add("max_output_bytes", "is not a size", "such as 262144 or 256KiB"),
        }
        usize::try_from(bytes.unwrap_or_default()).unwrap_or(usize::MAX)
    }

    fn listen(&mut self, text: &str) -> SocketAddr {
        let local = SocketAddr::from(([127, 0, 0, 1], 0));
        let text = text.strip_prefix("localhost:").map_or(text.to_owned(), |port| format!("127.0.0.1:{port}"));
        let Ok(address) = text.parse::<SocketAddr>() else {
            self.add("http.listen", format!("is `{text}`, which is not `address:port`"), "such as 127.0.0.1:8080");
            return local;
        };
        if !address.ip().is_loopback() {
            let message = format!("is {address}, which others can reach, and this version knows no authentication");
            let help = "only 127.0.0.1 and ::1 are taken; a proxy or agent beside it, in the same network namespace, \
                        can pass on what others may see";
            self.add("http.listen", message, help);
        }
        address
    }

    fn log(&mut self, raw: RawLog) -> Log {
        if let Err(error) = EnvFilter::builder().parse(&raw.level) {
            self.add("log.level", format!("is `{}`: {error}", raw.level), "error, warn, info, debug or trace");
        }
        let format = match raw.format {
            RawLogFormat::Text => LogFormat::Text,
            RawLogFormat::Json => LogFormat::Json,
        };
        Log { level: raw.level, format }
    }
}

fn property_text(value: RawProperty) -> String {
    match value {
        RawProperty::Boolean(value) => value.to_string(),
        RawProperty::Number(value) => value.to_string(),
        RawProperty::Text(value) => value,
    }
}

/// Kafka's rule for the names of topics.
fn is_topic_name(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (1..=249).contains(&name.len()) && name.chars().all(known) && name != "." && name != ".."
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
