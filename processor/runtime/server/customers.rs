//! A customer's segments.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use spicchio_core::customer::CustomerId;
use spicchio_core::timer::Instant;

use super::Shown;
use super::problem::Problem;
use super::state::{CustomerView, PartitionState};

/// A customer as it is now.
#[derive(Debug, Serialize)]
pub(super) struct Customer {
    #[serde(rename = "customer_id")]
    id: String,
    partition: i32,
    /// The instant on the customer's own time line that this is about.
    now: String,
    /// Until when no membership changes without a new event; null when time alone changes nothing.
    until: Option<String>,
    /// Whether all of this is announced: the transaction that holds it has committed.
    committed: bool,
    memberships: Vec<Membership>,
}

/// A segment the customer is in.
#[derive(Debug, Serialize)]
struct Membership {
    segment: String,
    since: String,
}

pub(super) async fn memberships(
    State(shown): State<Shown>,
    Path(id): Path<String>,
) -> Result<Json<Customer>, Problem> {
    let customer = CustomerId::new(&id)
        .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "a customer's id has 1 to 256 bytes"))?;
    // The writer may hold the customer's shard for a moment: wait for it where waiting harms nobody.
    let found = tokio::task::spawn_blocking(move || look_up(&shown, &customer)).await;
    let found = found.map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "looking the customer up failed"))?;
    found.map(Json)
}

fn look_up(shown: &Shown, customer: &CustomerId) -> Result<Customer, Problem> {
    let view = shown.partitions.customer(customer).ok_or_else(|| absent(shown))?;
    let assigned = shown.partitions.assigned();
    let committed = assigned
        .iter()
        .find(|partition| partition.partition == view.partition)
        .is_some_and(|partition| view.batch <= partition.committed_batch);
    Ok(describe(customer, view, committed))
}

fn describe(customer: &CustomerId, view: CustomerView, committed: bool) -> Customer {
    let membership = |(segment, since): (Arc<str>, Instant)| Membership { segment: segment.to_string(), since: since.to_string() };
    Customer {
        id: customer.to_string(),
        partition: view.partition,
        now: view.now.to_string(),
        until: (view.next_change != Instant::NEVER).then(|| view.next_change.to_string()),
        committed,
        memberships: view.memberships.into_iter().map(membership).collect(),
    }
}

/// Why a customer is not found: nobody knows it, or the partition that would know is not here or not ready.
fn absent(shown: &Shown) -> Problem {
    let assigned = shown.partitions.assigned();
    let recovering = assigned.iter().filter(|view| view.state != PartitionState::Running).count();
    if recovering > 0 {
        let detail = format!("not found yet: {recovering} partitions of this instance are not running, see /readyz?verbose");
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail);
    }
    match shown.partitions.total() {
        Some(total) if total == assigned.len() => {
            Problem::new(StatusCode::NOT_FOUND, "no event of this customer has been read, or it was erased or forgotten")
        }
        total => {
            let all = total.map_or_else(|| "all".to_owned(), |total| total.to_string());
            let here: Vec<String> = assigned.iter().map(|view| view.partition.to_string()).collect();
            let detail = format!(
                "not in the partitions of this instance ({} of {all}): ask the other instances",
                if here.is_empty() { "none".to_owned() } else { here.join(", ") },
            );
            Problem::new(StatusCode::MISDIRECTED_REQUEST, detail)
        }
    }
}
