//! Starts the processor: definitions, the HTTP server, a look at the topics, the beginning of a new group, then the
//! work.
//!
//! Threads of the operating system do the work (`house`): one is a member of the group, one asks where the inputs
//! end, some recover partitions, and each worker reads, decides and commits for its own. Only the HTTP server and
//! signals live on the asynchronous runtime.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::broker::kafka::{Admin, AdminError, Connection, Inspection, PreflightError, inspect};
use crate::config::Config;
use crate::definitions;
use crate::failure::RunError;
use crate::house::House;
use crate::metrics::Metrics;
use crate::partition::Registry;
use crate::recovery::{AnnounceFrom, Begin, BeginError, Begun, StartFrom};
use crate::server;
use crate::slot::slot;
use crate::snapshot::{Shelf, Store};
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
    let catalog = definitions::compile(&config.segments, config.forget_after)?;
    let asynchronous = asynchronous()?;
    let metrics = Metrics::new().map_err(|error| RunError::Start { what: "the metrics", reason: error.to_string() })?;
    let (metrics, registry) = (Arc::new(metrics), Arc::new(Registry::new(Arc::clone(&catalog))));
    let port = asynchronous.block_on(async {
        stop.on_signals()?;
        listen(config, &registry, &metrics, stop).await
    })?;
    let admin = Admin::open(&connection)?;
    let Some(found) = asynchronous.block_on(inspect_patiently(&connection, &admin, config, stop))? else {
        return Ok(());
    };
    registry.has_partitions(found.partitions);
    if !asynchronous.block_on(begin_patiently(&connection, &admin, config, &found, options, stop))? {
        return Ok(());
    }
    let shelf = open_shelf(config)?;
    let slot = slot(config.kafka.instance.as_deref(), port);
    let house = House { connection, config, catalog, metrics, registry, stop: stop.clone(), slot, shelf };
    let ended = house.live(&found);
    stop.request();
    asynchronous.shutdown_timeout(House::PART_MAX);
    ended
}

/// Opens the store for snapshots, where there is one.
fn open_shelf(config: &Config) -> Result<Option<Arc<Shelf>>, RunError> {
    let Some(wanted) = &config.snapshots else {
        tracing::warn!("`snapshots.store` is not set: every recovery reads the inputs from where the group began");
        return Ok(None);
    };
    Ok(Some(Arc::new(Shelf::new(Store::open(&wanted.store)?, &config.kafka.group))))
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

/// Begins the group if it is new, as often as it takes for the cluster to answer. False when the process is to stop
/// meanwhile.
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
