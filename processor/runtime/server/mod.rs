//! The HTTP server: health, metrics, segments, customers.
//!
//! It reads and never changes anything. It has no authentication, so it listens on loopback alone and answers only
//! requests made to a loopback name: a page in a browser cannot reach it through a name of its own. Not here: what is
//! shown ([`state`]).

mod connections;
mod customers;
mod exposition;
mod health;
mod leaving;
mod problem;
mod segments;
pub mod state;
#[cfg(test)]
mod tests;

pub use connections::serve;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use self::problem::Problem;
use self::state::{PartitionView, Partitions};
use crate::metrics::Metrics;

/// The longest a request may take; nothing here takes as long unless a partition is stuck.
const REQUEST_SECONDS_MAX: Duration = Duration::from_secs(30);

/// What every route may look at.
#[derive(Clone)]
struct Shown {
    partitions: Arc<dyn Partitions>,
    metrics: Arc<Metrics>,
    scraping: Arc<Mutex<()>>,
    /// Held by the one request that counts who leaves soon.
    following: Arc<tokio::sync::Mutex<()>>,
}

/// The routes over what is shown.
pub fn routes(partitions: Arc<dyn Partitions>, metrics: Arc<Metrics>) -> Router {
    let shown = Shown { partitions, metrics, scraping: Arc::default(), following: Arc::default() };
    Router::new()
        .route("/livez", get(health::live))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/readyz/{check}", get(health::ready_check))
        .route("/metrics", get(exposition::metrics))
        .route("/version", get(exposition::version))
        .route("/api/v1/segments", get(segments::all))
        .route("/api/v1/segments/{name}", get(segments::named))
        .route("/api/v1/customers/{id}", get(customers::memberships))
        .route("/api/v1/customers/{id}/explain", get(customers::explain))
        .fallback(|| async { Problem::new(StatusCode::NOT_FOUND, "there is nothing at this address") })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "everything here is read with GET")
        })
        .layer(middleware::from_fn(guard))
        .with_state(shown)
}

/// What holds for every request: it names this machine, it ends in time, and its answer is nobody's to keep.
async fn guard(request: Request, next: Next) -> Response {
    if !names_loopback(&request) {
        let detail = "requests must name this machine as localhost, 127.0.0.1 or [::1]";
        return Problem::new(StatusCode::MISDIRECTED_REQUEST, detail).into_response();
    }
    let answer = tokio::time::timeout(REQUEST_SECONDS_MAX, next.run(request)).await;
    let mut response = answer.unwrap_or_else(|_| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the answer took too long: see /readyz?verbose").into_response()
    });
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn names_loopback(request: &Request) -> bool {
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(host) = named.or_else(|| request.uri().host()) else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    name.eq_ignore_ascii_case("localhost") || matches!(name, "127.0.0.1" | "[::1]")
}

/// Members by segment, or by stage of a ladder, over all these partitions.
fn members(assigned: &[PartitionView]) -> BTreeMap<Arc<str>, Vec<u64>> {
    let mut members: BTreeMap<Arc<str>, Vec<u64>> = BTreeMap::new();
    for view in assigned {
        for (segment, counts) in view.catalog.segments().iter().zip(&view.members) {
            let sums = members.entry(Arc::clone(&segment.name)).or_default();
            sums.resize(counts.len(), 0);
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += *count);
        }
    }
    members
}

/// Text for people.
fn plain(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))], text).into_response()
}
