//! The wish to stop, seen by tasks and threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::failure::RunError;

/// The wish that a running processor stops: of a signal, of its caller, or because a part of it failed. Clones are one
/// and the same, and it is never taken back.
#[derive(Clone, Debug)]
pub struct Stop {
    flag: Arc<AtomicBool>,
    sender: Arc<watch::Sender<bool>>,
}

impl Stop {
    /// What a thread looks at.
    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.flag)
    }

    /// Not asked for yet.
    #[expect(clippy::new_without_default, reason = "a wish that nobody else can see is no default of anything")]
    pub fn new() -> Self {
        Self { flag: Arc::default(), sender: Arc::new(watch::Sender::new(false)) }
    }

    /// Asks to stop.
    pub fn request(&self) {
        self.flag.store(true, Ordering::Relaxed);
        self.sender.send_replace(true);
    }

    /// Whether it was asked for.
    pub fn is_requested(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }

    /// What a task waits on.
    pub(crate) fn watch(&self) -> watch::Receiver<bool> {
        self.sender.subscribe()
    }

    /// Stops on SIGTERM and SIGINT.
    pub(crate) fn on_signals(&self) -> Result<(), RunError> {
        use tokio::signal::unix::{SignalKind, signal};
        for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
            let failed = |error: std::io::Error| RunError::Start { what: "signals", reason: error.to_string() };
            let (mut signal, stop) = (signal(kind).map_err(failed)?, self.clone());
            tokio::spawn(async move {
                while signal.recv().await.is_some() {
                    tracing::info!("asked to stop");
                    stop.request();
                }
            });
        }
        Ok(())
    }
}
