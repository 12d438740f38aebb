//! Which partitions are here and how they are: what the HTTP server, health and the metrics look at.
//!
//! Workers and recoveries write, everybody else reads; nobody waits. Not here: who may commit (`lease`).

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dashmap::DashMap;
use spicchio_core::customer::CustomerTable;
use spicchio_core::segment::Catalog;
use spicchio_core::timer::Instant;

use crate::server::state::{Check, PartitionState, PartitionView, Partitions};

/// What is shown of one partition.
#[derive(Debug)]
pub struct View {
    partition: i32,
    clock: AtomicI64,
    committed: AtomicU64,
    /// Records behind; -1 where that is not known.
    behind: AtomicI64,
    catalog: Arc<Catalog>,
    changing: Mutex<Changing>,
}

#[derive(Debug)]
struct Changing {
    state: PartitionState,
    members: Vec<Vec<u64>>,
    table: Arc<CustomerTable>,
}

impl View {
    /// A partition of which nothing is recovered yet.
    pub fn new(partition: i32, catalog: Arc<Catalog>) -> Arc<Self> {
        let table = Arc::new(CustomerTable::new(0));
        let changing = Changing { state: PartitionState::Recovering(0.0), members: Vec::new(), table };
        Arc::new(Self {
            partition,
            clock: AtomicI64::new(Instant::MIN.millis()),
            committed: AtomicU64::new(0),
            behind: AtomicI64::new(-1),
            catalog,
            changing: Mutex::new(changing),
        })
    }

    /// Its recovery has come that far, from 0 to 1.
    pub fn recovered(&self, part: f64) {
        self.changing().state = PartitionState::Recovering(part.clamp(0.0, 1.0));
    }

    /// It takes in records as they come, and these are its customers.
    pub fn runs(&self, table: &Arc<CustomerTable>) {
        let mut changing = self.changing();
        changing.state = PartitionState::Running;
        changing.table = Arc::clone(table);
    }

    /// It has stopped and needs an operator.
    pub fn stopped(&self, reason: String) {
        self.changing().state = PartitionState::Stopped(reason);
    }

    /// Where it stands.
    pub fn show(&self, clock: Instant, committed: u64, behind: Option<u64>, members: &[Vec<u64>]) {
        self.clock.store(clock.millis(), Ordering::Relaxed);
        self.committed.store(committed, Ordering::Relaxed);
        let behind = behind.map_or(-1, |behind| i64::try_from(behind).unwrap_or(i64::MAX));
        self.behind.store(behind, Ordering::Relaxed);
        let mut changing = self.changing();
        members.clone_into(&mut changing.members);
    }

    fn read(&self) -> PartitionView {
        let changing = self.changing();
        PartitionView {
            partition: self.partition,
            state: changing.state.clone(),
            clock: Instant::from_millis(self.clock.load(Ordering::Relaxed)),
            committed_batch: self.committed.load(Ordering::Relaxed),
            behind: u64::try_from(self.behind.load(Ordering::Relaxed)).ok(),
            catalog: Arc::clone(&self.catalog),
            members: changing.members.clone(),
            table: Arc::clone(&changing.table),
        }
    }

    fn changing(&self) -> MutexGuard<'_, Changing> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The partitions of this process.
#[derive(Debug)]
pub struct Registry {
    views: DashMap<i32, Arc<View>>,
    catalog: Arc<Catalog>,
    total: AtomicU64,
    connected: AtomicBool,
    failure: Mutex<Option<String>>,
}

impl Registry {
    /// A registry without partitions, under these definitions.
    pub fn new(catalog: Arc<Catalog>) -> Self {
        Self {
            views: DashMap::new(),
            catalog,
            total: AtomicU64::new(0),
            connected: AtomicBool::new(false),
            failure: Mutex::default(),
        }
    }

    /// The topics were looked at, and have that many partitions.
    pub fn has_partitions(&self, total: i32) {
        self.total.store(u64::try_from(total).unwrap_or(0), Ordering::Relaxed);
        self.connected.store(true, Ordering::Relaxed);
    }

    /// A partition was gained.
    pub fn add(&self, partition: i32) -> Arc<View> {
        let view = View::new(partition, Arc::clone(&self.catalog));
        self.views.insert(partition, Arc::clone(&view));
        view
    }

    /// A partition was given up.
    pub fn remove(&self, partition: i32) {
        self.views.remove(&partition);
    }

    /// Some thread cannot go on: the process is about to stop.
    pub fn failed(&self, reason: String) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }
}

impl Partitions for Registry {
    fn assigned(&self) -> Vec<PartitionView> {
        let mut views: Vec<PartitionView> = self.views.iter().map(|entry| entry.value().read()).collect();
        views.sort_unstable_by_key(|view| view.partition);
        views
    }

    fn total(&self) -> Option<usize> {
        usize::try_from(self.total.load(Ordering::Relaxed)).ok().filter(|total| *total > 0)
    }

    fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }

    fn live(&self) -> Vec<Check> {
        let wrong = self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone();
        vec![Check { name: "threads", wrong }]
    }

    fn ready(&self) -> Vec<Check> {
        let connected = self.connected.load(Ordering::Relaxed);
        vec![Check { name: "kafka", wrong: (!connected).then(|| "the topics have not been looked at yet".to_owned()) }]
    }
}
