//! Every metric in one table: name, kind, labels, help.
//!
//! Names are `spicchio_` and what is written here, in base units. No label takes a customer's id or anything else that
//! producers can invent: topics, partitions and reasons are few, and beyond [`SEGMENTS_MAX`] segments share one series.
//! Not here: serving them (`server`), and deciding what happened (`spicchio-core`).

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use prometheus::core::Collector;
use prometheus::process_collector::ProcessCollector;
use prometheus::{Encoder as _, GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};
use spicchio_core::engine::Facts;
use spicchio_core::transition::{Cause, Change, Transition};

/// The most segments with series of their own; the rest share [`OTHER_SEGMENTS`].
pub const SEGMENTS_MAX: usize = 1_000;

/// The label of all segments beyond [`SEGMENTS_MAX`].
pub const OTHER_SEGMENTS: &str = "_other";

/// From 100 µs to 10 s: a batch, a transaction, a recovery step, the way from record to commit.
const SECONDS: [f64; 16] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The full name.
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it says.
    pub help: &'static str,
}

/// One row of the table becomes a field of [`Metrics`], its registration and an entry of [`TABLE`].
macro_rules! table {
    ($($field:ident: $kind:ident $name:literal [$($label:literal),*] $help:literal;)*) => {
        /// Every metric, by name.
        pub const TABLE: &[Row] = &[$(Row {
            name: concat!("spicchio_", $name), kind: stringify!($kind), labels: &[$($label),*], help: $help,
        }),*];

        /// The metrics of this process; shared by all its parts.
        #[derive(Debug)]
        pub struct Metrics {
            registry: Registry,
            segments: RwLock<BTreeSet<Arc<str>>>,
            $(#[doc = $help] pub $field: table!(@type $kind),)*
        }

        impl Metrics {
            /// All metrics, at zero, with those of the process (`process_*`).
            ///
            /// # Errors
            /// When two rows of the table have one name.
            pub fn new() -> Result<Self, prometheus::Error> {
                let registry = Registry::new();
                let metrics = Self {
                    segments: RwLock::default(),
                    $($field: register(
                        &registry, table!(@new $kind, concat!("spicchio_", $name), $help, &[$($label),*])
                    )?,)*
                    registry,
                };
                metrics.registry.register(Box::new(ProcessCollector::for_self()))?;
                metrics.build_info.with_label_values(&[crate::VERSION, crate::REVISION]).set(1.0);
                Ok(metrics)
            }
        }
    };
    (@type counter) => { IntCounterVec };
    (@type gauge) => { GaugeVec };
    (@type histogram) => { HistogramVec };
    (@new counter, $name:expr, $help:expr, $labels:expr) => {
        IntCounterVec::new(Opts::new($name, $help), $labels)?
    };
    (@new gauge, $name:expr, $help:expr, $labels:expr) => {
        GaugeVec::new(Opts::new($name, $help), $labels)?
    };
    (@new histogram, $name:expr, $help:expr, $labels:expr) => {
        HistogramVec::new(HistogramOpts::new($name, $help).buckets(SECONDS.to_vec()), $labels)?
    };
}

table! {
    records_read: counter "records_read_total" ["topic"]
        "Records read from an input topic.";
    records_rejected: counter "records_rejected_total" ["topic", "reason"]
        "Records refused and written to the dead letters.";
    events_folded: counter "events_folded_total" []
        "Events that changed a customer's state.";
    events_duplicate: counter "events_duplicate_total" []
        "Events whose id had been read already; they count once.";
    events_late: counter "events_late_total" []
        "Events older than their customer's now; they count at their own time.";
    values_missing: counter "values_missing_total" ["reason"]
        "Property values that counted as missing for their type, sign or size.";
    timers_fired: counter "timers_fired_total" ["outcome"]
        "Deadlines that fired: they changed a membership, or only moved on.";
    customers_forgotten: counter "customers_forgotten_total" []
        "Customers forgotten for the age of their newest event.";
    transitions: counter "transitions_total" ["segment", "change", "cause"]
        "Entries and exits announced.";
    transitions_truncated: counter "transitions_truncated_total" []
        "Transitions decided over a list that was full.";
    recovery_mismatch: counter "recovery_mismatch_total" []
        "Memberships that recovery computed differently from what had been announced.";
    segment_members: gauge "segment_members" ["segment"]
        "Customers in a segment, in the partitions of this instance.";
    customers: gauge "customers" ["partition"]
        "Customers held in memory.";
    partition_state: gauge "partition_state" ["partition", "state"]
        "1 for the state a partition is in.";
    partitions_assigned: gauge "partitions_assigned" []
        "Partitions assigned to this instance.";
    rebalances: counter "rebalances_total" []
        "Rebalances of the consumer group seen.";
    clock_timestamp: gauge "clock_timestamp_seconds" ["partition"]
        "Where the partition clock stands, since 1970.";
    records_behind: gauge "records_behind" ["partition"]
        "Records of the inputs that are not folded yet, when last known.";
    recovery_progress: gauge "recovery_progress_ratio" ["partition"]
        "How much of the recovery of a partition is done, 0 to 1.";
    batch_duration: histogram "batch_duration_seconds" []
        "Deciding a batch: folding its records and firing its deadlines.";
    transaction_duration: histogram "transaction_duration_seconds" ["outcome"]
        "A Kafka transaction, from its begin to its end.";
    end_to_end_duration: histogram "end_to_end_duration_seconds" []
        "From a record's Kafka timestamp to the commit of what follows.";
    panics: counter "panics_total" []
        "Bugs: records that made the engine panic.";
    build_info: gauge "build_info" ["version", "revision"]
        "1; what this process was built from.";
}

fn register<C: Collector + Clone + 'static>(registry: &Registry, metric: C) -> Result<C, prometheus::Error> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

impl Metrics {
    /// Counts what a batch says happened.
    pub fn count(&self, facts: &Facts) {
        self.events_folded.with_label_values::<&str>(&[]).inc_by(facts.folded);
        self.events_duplicate.with_label_values::<&str>(&[]).inc_by(facts.duplicates);
        self.events_late.with_label_values::<&str>(&[]).inc_by(facts.late);
        self.values_missing.with_label_values(&["number_out_of_range"]).inc_by(facts.numbers_out_of_range);
        self.values_missing.with_label_values(&["wrong_type"]).inc_by(facts.values_of_wrong_type);
        self.timers_fired.with_label_values(&["changed"]).inc_by(facts.timers_changed);
        self.timers_fired.with_label_values(&["rearmed"]).inc_by(facts.timers_rearmed);
        self.customers_forgotten.with_label_values::<&str>(&[]).inc_by(facts.forgotten);
        self.transitions_truncated.with_label_values::<&str>(&[]).inc_by(facts.truncated);
        self.recovery_mismatch.with_label_values::<&str>(&[]).inc_by(facts.recovery_mismatches);
    }

    /// Counts transitions that were committed.
    pub fn announced(&self, transitions: &[Transition]) {
        for transition in transitions {
            let segment = self.segment_label(&transition.segment);
            let labels = [&*segment, change_label(transition.change), cause_label(transition.cause)];
            self.transitions.with_label_values(&labels).inc();
        }
    }

    /// How many customers are in each of these segments now.
    pub fn members<'a>(&self, members: impl IntoIterator<Item = (&'a Arc<str>, u64)>) {
        let mut others = 0;
        for (segment, count) in members {
            let label = self.segment_label(segment);
            if &*label == OTHER_SEGMENTS {
                others += count;
            } else {
                self.segment_members.with_label_values(&[&*label]).set(gauge(count));
            }
        }
        if others > 0 {
            self.segment_members.with_label_values(&[OTHER_SEGMENTS]).set(gauge(others));
        }
    }

    /// Ends the series of a partition that is no longer ours.
    pub fn forget_partition(&self, partition: i32, states: &[&str]) {
        let label = partition.to_string();
        for gauge in [&self.customers, &self.clock_timestamp, &self.records_behind, &self.recovery_progress] {
            // An error says that the series did not exist.
            let _ = gauge.remove_label_values(&[&label]);
        }
        for state in states {
            let _ = self.partition_state.remove_label_values(&[label.as_str(), state]);
        }
    }

    /// All of them in the text format 0.0.4 of Prometheus.
    ///
    /// # Errors
    /// When two series of one metric are equal, which the table rules out.
    pub fn text(&self) -> Result<Vec<u8>, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }

    fn segment_label(&self, segment: &Arc<str>) -> Arc<str> {
        let known = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        if known.contains(segment) {
            return Arc::clone(segment);
        }
        drop(known);
        let mut known = self.segments.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < SEGMENTS_MAX {
            known.insert(Arc::clone(segment));
            return Arc::clone(segment);
        }
        OTHER_SEGMENTS.into()
    }
}

#[expect(clippy::cast_precision_loss, reason = "gauges are 64-bit floats; counts beyond 2^53 do not occur")]
const fn gauge(count: u64) -> f64 {
    count as f64
}

const fn change_label(change: Change) -> &'static str {
    match change {
        Change::Entered => "entered",
        Change::Exited => "exited",
    }
}

const fn cause_label(cause: Cause) -> &'static str {
    match cause {
        Cause::Event => "event",
        Cause::Time => "time",
        Cause::Late => "late",
        Cause::Definition => "definition",
        Cause::Backfill => "backfill",
        Cause::Forgotten => "forgotten",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_conventions() {
        for row in TABLE {
            let total = row.name.ends_with("_total");
            assert_eq!(total, row.kind == "counter", "{}: a counter, and nothing else, ends in _total", row.name);
            assert!(row.kind != "histogram" || row.name.ends_with("_seconds"), "{}: base units", row.name);
            assert!(
                row.help.ends_with('.') && row.labels.iter().all(|label| !label.contains("customer")),
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn segments_beyond_the_limit_share_a_series() {
        let metrics = Metrics::new().unwrap();
        let names: Vec<Arc<str>> = (0..SEGMENTS_MAX + 5).map(|n| format!("s{n}").into()).collect();
        metrics.members(names.iter().map(|name| (name, 2)));
        let text = String::from_utf8(metrics.text().unwrap()).unwrap();
        let series = text.lines().filter(|line| line.starts_with("spicchio_segment_members{")).count();
        assert_eq!(series, SEGMENTS_MAX + 1);
        assert!(text.contains("spicchio_segment_members{segment=\"_other\"} 10\n"), "five segments of two members");
        assert!(text.contains("process_resident_memory_bytes"));
    }

    #[test]
    fn a_partition_given_up_has_no_series() {
        let metrics = Metrics::new().unwrap();
        metrics.customers.with_label_values(&["7"]).set(3.0);
        metrics.partition_state.with_label_values(&["7", "running"]).set(1.0);
        metrics.forget_partition(7, &["running", "recovering"]);
        let text = String::from_utf8(metrics.text().unwrap()).unwrap();
        assert!(!text.contains("partition=\"7\""), "{text}");
    }
}
