//! Whether the process should be left running (`/livez`), and whether it is working (`/readyz`).
//!
//! One line per check with `?verbose` or when something is wrong; `/readyz/NAME` asks one, `?exclude=NAME` skips one.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::problem::Problem;
use super::state::{Check, PartitionState};
use super::{Shown, plain};

/// How the answer is wanted.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    verbose: Option<String>,
    exclude: Option<String>,
}

pub(super) async fn live(State(shown): State<Shown>, Query(wanted): Query<Wanted>) -> Response {
    answer(&shown.partitions.live(), &wanted)
}

pub(super) async fn ready(State(shown): State<Shown>, Query(wanted): Query<Wanted>) -> Response {
    answer(&ready_checks(&shown), &wanted)
}

pub(super) async fn ready_check(State(shown): State<Shown>, Path(name): Path<String>) -> Response {
    let checks: Vec<Check> = ready_checks(&shown).into_iter().filter(|check| check.name == name).collect();
    if checks.is_empty() {
        return Problem::new(StatusCode::NOT_FOUND, "no check has that name: /readyz?verbose lists them")
            .into_response();
    }
    answer(&checks, &Wanted::default())
}

/// The processor's own checks, and that every assigned partition is running.
fn ready_checks(shown: &Shown) -> Vec<Check> {
    let mut checks = shown.partitions.ready();
    let assigned = shown.partitions.assigned();
    let waiting: Vec<String> = assigned
        .iter()
        .filter(|view| view.state != PartitionState::Running)
        .map(|view| format!("partition {} is {}", view.partition, view.state))
        .collect();
    checks.push(Check { name: "partitions", wrong: (!waiting.is_empty()).then(|| waiting.join("; ")) });
    checks
}

fn answer(checks: &[Check], wanted: &Wanted) -> Response {
    let asked = checks.iter().filter(|check| wanted.exclude.as_deref() != Some(check.name));
    let (mut lines, mut well) = (String::new(), true);
    for check in asked {
        well &= check.wrong.is_none();
        let line = match &check.wrong {
            None => format!("[+]{} ok\n", check.name),
            Some(wrong) => format!("[-]{} {wrong}\n", check.name),
        };
        lines.push_str(&line);
    }
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    if well && wanted.verbose.is_none() {
        return plain(status, "ok\n".to_owned());
    }
    plain(status, lines)
}
