//! The metrics as Prometheus scrapes them, and what was built.

use std::sync::PoisonError;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use spicchio_core::timer::Instant;

use super::problem::Problem;
use super::state::PartitionState;
use super::{Shown, members};
use crate::metrics::gauge;

/// What this process was built from.
#[derive(Debug, Serialize)]
pub(super) struct Version {
    version: &'static str,
    revision: &'static str,
}

pub(super) async fn version() -> Json<Version> {
    Json(Version { version: crate::VERSION, revision: crate::REVISION })
}

pub(super) async fn metrics(State(shown): State<Shown>) -> Response {
    let text = {
        // Two scrapes at once would clear each other's gauges.
        let _alone = shown.scraping.lock().unwrap_or_else(PoisonError::into_inner);
        set_gauges(&shown);
        shown.metrics.text()
    };
    match text {
        Ok(text) => {
            let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => {
            let detail = format!("the metrics cannot be written: {error}");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail).into_response()
        }
    }
}

/// Gauges that describe partitions are read when somebody looks, not written all the time.
fn set_gauges(shown: &Shown) {
    let metrics = &shown.metrics;
    let assigned = shown.partitions.assigned();
    metrics.clear_partitions();
    metrics.partitions_assigned.with_label_values::<&str>(&[]).set(gauge(assigned.len() as u64));
    for view in &assigned {
        let label = view.partition.to_string();
        for state in PartitionState::NAMES {
            let held = f64::from(u8::from(state == view.state.name()));
            metrics.partition_state.with_label_values(&[label.as_str(), state]).set(held);
        }
        metrics.customers.with_label_values(&[&label]).set(gauge(view.table.len() as u64));
        if let PartitionState::Recovering(done) = view.state {
            metrics.recovery_progress.with_label_values(&[&label]).set(done);
        }
        if let Some(behind) = view.behind {
            metrics.records_behind.with_label_values(&[&label]).set(gauge(behind));
        }
        if view.clock > Instant::MIN {
            metrics.clock_timestamp.with_label_values(&[&label]).set(seconds(view.clock));
        }
    }
    metrics.members(&members(&assigned));
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of the years 1 to 9999 need fewer than 53 bits")]
fn seconds(instant: Instant) -> f64 {
    instant.millis() as f64 / 1_000.0
}
