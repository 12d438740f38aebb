//! The wish that a running processor stops: by a signal, by its caller, or because a part of it failed.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// The wish to stop, seen by tasks and threads; clones are one and the same. It is never taken back.
#[derive(Clone, Debug)]
pub struct Stop {
    flag: Arc<AtomicBool>,
    sender: Arc<watch::Sender<bool>>,
}

impl Stop {
    /// Nobody wishes it yet.
    #[expect(clippy::new_without_default, reason = "a wish that nobody else can see is no default of anything")]
    pub fn new() -> Self {
        Self { flag: Arc::default(), sender: Arc::new(watch::Sender::new(false)) }
    }

    /// Asks to stop.
    pub fn request(&self) {
        self.flag.store(true, Ordering::Relaxed);
        self.sender.send_replace(true);
    }

    /// Whether somebody asked.
    pub fn is_requested(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }

    /// What threads look at.
    pub(crate) fn flag(&self) -> &Arc<AtomicBool> {
        &self.flag
    }

    /// What tasks wait for.
    pub(crate) fn watch(&self) -> watch::Receiver<bool> {
        self.sender.subscribe()
    }

    /// Asks to stop on SIGTERM and SIGINT.
    pub(crate) fn on_signals(&self) -> io::Result<()> {
        for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
            let (mut signal, stop) = (signal(kind)?, self.clone());
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
