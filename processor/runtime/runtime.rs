//! Builds everything, owns it, and stops it in order.
//!
//! Threads of the operating system do the work: one is a member of the group, one asks where the inputs end, some recover
//! partitions, and each worker reads, decides and commits for its own. Only the HTTP server and signals live on the
//! asynchronous runtime. Stopping: no partition comes any more, each is committed and given up, then the group is left.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant as Moment};

use spicchio_core::engine::Settings;
use spicchio_core::segment::Catalog;
use spicchio_core::timer::Pace;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::broker::kafka::{
    Admin, AdminError, ClientError, CommittedOffsets, Connection, EndProbe, Inspection, Isolation, Member, MemberError,
    PreflightError, Reader, inspect,
};
use crate::config::{ClockSource, Config};
use crate::definitions::{self, DefinitionsError};
use crate::metrics::Metrics;
use crate::partition::{
    Bounds, Registry, Sorting, Style, Surroundings, Tenancy, Transactor, Tuple, Worker, WorkerError,
    panic_message,
};
use crate::recovery::{AnnounceFrom, Begin, BeginError, Begun, Restorer, StartFrom, recover_until_closed};
use crate::server;
use crate::slot::slot;
use crate::stop::Stop;

/// How to run.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunOptions {
    /// Where the group begins, if it is new; without it a new group is refused.
    pub from: Option<StartFrom>,
    /// What of history is announced, if the group is new.
    pub announce_from: AnnounceFrom,
}

/// How a group begins.
#[derive(Clone, Copy, Debug)]
pub struct InitOptions {
    /// Where to read from.
    pub from: StartFrom,
    /// What of history is announced.
    pub announce_from: AnnounceFrom,
}

/// Why the processor does not run, or runs no more.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The segment definitions.
    #[error(transparent)]
    Definitions(#[from] DefinitionsError),
    /// The topics.
    #[error(transparent)]
    Preflight(#[from] PreflightError),
    /// The first start.
    #[error(transparent)]
    Begin(#[from] BeginError),
    /// The settings of the Kafka client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The HTTP server's address.
    #[error("cannot listen on {address}: {error}; give this process an address of its own with `http.listen`")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        #[source]
        error: std::io::Error,
    },
    /// What the process is made of.
    #[error("cannot start {what}: {reason}")]
    Start {
        /// Which part.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// A worker.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The membership of the group.
    #[error(transparent)]
    Member(#[from] MemberError),
    /// A defect of this program.
    #[error("thread `{thread}` failed, which is a defect of this program: {panic}")]
    Panicked {
        /// Which.
        thread: String,
        /// What it said.
        panic: String,
    },
}

impl RunError {
    /// Whether what an operator configured is refused, and trying again changes nothing.
    pub fn is_configuration(&self) -> bool {
        match self {
            Self::Definitions(_) | Self::Client(_) | Self::Listen { .. } => true,
            Self::Preflight(PreflightError::Cluster(AdminError::Unreachable { .. })) => false,
            Self::Preflight(_) => true,
            Self::Begin(BeginError::HasBegun { .. } | BeginError::HasNotBegun { .. } | BeginError::Partly { .. }) => true,
            Self::Begin(_) | Self::Start { .. } | Self::Worker(_) | Self::Member(_) | Self::Panicked { .. } => false,
        }
    }
}

/// Runs the processor on the cluster that the configuration names, until a signal asks it to stop.
pub fn run(config: &Config, options: RunOptions) -> Result<(), RunError> {
    run_on(Arc::new(Connection::new(config.kafka.clone())), config, options)
}

/// Runs the processor on that cluster, until a signal asks it to stop.
pub fn run_on(connection: Arc<Connection>, config: &Config, options: RunOptions) -> Result<(), RunError> {
    run_until(connection, config, options, &Stop::new())
}

/// Runs the processor on that cluster, until a signal or the caller asks it to stop.
pub fn run_until(
    connection: Arc<Connection>,
    config: &Config,
    options: RunOptions,
    stop: &Stop,
) -> Result<(), RunError> {
    let catalog = definitions::compile(&config.segments)?;
    let asynchronous = asynchronous()?;
    let metrics = Metrics::new().map_err(|error| RunError::Start { what: "the metrics", reason: error.to_string() })?;
    let (metrics, registry) = (Arc::new(metrics), Arc::new(Registry::new(Arc::clone(&catalog))));
    let port = asynchronous.block_on(async {
        stop.on_signals().map_err(|error| RunError::Start { what: "signals", reason: error.to_string() })?;
        listen(config, &registry, &metrics, stop).await
    })?;
    let admin = Admin::open(&connection)?;
    let Some(found) = asynchronous.block_on(inspect_patiently(&connection, &admin, config, stop))? else {
        return Ok(());
    };
    registry.has_partitions(found.partitions);
    if !asynchronous.block_on(begin_patiently(&connection, &admin, config, &found, options, &stop))? {
        return Ok(());
    }
    let slot = slot(config.kafka.instance.as_deref(), port);
    let house = House { connection, config, catalog, metrics, registry, stop: stop.clone(), slot };
    let ended = house.live(&found);
    stop.request();
    asynchronous.shutdown_timeout(House::PART_MAX);
    ended
}

/// Begins a group: creates missing output topics, and commits where it starts.
pub fn init(config: &Config, options: InitOptions) -> Result<(), RunError> {
    let connection = Arc::new(Connection::new(config.kafka.clone()));
    let admin = Admin::open(&connection)?;
    asynchronous()?.block_on(async {
        let found = inspect(&connection, &admin, config).await?;
        begin(&connection, &admin, config, &found, options).await
    })
}

fn asynchronous() -> Result<tokio::runtime::Runtime, RunError> {
    /// The server and signals need little.
    const THREADS: usize = 2;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build();
    runtime.map_err(|error| RunError::Start { what: "the asynchronous runtime", reason: error.to_string() })
}

/// Serves HTTP; the port it listens on.
async fn listen(
    config: &Config,
    registry: &Arc<Registry>,
    metrics: &Arc<Metrics>,
    stop: &Stop,
) -> Result<u16, RunError> {
    let failed = |error| RunError::Listen { address: config.http.listen, error };
    let listener = TcpListener::bind(config.http.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    tracing::info!(%address, "listening for HTTP");
    let routes = server::routes(Arc::clone(registry) as Arc<_>, Arc::clone(metrics));
    let mut stopped = stop.watch();
    tokio::spawn(async move {
        let stop = async { while !*stopped.borrow() && stopped.changed().await.is_ok() {} };
        server::serve(listener, routes, stop).await;
    });
    Ok(address.port())
}

/// Looks at the topics, as often as it takes for the cluster to answer. Nothing when the process is to stop meanwhile.
async fn inspect_patiently(
    connection: &Connection,
    admin: &Admin,
    config: &Config,
    stop: &Stop,
) -> Result<Option<Inspection>, RunError> {
    /// How long to wait before asking again.
    const PAUSE: Duration = Duration::from_secs(2);
    let mut stopped = stop.watch();
    while !stop.is_requested() {
        match inspect(connection, admin, config).await {
            Ok(found) => {
                for warning in &found.warnings {
                    tracing::warn!("{}", warning.0);
                }
                return Ok(Some(found));
            }
            Err(PreflightError::Cluster(error @ AdminError::Unreachable { .. })) => {
                tracing::error!("{error} Trying again.");
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    _ = stopped.changed() => {}
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

/// Begins the group if it is new, as often as it takes for the cluster to answer. False when the process is to stop meanwhile.
async fn begin_patiently(
    connection: &Arc<Connection>,
    admin: &Admin,
    config: &Config,
    found: &Inspection,
    options: RunOptions,
    stop: &Stop,
) -> Result<bool, RunError> {
    while !stop.is_requested() {
        match begin_if_new(connection, admin, config, found, options).await {
            Err(RunError::Begin(error @ BeginError::Unanswered(_))) => tracing::error!("{error}. Trying again."),
            ended => return ended.map(|()| true),
        }
    }
    Ok(false)
}

async fn begin_if_new(
    connection: &Arc<Connection>,
    admin: &Admin,
    config: &Config,
    found: &Inspection,
    options: RunOptions,
) -> Result<(), RunError> {
    if connection.is_embedded() {
        return Ok(found.require_outputs()?);
    }
    let beginning = beginning(connection, config, found);
    match (beginning.has_begun()?, options.from) {
        (Begun::Yes, _) => Ok(found.require_outputs()?),
        (Begun::No, None) => Err(BeginError::HasNotBegun { group: config.kafka.group.clone() }.into()),
        (Begun::No, Some(from)) => {
            let options = InitOptions { from, announce_from: options.announce_from };
            match begin(connection, admin, config, found, options).await {
                // Another process of this group was faster.
                Err(RunError::Begin(_)) if matches!(beginning.has_begun(), Ok(Begun::Yes)) => Ok(()),
                begun => begun,
            }
        }
    }
}

async fn begin(
    connection: &Arc<Connection>,
    admin: &Admin,
    config: &Config,
    found: &Inspection,
    options: InitOptions,
) -> Result<(), RunError> {
    for topic in &found.missing_outputs {
        let compacted = *topic == config.outputs.memberships;
        let policy = if compacted { "compact" } else { "delete" };
        admin.create(topic, found.partitions, &[("cleanup.policy", policy)]).await.map_err(PreflightError::from)?;
        tracing::info!(topic, partitions = found.partitions, policy, "created an output topic");
    }
    Ok(beginning(connection, config, found).begin(options.from, options.announce_from)?)
}

fn beginning(connection: &Arc<Connection>, config: &Config, found: &Inspection) -> Begin {
    Begin { connection: Arc::clone(connection), topics: topics(config), partitions: found.partitions }
}

fn topics(config: &Config) -> Arc<[String]> {
    config.inputs.iter().map(|input| input.topic.clone()).collect()
}

/// Everything that lives between the first look at the topics and the last commit.
struct House<'a> {
    connection: Arc<Connection>,
    config: &'a Config,
    catalog: Arc<Catalog>,
    metrics: Arc<Metrics>,
    registry: Arc<Registry>,
    stop: Stop,
    slot: String,
}

/// A thread that tells how it ends.
type Thread = JoinHandle<()>;

impl House<'_> {
    /// How long a thread may take to end, once everything before it has.
    const PART_MAX: Duration = Duration::from_secs(5);
    /// How many recovered partitions wait for their worker.
    const INBOX_MAX: usize = 64;

    fn live(&self, found: &Inspection) -> Result<(), RunError> {
        let (failures, failed) = mpsc::channel(16);
        let topics = topics(self.config);
        let tenancy = Arc::new(Tenancy::new(Arc::clone(&self.registry), Arc::clone(&self.metrics)));
        let surroundings = self.surroundings(&topics, &tenancy)?;
        let mut inboxes = Vec::new();
        let mut workers = Vec::new();
        for index in 0..self.config.workers {
            let (sender, worker) = self.worker(index, &topics, &surroundings)?;
            inboxes.push(sender);
            let name = format!("worker-{index}");
            workers.push(self.spawn(name, &failures, move || Ok(worker.run()?))?);
        }
        let ends = self.ask_for_ends(&topics, &surroundings, &failures)?;
        let restorers = self.restorers(&topics, &surroundings, inboxes, &failures)?;
        let member = self.member(&topics, &surroundings, &failures)?;
        tracing::info!(partitions = found.partitions, workers = workers.len(), slot = self.slot, "the processor runs");
        let ended = self.wait(failed);
        if let Err(error) = &ended {
            self.registry.failed(error.to_string());
        }
        self.stop.request();
        tenancy.close();
        finish(restorers.into_iter().chain(workers), Self::PART_MAX * 2);
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
            registry: Arc::clone(&self.registry),
            metrics: Arc::clone(&self.metrics),
            sorting: Arc::new(sorting),
            stopping: Arc::clone(self.stop.flag()),
            catalog: Arc::clone(self.catalog.hash()),
            pace: self.pace(),
            grace_millis: self.config.grace_millis,
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
    ) -> Result<(SyncSender<Box<Tuple>>, Worker), RunError> {
        let id = format!("{}-{}-{index}", self.config.kafka.group, self.slot);
        let (outputs, stopping) = (self.config.outputs.clone(), Arc::clone(self.stop.flag()));
        let transactor = Transactor::new(Arc::clone(&self.connection), id, Arc::clone(topics), outputs, stopping)?;
        let reader = Reader::open(&self.connection, Arc::clone(topics))?;
        let (sender, inbox) = sync_channel(Self::INBOX_MAX);
        Ok((sender, Worker::new(index, reader, transactor, inbox, around.clone())))
    }

    fn ask_for_ends(
        &self,
        topics: &Arc<[String]>,
        around: &Surroundings,
        failures: &mpsc::Sender<RunError>,
    ) -> Result<Thread, RunError> {
        let probe = EndProbe::open(&self.connection, Arc::clone(topics), Isolation::Written)?;
        let (ends, metrics) = (Arc::clone(&around.ends), Arc::clone(&self.metrics));
        self.spawn("ends".to_owned(), failures, move || {
            ends.ask_until_stopped(&probe, &metrics);
            Ok(())
        })
    }

    fn restorers(
        &self,
        topics: &Arc<[String]>,
        around: &Surroundings,
        inboxes: Vec<SyncSender<Box<Tuple>>>,
        failures: &mpsc::Sender<RunError>,
    ) -> Result<Vec<Thread>, RunError> {
        let restorer = Arc::new(self.restorer(topics, around)?);
        let inboxes: Arc<[SyncSender<Box<Tuple>>]> = inboxes.into();
        let spawn = |index: usize| {
            let (tenancy, restorer, inboxes) = (Arc::clone(&around.tenancy), Arc::clone(&restorer), Arc::clone(&inboxes));
            self.spawn(format!("recovery-{index}"), failures, move || {
                recover_until_closed(&tenancy, &restorer, &inboxes);
                Ok(())
            })
        };
        (0..self.config.workers).map(spawn).collect()
    }

    fn restorer(&self, topics: &Arc<[String]>, around: &Surroundings) -> Result<Restorer, RunError> {
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
        let member = Arc::new(Member::join(&self.connection, Arc::clone(topics), Arc::clone(&around.tenancy) as Arc<_>)?);
        *around.member.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&member));
        let (shared, park, tenancy) = (Arc::clone(&around.member), Arc::clone(&around.park), Arc::clone(&around.tenancy));
        self.spawn("member".to_owned(), failures, move || {
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
        &self,
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
