//! Who leaves soon if nothing happens, counted on request over the customers of this instance.
//!
//! It takes a look at every customer for whom anything is due within the day, so it runs off the threads that serve
//! connections, one request at a time, over no more than [`FOLLOWED_MAX`] customers.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::StatusCode;
use serde::Serialize;
use spicchio_core::audience::soon;

use super::Shown;
use super::problem::Problem;
use super::state::{PartitionState, PartitionView};

/// The most customers of a partition that are followed into the future; beyond it the numbers are the least that leave.
const FOLLOWED_MAX: usize = 200_000;

/// How many members of a segment leave, or of a ladder come to another stage, if no event comes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Leaving {
    /// Within an hour of the partition clock.
    hour: u64,
    /// Within a day.
    day: u64,
    /// Whether more may leave: a partition is not running, or there were too many customers to follow.
    at_least: bool,
}

/// The numbers of all segments, by name.
#[derive(Debug, Default)]
pub(super) struct Departures {
    by_name: BTreeMap<Arc<str>, [u64; 2]>,
    at_least: bool,
}

impl Departures {
    /// The numbers of one segment.
    pub(super) fn of(&self, segment: &str) -> Leaving {
        let [hour, day] = self.by_name.get(segment).copied().unwrap_or_default();
        Leaving { hour, day, at_least: self.at_least }
    }
}

/// Counts over all partitions of this instance; refused while another request does so.
pub(super) async fn counted(shown: &Shown) -> Result<Departures, Problem> {
    let alone = Arc::clone(&shown.following).try_lock_owned().map_err(|_| {
        let detail = "another request is counting who leaves soon: ask again when it is answered";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, detail)
    })?;
    let partitions = Arc::clone(&shown.partitions);
    let count = move || {
        let _alone = alone;
        over(&partitions.assigned())
    };
    let broken = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "counting who leaves soon failed");
    tokio::task::spawn_blocking(count).await.map_err(broken)
}

fn over(assigned: &[PartitionView]) -> Departures {
    let mut departures = Departures::default();
    for view in assigned {
        if view.state != PartitionState::Running {
            departures.at_least = true;
            continue;
        }
        let soon = soon(&view.catalog, &view.table, view.clock, None, FOLLOWED_MAX);
        departures.at_least |= !soon.complete;
        for (segment, (hour, day)) in view.catalog.segments().iter().zip(soon.hour.iter().zip(&soon.day)) {
            let [hours, days] = departures.by_name.entry(Arc::clone(&segment.name)).or_default();
            *hours += *hour;
            *days += *day;
        }
    }
    departures
}
