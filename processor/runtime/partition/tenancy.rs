//! Partitions come and go with the group: each that is gained gets a lease and waits to be recovered; each that is
//! lost is given up before the group is told so.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::commit::Lease;
use super::registry::{Registry, View};
use crate::broker::kafka::Tenants;
use crate::metrics::Metrics;

/// A partition that waits to be recovered.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// The right to commit for it.
    pub lease: Arc<Lease>,
    /// What is shown of it.
    pub view: Arc<View>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Newcomer>,
    closed: bool,
    given_up: bool,
}

/// The partitions of this member, by the group's word.
#[derive(Debug)]
pub struct Tenancy {
    leases: Mutex<BTreeMap<i32, Arc<Lease>>>,
    queue: Mutex<Queue>,
    changed: Condvar,
    registry: Arc<Registry>,
    metrics: Arc<Metrics>,
}

impl Tenancy {
    /// How long the workers have to commit what they decided about partitions that leave.
    const GIVE_UP_MAX: Duration = Duration::from_secs(8);
    /// How long a commit under way is waited for when the partition has gone already.
    const LOST_WAIT_MAX: Duration = Duration::from_secs(2);

    /// No partitions.
    pub fn new(registry: Arc<Registry>, metrics: Arc<Metrics>) -> Self {
        Self { leases: Mutex::default(), queue: Mutex::default(), changed: Condvar::new(), registry, metrics }
    }

    /// Waits for a partition that is to be recovered; none when there will be no more.
    pub fn next(&self) -> Option<Newcomer> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if queue.closed {
                return None;
            }
            if let Some(newcomer) = queue.waiting.pop_front() {
                return Some(newcomer);
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A partition whose recovery was interrupted waits again.
    pub fn wait_again(&self, newcomer: Newcomer) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.closed {
            newcomer.lease.end();
        } else {
            queue.waiting.push_back(newcomer);
            self.changed.notify_all();
        }
    }

    /// Gives every partition up, and lets none come any more: what was decided is committed first, if that can be
    /// done in `GIVE_UP_MAX`.
    pub fn close(&self) {
        let all: Vec<i32> = {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.closed = true;
            self.changed.notify_all();
            self.leases.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
        };
        self.give_up(&all, false);
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).given_up = true;
    }

    /// Whether partitions are given up for good: [`Tenancy::close`] has begun.
    pub fn is_closing(&self) -> bool {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).closed
    }

    /// Whether [`Tenancy::close`] is done.
    pub fn is_given_up(&self) -> bool {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).given_up
    }

    fn give_up(&self, partitions: &[i32], lost: bool) {
        let leases: Vec<Arc<Lease>> = {
            let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
            partitions.iter().filter_map(|partition| leases.remove(partition)).collect()
        };
        let until = Instant::now() + if lost { Self::LOST_WAIT_MAX } else { Self::GIVE_UP_MAX };
        if !lost {
            for lease in &leases {
                lease.ask_back();
            }
            for lease in &leases {
                lease.wait_for_end(until);
            }
        }
        for lease in leases {
            lease.take(until);
            self.registry.remove(lease.partition());
        }
    }
}

impl Tenants for Tenancy {
    fn gained(&self, partitions: &[i32]) {
        self.metrics.rebalances.with_label_values::<&str>(&[]).inc();
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.closed {
            return;
        }
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        for partition in partitions {
            let lease = Lease::new(*partition);
            let view = self.registry.add(*partition);
            leases.insert(*partition, Arc::clone(&lease));
            queue.waiting.push_back(Newcomer { lease, view });
        }
        self.changed.notify_all();
    }

    fn losing(&self, partitions: &[i32], lost: bool) {
        self.give_up(partitions, lost);
    }
}
