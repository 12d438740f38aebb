//! The threads of the processor, from the first partition to the last commit.
//!
//! Stopping: no partition comes any more, each is committed and given up, then the group is left.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant as Moment};

use spicchio_core::engine::Settings;
use spicchio_core::segment::Catalog;
use spicchio_core::timer::Pace;
use tokio::sync::mpsc;

use crate::broker::kafka::{CommittedOffsets, Connection, EndProbe, Inspection, Isolation, Member, Reader};
use crate::config::{ClockSource, Config};
use crate::failure::RunError;
use crate::metrics::Metrics;
use crate::partition::{
    Bounds, Registry, Sorting, Style, Surroundings, Tenancy, Transactor, Tuple, Worker, panic_message,
};
use crate::recovery::{Restorer, recover_until_closed};
use crate::snapshot::{Archive, Loader, Scribe, Shelf, Sittings};
use crate::stop::Stop;

/// Everything that lives between the first look at the topics and the last commit.
pub(crate) struct House<'a> {
    /// How to reach the cluster.
    pub(crate) connection: Arc<Connection>,
    /// The settings.
    pub(crate) config: &'a Config,
    /// The definitions in force.
    pub(crate) catalog: Arc<Catalog>,
    /// What is counted.
    pub(crate) metrics: Arc<Metrics>,
    /// What others see.
    pub(crate) registry: Arc<Registry>,
    /// The wish to stop.
    pub(crate) stop: Stop,
    /// The stem of this process's transactional ids.
    pub(crate) slot: String,
    /// Where snapshots are; none are taken without.
    pub(crate) shelf: Option<Arc<Shelf>>,
}

/// A thread that tells how it ends.
type Thread = JoinHandle<()>;

impl House<'_> {
    /// How long a thread may take to end, once everything before it has.
    pub(crate) const PART_MAX: Duration = Duration::from_secs(5);
    /// How many recovered partitions wait for their worker.
    const INBOX_MAX: usize = 64;

    /// Works until somebody wishes to stop or a thread fails, then ends everything in order.
    pub(crate) fn live(&self, found: &Inspection) -> Result<(), RunError> {
        let (failures, failed) = mpsc::channel(16);
        let topics: Arc<[String]> = self.config.inputs.iter().map(|input| input.topic.clone()).collect();
        let tenancy = Arc::new(Tenancy::new(Arc::clone(&self.registry), Arc::clone(&self.metrics)));
        let surroundings = self.surroundings(&topics, &tenancy)?;
        let archive = self.archive(&topics, &surroundings);
        let (mut inboxes, mut workers, mut scribes) = (Vec::new(), Vec::new(), Vec::new());
        for index in 0..self.config.workers {
            let sittings = Self::sittings(index, archive.as_ref(), &mut scribes, &failures)?;
            let (sender, worker, transactor) = self.worker(index, &topics, &surroundings, sittings)?;
            inboxes.push(sender);
            let name = format!("worker-{index}");
            workers.push(Self::spawn(name, &failures, move || Ok(worker.run(transactor)?))?);
        }
        let ends = self.ask_for_ends(&topics, &surroundings, &failures)?;
        let restorer = self.restorer(&topics, &surroundings, archive.as_deref())?;
        let restorers = self.restorers(restorer, &surroundings, inboxes, &failures)?;
        let member = self.member(&topics, &surroundings, &failures)?;
        tracing::info!(partitions = found.partitions, workers = workers.len(), slot = self.slot, "the processor runs");
        let ended = self.wait(failed);
        if let Err(error) = &ended {
            self.registry.failed(error.to_string());
        }
        self.stop.request();
        tenancy.close();
        finish(restorers.into_iter().chain(workers).chain(scribes), Self::PART_MAX * 2);
        surroundings.ends.stop();
        finish([ends, member], Self::PART_MAX);
        tracing::info!("the processor has stopped");
        ended
    }

    fn surroundings(&self, topics: &Arc<[String]>, tenancy: &Arc<Tenancy>) -> Result<Surroundings, RunError> {
        let sorting = Sorting::new(&self.config.inputs, self.catalog.interest(), Arc::clone(&self.metrics));
        Ok(Surroundings {
            member: Arc::default(),
            ends: Arc::default(),
            park: Arc::default(),
            metrics: Arc::clone(&self.metrics),
            sorting: Arc::new(sorting),
            catalog: Arc::clone(self.catalog.hash()),
            pace: self.pace(),
            grace_millis: self.config.grace_millis,
            customers_max: self.config.customers_max,
            bounds: Arc::new(Bounds::open(&self.connection, Arc::clone(topics))?),
            tenancy: Arc::clone(tenancy),
        })
    }

    fn pace(&self) -> Pace {
        match self.config.clock {
            ClockSource::Wall => Pace::Wall,
            ClockSource::Events => Pace::Events,
        }
    }

    fn worker(
        &self,
        index: usize,
        topics: &Arc<[String]>,
        around: &Surroundings,
        sittings: Sittings,
    ) -> Result<(SyncSender<Box<Tuple>>, Worker, Transactor), RunError> {
        let id = format!("{}-{}-{index}", self.config.kafka.group, self.slot);
        let (outputs, stopping) = (self.config.outputs.clone(), self.stop.flag());
        let transactor = Transactor::new(Arc::clone(&self.connection), id, Arc::clone(topics), outputs, stopping)?;
        let reader = Reader::open(&self.connection, Arc::clone(topics))?;
        let (sender, inbox) = sync_channel(Self::INBOX_MAX);
        Ok((sender, Worker::new(index, reader, inbox, around.clone(), sittings), transactor))
    }

    /// What writes and reads snapshots, where there are any.
    fn archive(&self, topics: &Arc<[String]>, around: &Surroundings) -> Option<Arc<Archive>> {
        let (wanted, store) = self.config.snapshots.as_ref().zip(self.shelf.as_ref())?;
        let mut writer = xxhash_rust::xxh3::Xxh3Default::new();
        writer.update(self.slot.as_bytes());
        writer.update(&std::process::id().to_le_bytes());
        Some(Arc::new(Archive {
            shelf: Arc::clone(store),
            connection: Arc::clone(&self.connection),
            topics: Arc::clone(topics),
            memberships: self.config.outputs.memberships.clone(),
            catalog: Arc::clone(&self.catalog),
            bounds: Arc::clone(&around.bounds),
            metrics: Arc::clone(&self.metrics),
            kept: Arc::default(),
            every: wanted.every,
            keep: wanted.keep,
            writer: writer.digest(),
        }))
    }

    /// A worker's part of snapshots, and the thread that stores them.
    fn sittings(
        index: usize,
        archive: Option<&Arc<Archive>>,
        scribes: &mut Vec<Thread>,
        failures: &mpsc::Sender<RunError>,
    ) -> Result<Sittings, RunError> {
        let Some(archive) = archive else { return Ok(Sittings::new(None)) };
        let (scribe, storing) = Scribe::new(Arc::clone(archive), index == 0);
        scribes.push(Self::spawn(format!("scribe-{index}"), failures, move || {
            storing.run();
            Ok(())
        })?);
        Ok(Sittings::new(Some(scribe)))
    }

    fn loader(&self, archive: &Archive) -> Loader {
        Loader {
            shelf: Arc::clone(&archive.shelf),
            connection: Arc::clone(&archive.connection),
            topics: Arc::clone(&archive.topics),
            compacted: self.config.inputs.iter().map(|input| input.profile).collect(),
            memberships: archive.memberships.clone(),
            metrics: Arc::clone(&archive.metrics),
            kept: Arc::clone(&archive.kept),
        }
    }

    fn ask_for_ends(
        &self,
        topics: &Arc<[String]>,
        around: &Surroundings,
        failures: &mpsc::Sender<RunError>,
    ) -> Result<Thread, RunError> {
        let probe = EndProbe::open(&self.connection, Arc::clone(topics), Isolation::Written)?;
        let (ends, metrics) = (Arc::clone(&around.ends), Arc::clone(&self.metrics));
        Self::spawn("ends".to_owned(), failures, move || {
            ends.ask_until_stopped(&probe, &metrics);
            Ok(())
        })
    }

    fn restorers(
        &self,
        restorer: Restorer,
        around: &Surroundings,
        inboxes: Vec<SyncSender<Box<Tuple>>>,
        failures: &mpsc::Sender<RunError>,
    ) -> Result<Vec<Thread>, RunError> {
        let restorer = Arc::new(restorer);
        let inboxes: Arc<[SyncSender<Box<Tuple>>]> = inboxes.into();
        let spawn = |index: usize| {
            let (tenancy, restorer, inboxes) =
                (Arc::clone(&around.tenancy), Arc::clone(&restorer), Arc::clone(&inboxes));
            Self::spawn(format!("recovery-{index}"), failures, move || {
                recover_until_closed(&tenancy, &restorer, &inboxes);
                Ok(())
            })
        };
        (0..self.config.workers).map(spawn).collect()
    }

    fn restorer(
        &self,
        topics: &Arc<[String]>,
        around: &Surroundings,
        archive: Option<&Archive>,
    ) -> Result<Restorer, RunError> {
        let settings = Settings {
            dedup_millis: self.config.inputs.iter().map(|input| input.dedup_millis).collect(),
            grace_millis: Some(self.config.grace_millis),
            forget_after: Some(self.config.forget_after),
            seed: 0,
        };
        let group = &self.config.kafka.group;
        let style = Style {
            group: group.as_str().into(),
            source: format!("/spicchio/{group}").into(),
            value_bytes_max: self.config.output_bytes_max,
        };
        Ok(Restorer {
            connection: Arc::clone(&self.connection),
            topics: Arc::clone(topics),
            memberships: self.config.outputs.memberships.clone(),
            committed: CommittedOffsets::open(&self.connection, Arc::clone(topics), Isolation::Committed)?,
            stable: EndProbe::open(&self.connection, Arc::clone(topics), Isolation::Committed)?,
            bounds: Arc::clone(&around.bounds),
            catalog: Arc::clone(&self.catalog),
            settings,
            sorting: Arc::clone(&around.sorting),
            style: Arc::new(style),
            park: Arc::clone(&around.park),
            metrics: Arc::clone(&self.metrics),
            snapshots: archive.map(|archive| self.loader(archive)),
            pace: self.pace(),
            grace_millis: self.config.grace_millis,
        })
    }

    /// Joins the group and takes part in it until the process is to stop and its partitions are given up.
    fn member(
        &self,
        topics: &Arc<[String]>,
        around: &Surroundings,
        failures: &mpsc::Sender<RunError>,
    ) -> Result<Thread, RunError> {
        /// How long one poll waits; partitions that come or go do not wait for its end.
        const POLL: Duration = Duration::from_millis(100);
        let member = Arc::new(Member::join(&self.connection, topics, Arc::clone(&around.tenancy) as Arc<_>)?);
        *around.member.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&member));
        let (shared, park, tenancy) =
            (Arc::clone(&around.member), Arc::clone(&around.park), Arc::clone(&around.tenancy));
        Self::spawn("member".to_owned(), failures, move || {
            while !tenancy.is_given_up() {
                member.poll(POLL)?;
                park.sweep();
            }
            *shared.write().unwrap_or_else(PoisonError::into_inner) = None;
            member.leave();
            Ok(())
        })
    }

    /// Waits for the wish to stop, or for a thread that failed.
    fn wait(&self, mut failed: mpsc::Receiver<RunError>) -> Result<(), RunError> {
        /// How often to look.
        const STEP: Duration = Duration::from_millis(50);
        loop {
            if let Ok(error) = failed.try_recv() {
                return Err(error);
            }
            if self.stop.is_requested() {
                return Ok(());
            }
            std::thread::sleep(STEP);
        }
    }

    fn spawn(
        name: String,
        failures: &mpsc::Sender<RunError>,
        work: impl FnOnce() -> Result<(), RunError> + Send + 'static,
    ) -> Result<Thread, RunError> {
        let (failures, thread) = (failures.clone(), name.clone());
        let guarded = move || {
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            let done = done.unwrap_or_else(|panic| Err(RunError::Panicked { thread, panic: panic_message(&*panic) }));
            if let Err(error) = done {
                tracing::error!(%error, "the processor stops");
                // The first failure stops the process; a full queue has one already.
                let _ = failures.try_send(error);
            }
        };
        let spawned = std::thread::Builder::new().name(name).spawn(guarded);
        spawned.map_err(|error| RunError::Start { what: "a thread", reason: error.to_string() })
    }
}

/// Waits for threads to end, in all no longer than `patience`: what hangs in the client ends with the process.
fn finish(threads: impl IntoIterator<Item = Thread>, patience: Duration) {
    let until = Moment::now() + patience;
    for thread in threads {
        while !thread.is_finished() && Moment::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        if !thread.is_finished() {
            tracing::warn!(thread = thread.thread().name(), "a thread does not end in time and is left");
        }
    }
}
