//! The broker's life: started, interrupted, gone with the test.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::authority::Authority;
use super::java::kafka_class;
use super::settings::{guarded, server_properties};
use super::topics::answers;
use crate::process::{Folder, Process, Signal, free_port, until};

/// The id every test cluster is formatted with: 16 bytes in URL-safe base64.
const CLUSTER: &str = "c3BpY2NoaW8tdGVzdHMtMQ";
/// Small and quick to start: the load of a test is small.
const JVM: [&str; 3] = ["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
/// Whom a guarded port lets in.
pub const USER: &str = "shop-processor";
/// Another process may take a port between its choice and its use.
const START_TRIES_MAX: usize = 3;
/// On a busy machine of two cores; 2 s when it is idle.
const START_PATIENCE: Duration = Duration::from_mins(1);
const STOP_PATIENCE: Duration = Duration::from_secs(30);

/// A running Apache Kafka; killed, and its folder removed, when dropped.
///
/// Its methods take `&self`, so that a test can interrupt the broker while another thread uses it.
pub struct Broker {
    process: Mutex<Option<Process>>,
    folder: Folder,
    bootstrap: String,
    guard: Option<Guard>,
}

/// A port that asks who is there.
#[derive(Clone, Debug)]
struct Guard {
    identity: String,
    password: String,
    bootstrap: String,
}

impl Broker {
    /// Starts a broker of the test's own, for tests that interrupt it.
    pub fn start() -> Self {
        Self::start_guarded_by(|| None)
    }

    /// Starts a broker with a second port that shows a certificate of that authority and lets in [`USER`] alone, with
    /// the password that is returned.
    pub fn start_guarded(authority: &Authority) -> (Self, String) {
        let password = format!("secret-of-{}-{}", std::process::id(), free_port());
        let guard = || {
            let bootstrap = format!("127.0.0.1:{}", free_port());
            Some(Guard { identity: authority.identity(), password: password.clone(), bootstrap })
        };
        (Self::start_guarded_by(guard), password)
    }

    fn start_guarded_by(guard: impl Fn() -> Option<Guard>) -> Self {
        let started = (0..START_TRIES_MAX).find_map(|_| Self::try_start(guard()));
        started.expect("Apache Kafka ended three times while starting; its log is printed above")
    }

    /// The broker that tests share which only read and write topics of their own; ends with its last user.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Broker>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let broker = Arc::new(Self::start());
            *shared = Arc::downgrade(&broker);
            broker
        })
    }

    /// What clients connect to, `host:port`.
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// The port that lets in [`USER`] alone, `host:port`; empty where there is none.
    pub fn guarded_port(&self) -> &str {
        self.guard.as_ref().map_or("", |guard| &guard.bootstrap)
    }

    /// Ends it in an orderly way.
    pub fn stop(&self) {
        if let Some(mut process) = self.process().take() {
            process.signal(Signal::Terminate);
            process.wait(STOP_PATIENCE);
        }
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&self) {
        drop(self.process().take());
    }

    /// Starts it again, ended or not, on the same port with the same data; returns when it answers.
    pub fn restart(&self) {
        self.stop();
        assert!(self.launch(), "Apache Kafka did not start again; its log is printed above");
    }

    /// Lets it stand still: connections stay open and nothing is answered.
    pub fn pause(&self) {
        self.signal(Signal::Stop);
    }

    /// Lets it go on after [`pause`](Self::pause).
    pub fn resume(&self) {
        self.signal(Signal::Continue);
    }

    fn signal(&self, signal: Signal) {
        if let Some(process) = self.process().as_mut() {
            process.signal(signal);
        }
    }

    /// Formats a fresh folder and starts; `None` when the broker ended instead of answering.
    fn try_start(guard: Option<Guard>) -> Option<Self> {
        let folder = Folder::fresh("kafka");
        let (port, controller_port) = (free_port(), free_port());
        let mut properties = server_properties(&folder.path().join("data"), port, controller_port);
        if let Some(Guard { identity, bootstrap, .. }) = &guard {
            let identity = folder.write("identity.pem", identity);
            properties = guarded(properties, bootstrap, &identity);
        }
        folder.write("server.properties", &properties);
        let bootstrap = format!("127.0.0.1:{port}");
        let broker = Self { process: Mutex::new(None), folder, bootstrap, guard };
        broker.format();
        broker.launch().then_some(broker)
    }

    fn format(&self) {
        let mut format = kafka_class("kafka.tools.StorageTool", &JVM);
        let output = format
            .args(["format", "-t", CLUSTER, "-c"])
            .arg(self.folder.path().join("server.properties"))
            .args(self.guard.iter().flat_map(Guard::user))
            .output()
            .expect("Java answered a moment ago");
        assert!(output.status.success(), "formatting failed: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts the process and waits until it answers; `false`, with its log printed, when it ended instead.
    fn launch(&self) -> bool {
        let mut command = kafka_class("kafka.Kafka", &JVM);
        command.arg(self.folder.path().join("server.properties"));
        let mut process = Process::start("Apache Kafka", &mut command, &self.folder.path().join("broker.log"));
        let mut ended = false;
        until("Apache Kafka answers", START_PATIENCE, || {
            ended = !process.is_running();
            ended || answers(&self.bootstrap)
        });
        if ended {
            eprintln!("--- Apache Kafka ended while starting:\n{}\n---", process.tail());
            return false;
        }
        *self.process() = Some(process);
        true
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guard {
    /// What the storage is formatted with, so that the user is known.
    fn user(&self) -> [String; 2] {
        ["--add-scram".to_owned(), format!("SCRAM-SHA-512=[name={USER},password={}]", self.password)]
    }
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Broker({})", self.bootstrap)
    }
}
