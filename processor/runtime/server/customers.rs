//! A customer's segments, and why it is in one or not.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use spicchio_core::customer::{Customer, CustomerId, Place};
use spicchio_core::segment::evaluate::View;
use spicchio_core::segment::{Explanation, explain as explain_segment};
use spicchio_core::timer::Instant;

use super::Shown;
use super::problem::Problem;
use super::state::{PartitionState, PartitionView};

/// A customer as it is now.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    customer_id: String,
    partition: i32,
    /// The instant on the customer's own time line that this is about.
    now: String,
    /// When to look again: no membership changes before without a new event; null when time alone changes nothing.
    until: Option<String>,
    /// Whether all of this is announced: the transaction that holds it has committed.
    committed: bool,
    memberships: Vec<Membership>,
}

/// A segment or ladder the customer is in.
#[derive(Debug, Serialize)]
struct Membership {
    segment: String,
    /// Of a ladder, the stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    since: String,
}

/// Why a customer is in a segment, or why not.
#[derive(Debug, Serialize)]
pub(super) struct Why {
    customer_id: String,
    segment: String,
    definition: String,
    now: String,
    /// Since when it is announced to be inside; null when it is not.
    since: Option<String>,
    /// Of a ladder, the stage it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    committed: bool,
    explanation: Explanation,
}

/// Which segment is asked about.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    segment: Option<String>,
}

pub(super) async fn memberships(State(shown): State<Shown>, Path(id): Path<String>) -> Result<Json<Found>, Problem> {
    apart(move || {
        look_up(&shown, &id, |view, id, customer| {
            let segments = view.catalog.segments();
            let membership = |(index, place, since): (usize, Place, Instant)| {
                let of = segments.get(index).filter(|_| place != Place::Outside)?;
                let stage = of.stage(place).map(ToString::to_string);
                Some(Membership { segment: of.name.to_string(), stage, since: since.to_string() })
            };
            let deadline = customer.deadline;
            Ok(Found {
                customer_id: id.to_string(),
                partition: view.partition,
                now: customer.now(view.clock).to_string(),
                until: (deadline != Instant::NEVER).then(|| deadline.to_string()),
                committed: customer.batch <= view.committed_batch,
                memberships: customer.memberships.iter().filter_map(membership).collect(),
            })
        })
    })
    .await
}

pub(super) async fn explain(
    State(shown): State<Shown>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Why>, Problem> {
    let name = asked.segment.ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "name a segment: ?segment=NAME"))?;
    apart(move || look_up(&shown, &id, |view, id, customer| why(view, id, customer, &name))).await
}

fn why(view: &PartitionView, id: &CustomerId, customer: &Customer, name: &str) -> Result<Why, Problem> {
    let mut segments = view.catalog.segments().iter().enumerate();
    let (index, segment) = segments
        .find(|(_, segment)| &*segment.name == name)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "no segment has that name: /api/v1/segments lists them"))?;
    let now = customer.now(view.clock);
    let explanation = explain_segment(&view.catalog, index, &View::of(id.as_str(), customer, now))
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "no segment has that name: /api/v1/segments lists them"))?;
    Ok(Why {
        customer_id: id.to_string(),
        segment: segment.name.to_string(),
        definition: segment.hash.to_string(),
        now: now.to_string(),
        since: customer.memberships.since(index).map(|since| since.to_string()),
        committed: customer.batch <= view.committed_batch,
        stage: segment.stage(customer.memberships.standing(index).place).map(ToString::to_string),
        explanation,
    })
}

/// Off the threads that serve connections: the writer may hold a customer's shard for a moment.
async fn apart<T: Send + 'static>(
    answer: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<Json<T>, Problem> {
    let broken = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "looking the customer up failed");
    tokio::task::spawn_blocking(answer).await.map_err(broken)?.map(Json)
}

/// Reads a customer in whichever assigned partition holds it.
fn look_up<T>(
    shown: &Shown,
    id: &str,
    mut read: impl FnMut(&PartitionView, &CustomerId, &Customer) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let customer = CustomerId::new(id)
        .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "a customer's id has 1 to 256 bytes"))?;
    let assigned = shown.partitions.assigned();
    let found = assigned.iter().find_map(|view| view.table.read(id, |state| read(view, &customer, state)));
    found.unwrap_or_else(|| Err(absent(&assigned, shown.partitions.total())))
}

/// Why a customer is not found: nobody knows it, or the partition that would know is not here or not ready.
fn absent(assigned: &[PartitionView], total: Option<usize>) -> Problem {
    let waiting = assigned.iter().filter(|view| view.state != PartitionState::Running).count();
    if waiting > 0 {
        let detail =
            format!("not found yet: {waiting} partitions of this instance are not running, see /readyz?verbose");
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail);
    }
    if total == Some(assigned.len()) {
        let detail = "no event of this customer has been read, or it was erased or forgotten";
        return Problem::new(StatusCode::NOT_FOUND, detail);
    }
    let all = total.map_or_else(|| "all".to_owned(), |total| total.to_string());
    let here: Vec<String> = assigned.iter().map(|view| view.partition.to_string()).collect();
    let here = if here.is_empty() { "none".to_owned() } else { here.join(", ") };
    let detail = format!("not in the partitions of this instance ({here} of {all}): ask the other instances");
    Problem::new(StatusCode::MISDIRECTED_REQUEST, detail)
}
