//! What must be right before the first record is read: it would be silently wrong otherwise.
//!
//! Every refusal names what to change. What is only unwise is a [`Warning`].

use std::sync::Arc;

use spicchio_core::wire::ControlWord;

use super::admin::{Admin, AdminError, TopicSettings};
use super::client::Connection;
use super::partitioner::{Partitioner, Verdict, judge};
use super::sample;
use crate::config::{Config, InputTopic};

/// A compacted topic of profiles must keep what is newer than this, in milliseconds.
const COMPACTION_LAG_MIN_MS: i64 = 600_000;

/// Why the processor does not start on these topics.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PreflightError {
    /// The cluster did not answer, or refused to.
    #[error(transparent)]
    Cluster(#[from] AdminError),
    /// An input is not there.
    #[error("there is no topic `{topic}`: create it, or correct `inputs` in the configuration")]
    MissingInput {
        /// Its name.
        topic: String,
    },
    /// Inputs have different numbers of partitions.
    #[error(
        "`{one}` has {count} partitions and `{other}` has {other_count}: partition p of every input holds the same \
        customers, \
        so give them equally many (`kafka-topics --alter --topic T --partitions N` before any record is written), or \
        write all events to one topic"
    )]
    UnequalPartitions {
        /// The first input.
        one: String,
        /// Its partitions.
        count: i32,
        /// Another input.
        other: String,
        /// Its partitions.
        other_count: i32,
    },
    /// An input forgets events.
    #[error(
        "`{topic}` is compacted, so events of it disappear and a recovery would count differently: \
        set `cleanup.policy=delete` on it, or `profile: true` on the input if it holds profile events alone"
    )]
    CompactedInput {
        /// Its name.
        topic: String,
    },
    /// A topic of profiles is compacted too soon.
    #[error(
        "`{topic}` is compacted after {has} ms: set `min.compaction.lag.ms` on it to {COMPACTION_LAG_MIN_MS} or more"
    )]
    CompactedTooSoon {
        /// Its name.
        topic: String,
        /// What it is set to.
        has: i64,
    },
    /// One input was written with two ways to choose a partition.
    #[error(
        "the keys of `{topic}` are spread by two different hashes, so events of one customer stand on two partitions: \
        let all its producers use one partitioner (librdkafka: `partitioner=murmur2_random` is the Java client's)"
    )]
    KeysMixed {
        /// Its name.
        topic: String,
    },
    /// Two inputs choose partitions differently.
    #[error(
        "the keys of `{one}` are spread by {by}, those of `{other}` are not: a customer's events stand on different \
        partitions; \
        let the producers of both use one partitioner (librdkafka: `partitioner=murmur2_random` is the Java \
        client's), or write all events to one topic"
    )]
    KeysDisagree {
        /// An input whose hash is known.
        one: String,
        /// That hash.
        by: String,
        /// An input it does not explain.
        other: String,
    },
    /// Outputs are not there.
    #[error(
        "there is no topic {topics}: `spicchio init --config F --from ..` creates what is missing in a new group; \
        for this one, create it with {partitions} partitions"
    )]
    MissingOutputs {
        /// Their names.
        topics: String,
        /// As many as the inputs have.
        partitions: i32,
    },
    /// An output cannot take the partition of every input.
    #[error(
        "`{topic}` has {has} partitions and the inputs have {needs}: a record goes to the partition with the number \
        of its input's, so they must be equally many"
    )]
    OutputPartitions {
        /// Its name.
        topic: String,
        /// What it has.
        has: i32,
        /// What the inputs have.
        needs: i32,
    },
    /// What is true now would be forgotten.
    #[error("`{topic}` is not compacted, so what is true now would be deleted: set `cleanup.policy=compact` on it")]
    MembershipsNotCompacted {
        /// Its name.
        topic: String,
    },
    /// A broker does not keep what is committed beside an offset.
    #[error(
        "the progress over {inputs} inputs takes up to {needs} bytes beside each committed offset, and the brokers \
        keep {has}: set `offset.metadata.max.bytes` to {needs} or more on every broker, or read fewer topics"
    )]
    ControlWordTooLong {
        /// How many topics are read.
        inputs: usize,
        /// The longest control word, in bytes.
        needs: usize,
        /// What a broker keeps.
        has: usize,
    },
    /// An output takes smaller records than are written.
    #[error(
        "`{topic}` takes records of {has} bytes at most: set `max.message.bytes` on it to {needs} or more, or lower \
        `max_output_bytes`"
    )]
    OutputTooSmall {
        /// Its name.
        topic: String,
        /// What it takes.
        has: usize,
        /// What may be written, with a record's frame.
        needs: usize,
    },
}

/// Something unwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning(pub String);

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// How many partitions every topic has.
    pub partitions: i32,
    /// Outputs that are not there.
    pub missing_outputs: Vec<String>,
    /// What is unwise.
    pub warnings: Vec<Warning>,
}

impl Inspection {
    /// Refuses where an output is missing.
    pub fn require_outputs(&self) -> Result<(), PreflightError> {
        if self.missing_outputs.is_empty() {
            return Ok(());
        }
        let quoted: Vec<String> = self.missing_outputs.iter().map(|topic| format!("`{topic}`")).collect();
        Err(PreflightError::MissingOutputs { topics: quoted.join(", "), partitions: self.partitions })
    }
}

/// Looks at all topics that the configuration names.
pub async fn inspect(connection: &Connection, admin: &Admin, config: &Config) -> Result<Inspection, PreflightError> {
    let partitions = equal_partitions(admin, &config.inputs)?;
    let mut found = Inspection { partitions, missing_outputs: Vec::new(), warnings: Vec::new() };
    for (topic, compacted) in [
        (&config.outputs.transitions, false),
        (&config.outputs.memberships, true),
        (&config.outputs.dead_letters, false),
    ] {
        match admin.partitions(topic)? {
            None => found.missing_outputs.push(topic.clone()),
            Some(has) if has != partitions => {
                return Err(PreflightError::OutputPartitions { topic: topic.clone(), has, needs: partitions });
            }
            Some(_) if connection.is_embedded() => {}
            Some(_) => output_settings(topic, compacted, &admin.settings(topic).await?, config.output_bytes_max)?,
        }
    }
    if connection.is_embedded() {
        return Ok(found);
    }
    for input in &config.inputs {
        found.warnings.extend(input_settings(input, &admin.settings(&input.topic).await?)?);
    }
    control_word_fits(admin, &config.inputs).await?;
    keys_agree(connection, config, partitions, &mut found.warnings)?;
    Ok(found)
}

fn equal_partitions(admin: &Admin, inputs: &[InputTopic]) -> Result<i32, PreflightError> {
    let mut first: Option<(&str, i32)> = None;
    for input in inputs {
        let count = admin.partitions(&input.topic)?;
        let count = count.ok_or_else(|| PreflightError::MissingInput { topic: input.topic.clone() })?;
        match first {
            None => first = Some((&input.topic, count)),
            Some((one, expected)) if expected != count => {
                let (one, other) = (one.to_owned(), input.topic.clone());
                return Err(PreflightError::UnequalPartitions { one, count: expected, other, other_count: count });
            }
            Some(_) => {}
        }
    }
    Ok(first.map_or(0, |(_, count)| count))
}

/// A broker that does not tell its limit has the default.
async fn control_word_fits(admin: &Admin, inputs: &[InputTopic]) -> Result<(), PreflightError> {
    let needs = ControlWord::longest(inputs.iter().map(|input| input.topic.as_str()));
    let has = admin.broker_setting("offset.metadata.max.bytes").await?;
    let has = has.and_then(|text| text.parse().ok()).unwrap_or(ControlWord::BYTES_MAX);
    if needs > has {
        return Err(PreflightError::ControlWordTooLong { inputs: inputs.len(), needs, has });
    }
    Ok(())
}

fn input_settings(input: &InputTopic, settings: &TopicSettings) -> Result<Option<Warning>, PreflightError> {
    let number = |name: &str| settings.get(name).and_then(|text| text.parse::<i64>().ok());
    let topic = input.topic.clone();
    if settings.get("cleanup.policy").is_some_and(|policy| policy.contains("compact")) {
        let has = number("min.compaction.lag.ms").unwrap_or(0);
        return match (input.profile, has >= COMPACTION_LAG_MIN_MS) {
            (false, _) => Err(PreflightError::CompactedInput { topic }),
            (true, false) => Err(PreflightError::CompactedTooSoon { topic, has }),
            (true, true) => Ok(None),
        };
    }
    let limited = |name: &str| number(name).filter(|limit| *limit >= 0).map(|limit| format!("{name}={limit}"));
    let limits: Vec<String> = ["retention.ms", "retention.bytes"].into_iter().filter_map(limited).collect();
    let warning = (!limits.is_empty()).then(|| {
        let limits = limits.join(", ");
        Warning(format!(
            "`{topic}` is kept for a limited time ({limits}): a recovery reads it from where this group \
        began, and is refused once that is gone"
        ))
    });
    Ok(warning)
}

fn output_settings(
    topic: &str,
    compacted: bool,
    settings: &TopicSettings,
    output_bytes_max: usize,
) -> Result<(), PreflightError> {
    /// What a record needs beside its value: key, headers, and the frame of a batch.
    const FRAME_BYTES: usize = 4096;
    if compacted && !settings.get("cleanup.policy").is_some_and(|policy| policy.contains("compact")) {
        return Err(PreflightError::MembershipsNotCompacted { topic: topic.to_owned() });
    }
    let needs = output_bytes_max + FRAME_BYTES;
    match settings.get("max.message.bytes").and_then(|text| text.parse::<usize>().ok()) {
        Some(has) if has < needs => Err(PreflightError::OutputTooSmall { topic: topic.to_owned(), has, needs }),
        _ => Ok(()),
    }
}

fn keys_agree(
    connection: &Connection,
    config: &Config,
    partitions: i32,
    warnings: &mut Vec<Warning>,
) -> Result<(), PreflightError> {
    if partitions < 2 {
        return Ok(());
    }
    let topics: Arc<[String]> = config.inputs.iter().map(|input| input.topic.clone()).collect();
    let samples = match sample::keys(connection, &topics, partitions) {
        Ok(samples) => samples,
        Err(error) => {
            warnings.push(Warning(format!("could not look at the keys of the inputs: {error}")));
            return Ok(());
        }
    };
    let verdicts: Vec<(&String, Verdict)> =
        topics.iter().zip(samples.iter().map(|sample| judge(sample, partitions))).collect();
    if let Some((topic, _)) = verdicts.iter().find(|(_, verdict)| *verdict == Verdict::Mixed) {
        return Err(PreflightError::KeysMixed { topic: (*topic).clone() });
    }
    let known = |verdict: &Verdict| match verdict {
        Verdict::By(by) => Some(*by),
        Verdict::Unclear | Verdict::Mixed | Verdict::Other => None,
    };
    let first: Option<(&String, Partitioner)> =
        verdicts.iter().find_map(|(topic, verdict)| Some((*topic, known(verdict)?)));
    let Some((one, by)) = first else { return Ok(()) };
    let differs = |verdict: &Verdict| match verdict {
        Verdict::By(other) => *other != by,
        Verdict::Mixed | Verdict::Other => true,
        Verdict::Unclear => false,
    };
    match verdicts.iter().find(|(_, verdict)| differs(verdict)) {
        Some((other, _)) => {
            Err(PreflightError::KeysDisagree { one: one.clone(), by: by.to_string(), other: (*other).clone() })
        }
        None => Ok(()),
    }
}
