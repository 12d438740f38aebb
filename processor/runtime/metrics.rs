//! Every metric in one table: name, kind, labels, help.
//!
//! Names are `spicchio_` and what is written here, in base units. No label takes a customer's id or anything else that
//! producers can invent: topics, partitions and reasons are few, and beyond [`SEGMENTS_MAX`] segments share one series.
//! Not here: serving them (`server`), and deciding what happened (`spicchio-core`).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use prometheus::core::Collector;
use prometheus::process_collector::ProcessCollector;
use prometheus::{Encoder as _, GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};
use spicchio_core::engine::Facts;
use spicchio_core::transition::{Cause, Change};

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
            segments: RwLock<BTreeMap<Arc<str>, Arc<Changes>>>,
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
                // A counter without labels stands at zero from the start; the others begin with their first label.
                $(table!(@zero $kind, metrics.$field, [$($label),*]);)*
                metrics.build_info.with_label_values(&[crate::VERSION, crate::REVISION]).set(1.0);
                Ok(metrics)
            }
        }
    };
    (@zero counter, $metric:expr, []) => { $metric.with_label_values::<&str>(&[]); };
    (@zero $kind:ident, $metric:expr, [$($label:literal),*]) => {};
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
    customers_erased: counter "customers_erased_total" []
        "Orders to erase a customer that were carried out.";
    events_of_erased: counter "events_of_erased_total" []
        "Events refused because their customer was erased later than they happened.";
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
    recovery_records: counter "recovery_records_total" []
        "Events that a recovery read again after the snapshot, or from the beginning.";
    recovery_duration: gauge "recovery_duration_seconds" ["partition"]
        "How long the last recovery of a partition took.";
    snapshot_duration: histogram "snapshot_duration_seconds" []
        "Writing a snapshot of a partition, from the first look to the manifest.";
    snapshot_stall: histogram "snapshot_stall_seconds" []
        "A worker's pause for cutting rows of a snapshot.";
    snapshot_size: gauge "snapshot_size_bytes" ["partition"]
        "The newest snapshot of a partition, as it is stored.";
    snapshot_last_success: gauge "snapshot_last_success_timestamp_seconds" ["partition"]
        "When the newest snapshot of a partition was written, or found to be still good, since 1970.";
    snapshot_failures: counter "snapshot_failures_total" []
        "Snapshots that could not be written.";
    snapshot_headroom: gauge "snapshot_headroom_ratio" ["partition"]
        "How much of what the inputs hold lies before what a recovery needs, 0 to 1; 1 where nothing was deleted.";
    snapshots_refused: counter "snapshots_refused_total" ["reason"]
        "Snapshots that a recovery could not use.";
    batch_duration: histogram "batch_duration_seconds" []
        "Deciding a batch: folding its records and firing its deadlines.";
    transaction_duration: histogram "transaction_duration_seconds" ["outcome"]
        "A Kafka transaction, from its begin to its end.";
    end_to_end_duration: histogram "end_to_end_duration_seconds" []
        "From a record's Kafka timestamp to the commit of what follows.";
    transaction_aborts: counter "transaction_aborts_total" []
        "Transactions that were taken back or whose outcome had to be looked up, and that were tried again.";
    end_proofs: counter "end_proofs_total" ["outcome"]
        "Questions where all inputs end; time moves on with the answers.";
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
        self.customers_erased.with_label_values::<&str>(&[]).inc_by(facts.erased);
        self.events_of_erased.with_label_values::<&str>(&[]).inc_by(facts.of_erased);
        self.transitions_truncated.with_label_values::<&str>(&[]).inc_by(facts.truncated);
        self.recovery_mismatch.with_label_values::<&str>(&[]).inc_by(facts.recovery_mismatches);
    }

    /// Counts so many transitions of a kind that were committed.
    pub fn announced(&self, segment: &Arc<str>, change: Change, cause: Cause, count: u64) {
        let changes = self.changes(segment);
        let counter = match change {
            Change::Entered => &changes.entered,
            Change::Exited => &changes.exited,
            Change::Moved => &changes.moved,
        };
        counter.fetch_add(count, Ordering::Relaxed);
        self.transitions.with_label_values(&[&*changes.label, change.as_str(), cause.as_str()]).inc_by(count);
    }

    /// How many entries into a segment, exits from it, and moves on a ladder were announced since the start, by any
    /// partition of this instance.
    pub fn changes_of(&self, segment: &Arc<str>) -> [u64; 3] {
        let changes = self.changes(segment);
        [&changes.entered, &changes.exited, &changes.moved].map(|counter| counter.load(Ordering::Relaxed))
    }

    /// Forgets every series that describes the partitions of this instance: they are about to be set anew.
    pub fn clear_partitions(&self) {
        for gauge in [
            &self.segment_members,
            &self.customers,
            &self.partition_state,
            &self.clock_timestamp,
            &self.records_behind,
            &self.recovery_progress,
        ] {
            gauge.reset();
        }
    }

    /// How many customers are in each of these segments now, or in any stage of each of these ladders.
    pub fn members(&self, members: &BTreeMap<Arc<str>, Vec<u64>>) {
        let mut others = 0;
        for (segment, counts) in members {
            let count = counts.iter().sum::<u64>();
            let label = &self.changes(segment).label;
            if &**label == OTHER_SEGMENTS {
                others += count;
            } else {
                self.segment_members.with_label_values(&[&**label]).set(gauge(count));
            }
        }
        if others > 0 {
            self.segment_members.with_label_values(&[OTHER_SEGMENTS]).set(gauge(others));
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

    fn changes(&self, segment: &Arc<str>) -> Arc<Changes> {
        let known = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(changes) = known.get(segment) {
            return Arc::clone(changes);
        }
        drop(known);
        let mut known = self.segments.write().unwrap_or_else(PoisonError::into_inner);
        let label = if known.len() < SEGMENTS_MAX { Arc::clone(segment) } else { OTHER_SEGMENTS.into() };
        let new = || {
            Arc::new(Changes { label, entered: AtomicU64::new(0), exited: AtomicU64::new(0), moved: AtomicU64::new(0) })
        };
        Arc::clone(known.entry(Arc::clone(segment)).or_insert_with(new))
    }
}

/// What was announced of one segment since the start.
#[derive(Debug)]
struct Changes {
    label: Arc<str>,
    entered: AtomicU64,
    exited: AtomicU64,
    moved: AtomicU64,
}

/// A count as the value of a gauge.
#[expect(clippy::cast_precision_loss, reason = "gauges are 64-bit floats; counts beyond 2^53 do not occur")]
pub const fn gauge(count: u64) -> f64 {
    count as f64
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

    /// Words that begin like our metrics; those of a histogram without what Prometheus adds.
    fn metrics_named_in(text: &str) -> Vec<&str> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let base = |word: &'_ str| {
            ["_bucket", "_sum", "_count"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word).len()
        };
        words.filter(|word| word.starts_with("spicchio_")).map(|word| &word[..base(word)]).collect()
    }

    #[test]
    fn alerts_and_the_runbook_speak_of_metrics_and_of_each_other() {
        let alerts = include_str!("../../deploy/alerts.yaml");
        let runbook = include_str!("../../deploy/RUNBOOK.md");
        for name in metrics_named_in(alerts).into_iter().chain(metrics_named_in(runbook)) {
            assert!(TABLE.iter().any(|row| row.name == name), "no metric is called {name}");
        }
        let alerts: Vec<&str> = alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
        let entries: Vec<&str> = runbook.lines().filter_map(|line| line.strip_prefix("### Spicchio")).collect();
        assert!(alerts.len() > 5 && alerts.iter().filter_map(|alert| alert.strip_prefix("Spicchio")).eq(entries));
    }

    #[test]
    fn segments_beyond_the_limit_share_a_series() {
        let metrics = Metrics::new().unwrap();
        let names: Vec<Arc<str>> = (0..SEGMENTS_MAX + 5).map(|n| format!("s{n}").into()).collect();
        metrics.members(&names.into_iter().map(|name| (name, vec![2])).collect());
        let text = String::from_utf8(metrics.text().unwrap()).unwrap();
        let series = text.lines().filter(|line| line.starts_with("spicchio_segment_members{")).count();
        assert_eq!(series, SEGMENTS_MAX + 1);
        assert!(text.contains("spicchio_segment_members{segment=\"_other\"} 10\n"), "five segments of two members");
        assert!(text.contains("process_resident_memory_bytes"));
    }
}
