//! The threads on which partitions are recovered, so that those that run already go on meanwhile.

use std::sync::mpsc::SyncSender;
use std::time::Duration;

use super::restore::{Restorer, Stop};
use crate::partition::{Newcomer, Tenancy, Tuple};

/// Recovers partitions as they come, each for its worker, until no more will come.
pub fn recover_until_closed(tenancy: &Tenancy, restorer: &Restorer, workers: &[SyncSender<Box<Tuple>>]) {
    while let Some(newcomer) = tenancy.next() {
        if newcomer.lease.begin_work() {
            recover(&newcomer, restorer, workers);
        }
    }
}

fn recover(newcomer: &Newcomer, restorer: &Restorer, workers: &[SyncSender<Box<Tuple>>]) {
    let partition = newcomer.lease.partition();
    loop {
        match restorer.restore(newcomer) {
            Ok(tuple) => {
                let worker = usize::try_from(partition).ok().and_then(|number| workers.get(number % workers.len()));
                if worker.is_none_or(|worker| worker.send(Box::new(tuple)).is_err()) {
                    newcomer.lease.end();
                }
                return;
            }
            Err(Stop::Leaving) => {
                newcomer.lease.end();
                return;
            }
            Err(Stop::Unanswered(error)) => {
                tracing::warn!(partition, %error, "the partition cannot be recovered yet; trying again");
                std::thread::sleep(Duration::from_millis(500));
                if newcomer.lease.is_leaving() || newcomer.lease.has_ended() {
                    newcomer.lease.end();
                    return;
                }
            }
            Err(stop @ Stop::Failed(_)) => {
                tracing::error!(partition, reason = %stop, "the partition stops");
                newcomer.view.stopped(stop.to_string());
                newcomer.lease.rest();
                return;
            }
        }
    }
}
