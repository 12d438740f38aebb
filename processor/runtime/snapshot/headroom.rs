//! From where partitions would be read again, and how far that is from what the inputs no longer hold.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::broker::TopicPartition;
use crate::metrics::Metrics;
use crate::partition::{Bounds, Held};

/// The offsets of the newest snapshot of each partition of this process.
#[derive(Debug, Default)]
pub struct Kept {
    from: Mutex<BTreeMap<i32, Vec<i64>>>,
}

/// Below this the next retention may take what a recovery needs.
const ALARM: f64 = 0.5;

impl Kept {
    /// A snapshot of a partition can be used from now on: it is read again from those offsets.
    pub fn note(&self, partition: i32, from: Vec<i64>) {
        self.from().insert(partition, from);
    }

    /// Whether the newest snapshot of a partition ends where it stands now.
    pub fn is_at(&self, partition: i32, next: &[i64]) -> bool {
        self.from().get(&partition).is_some_and(|from| from == next)
    }

    /// A partition is no longer ours.
    pub fn forget(&self, partition: i32, metrics: &Metrics) {
        self.from().remove(&partition);
        for gauge in [&metrics.snapshot_headroom, &metrics.snapshot_size, &metrics.snapshot_last_success] {
            // One that was never set cannot be removed.
            let _ = gauge.remove_label_values(&[&partition.to_string()]);
        }
    }

    /// Measures how much of what the inputs hold lies before what recoveries need, and tells where that is little.
    pub fn measure(&self, bounds: &Bounds, metrics: &Metrics) {
        let all = self.from().clone();
        let tuple = |(partition, from): (&i32, &Vec<i64>)| {
            let partition = *partition;
            (0..from.len()).map(move |topic| TopicPartition { topic, partition }).collect::<Vec<_>>()
        };
        let asked: Vec<TopicPartition> = all.iter().flat_map(tuple).collect();
        let Ok(held) = bounds.of(&asked) else { return };
        for (partition, from) in &all {
            let ratios = from.iter().enumerate().filter_map(|(topic, from)| {
                held.get(&TopicPartition { topic, partition: *partition }).map(|held| headroom(*held, *from))
            });
            let least = ratios.fold(1.0, f64::min);
            metrics.snapshot_headroom.with_label_values(&[&partition.to_string()]).set(least);
            if least < ALARM {
                tracing::error!(
                    partition,
                    headroom = least,
                    "the inputs may soon delete records that a recovery from the newest snapshot needs: raise their \
                     `retention.ms`, or find out why no newer snapshot is written"
                );
            }
        }
    }

    fn from(&self) -> MutexGuard<'_, BTreeMap<i32, Vec<i64>>> {
        self.from.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The part of what is held that lies before `from`; all of it where nothing was ever deleted.
#[expect(clippy::cast_precision_loss, reason = "a ratio for people and alarms")]
fn headroom(held: Held, from: i64) -> f64 {
    if held.first == 0 || held.end <= held.first {
        return 1.0;
    }
    ((from - held.first) as f64 / (held.end - held.first) as f64).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headroom_is_what_lies_before() {
        for (first, end, from, expected) in
            [(0, 100, 1, 1.0), (100, 300, 200, 0.5), (100, 300, 300, 1.0), (100, 300, 100, 0.0), (7, 7, 7, 1.0)]
        {
            let found = headroom(Held { first, end }, from);
            assert!((found - expected).abs() < 1e-9, "{first}..{end} from {from}: {found}");
        }
    }
}
