//! Every route answers what it should, over a processor made of plain values.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use axum::body::Body;
use serde_json::{Value, json};
use spicchio_core::customer::CustomerId;
use spicchio_core::segment::{Catalog, Declarations, Definitions};
use spicchio_core::timer::Instant;
use tower::ServiceExt as _;

use super::state::{Check, CustomerView, PartitionState};
use super::*;

/// A processor that shows what it is made of.
struct Fixed {
    states: Vec<PartitionState>,
    total: Option<usize>,
    wrong: Option<String>,
}

impl Fixed {
    fn well() -> Self {
        Self { states: vec![PartitionState::Running; 2], total: Some(2), wrong: None }
    }
}

impl Partitions for Fixed {
    fn assigned(&self) -> Vec<PartitionView> {
        let view = |(partition, state): (i32, &PartitionState)| PartitionView {
            partition,
            state: state.clone(),
            clock: Instant::from_millis(1_500),
            committed_batch: 7,
            behind: Some(3),
            members: Vec::new(),
            customers: 10,
        };
        (0..).zip(&self.states).map(view).collect()
    }

    fn total(&self) -> Option<usize> {
        self.total
    }

    fn catalog(&self) -> Arc<Catalog> {
        let definitions = Definitions { declarations: Declarations::default(), segments: Vec::new() };
        Arc::new(Catalog::compile(&definitions))
    }

    fn customer(&self, id: &CustomerId) -> Option<CustomerView> {
        let batch = match id.as_str() {
            "announced" => 7,
            "pending" => 8,
            _ => return None,
        };
        Some(CustomerView {
            partition: 1,
            now: Instant::from_millis(2_000),
            next_change: Instant::from_millis(3_000),
            batch,
            memberships: vec![("loyal".into(), Instant::from_millis(1_000))],
        })
    }

    fn live(&self) -> Vec<Check> {
        vec![Check { name: "workers", wrong: None }]
    }

    fn ready(&self) -> Vec<Check> {
        vec![Check { name: "producer", wrong: self.wrong.clone() }]
    }
}

fn router(fixed: Fixed) -> Router {
    routes(Arc::new(fixed), Arc::new(Metrics::new().unwrap()))
}

/// Status, content type and body of the answer to a GET.
async fn asked(fixed: Fixed, path: &str) -> (u16, String, String) {
    let request = Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap();
    let response = router(fixed).oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let kind = response.headers().get(header::CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap()).to_owned();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, kind, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn health_names_what_is_wrong() {
    let recovering = || Fixed { states: vec![PartitionState::Running, PartitionState::Recovering(0.5)], ..Fixed::well() };
    let broken = || Fixed { wrong: Some("fenced".to_owned()), ..Fixed::well() };
    let half = "[+]producer ok\n[-]partitions partition 1 is recovering, 50% done\n";
    for (fixed, path, status, body) in [
        (Fixed::well(), "/livez", 200, "ok\n"),
        (Fixed::well(), "/livez?verbose", 200, "[+]workers ok\n"),
        (Fixed::well(), "/readyz", 200, "ok\n"),
        (Fixed::well(), "/readyz?verbose", 200, "[+]producer ok\n[+]partitions ok\n"),
        (recovering(), "/livez", 200, "ok\n"),
        (recovering(), "/readyz", 503, half),
        (recovering(), "/readyz/producer", 200, "ok\n"),
        (recovering(), "/readyz?exclude=partitions", 200, "ok\n"),
        (broken(), "/readyz", 503, "[-]producer fenced\n[+]partitions ok\n"),
        (broken(), "/readyz/producer", 503, "[-]producer fenced\n"),
    ] {
        let (found, _, text) = asked(fixed, path).await;
        assert_eq!((found, text.as_str()), (status, body), "{path}");
    }
}

#[tokio::test]
async fn a_customer_is_shown_with_whether_it_is_announced() {
    for (id, committed) in [("announced", true), ("pending", false)] {
        let (status, kind, body) = asked(Fixed::well(), &format!("/api/v1/customers/{id}")).await;
        assert_eq!((status, kind.as_str()), (200, "application/json"));
        let expected = json!({
            "customer_id": id, "partition": 1, "committed": committed,
            "now": "1970-01-01T00:00:02.000Z", "until": "1970-01-01T00:00:03.000Z",
            "memberships": [{"segment": "loyal", "since": "1970-01-01T00:00:01.000Z"}],
        });
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), expected);
    }
}

#[tokio::test]
async fn problems_say_why_and_never_whom() {
    let elsewhere = || Fixed { total: Some(6), ..Fixed::well() };
    let recovering = || Fixed { states: vec![PartitionState::Recovering(0.1)], total: Some(1), wrong: None };
    let long = format!("/api/v1/customers/{}", "x".repeat(257));
    for (fixed, path, status, part) in [
        (Fixed::well(), "/api/v1/customers/c-1", 404, "no event of this customer has been read"),
        (elsewhere(), "/api/v1/customers/c-1", 421, "(0, 1 of 6): ask the other instances"),
        (recovering(), "/api/v1/customers/c-1", 503, "1 partitions of this instance are not running"),
        (Fixed::well(), long.as_str(), 400, "1 to 256 bytes"),
        (Fixed::well(), "/api/v1/segments/none", 404, "/api/v1/segments lists them"),
        (Fixed::well(), "/readyz/none", 404, "/readyz?verbose lists them"),
        (Fixed::well(), "/nowhere", 404, "nothing at this address"),
    ] {
        let (found, kind, body) = asked(fixed, path).await;
        assert_eq!((found, kind.as_str()), (status, "application/problem+json"), "{path}: {body}");
        let problem: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(problem["status"], status, "{path}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(part) && !body.contains("c-1"), "{path}: {body}");
    }
}

#[tokio::test]
async fn only_requests_to_this_machine_are_answered() {
    for (host, status) in [
        (Some("localhost"), 200),
        (Some("127.0.0.1:8080"), 200),
        (Some("[::1]:8080"), 200),
        (Some("rebound.example:8080"), 421),
        (Some("localhost.example"), 421),
        (None, 421),
    ] {
        let mut request = Request::get("/version");
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let response = router(Fixed::well()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{host:?}");
    }
    let write = Request::post("/api/v1/segments").header("host", "localhost").body(Body::empty()).unwrap();
    assert_eq!(router(Fixed::well()).oneshot(write).await.unwrap().status().as_u16(), 405);
}

#[tokio::test]
async fn metrics_describe_the_partitions_of_now() {
    let mut fixed = Fixed::well();
    fixed.states.push(PartitionState::Recovering(0.25));
    let (status, kind, text) = asked(fixed, "/metrics").await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; version=0.0.4; charset=utf-8"));
    for line in [
        "spicchio_partitions_assigned 3",
        "spicchio_customers{partition=\"1\"} 10",
        "spicchio_partition_state{partition=\"2\",state=\"recovering\"} 1",
        "spicchio_partition_state{partition=\"2\",state=\"running\"} 0",
        "spicchio_recovery_progress_ratio{partition=\"2\"} 0.25",
        "spicchio_clock_timestamp_seconds{partition=\"0\"} 1.5",
        "spicchio_records_behind{partition=\"0\"} 3",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
    }
    assert!(text.contains("spicchio_build_info{") && text.contains("process_cpu_seconds_total"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_connection_is_answered_and_ends_when_the_server_stops() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(serve(listener, router(Fixed::well()), async {
        let _ = stopped.await;
    }));
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let mut answer = [0; 15];
        stream.read_exact(&mut answer).unwrap();
        stop.send(()).unwrap();
        // The idle connection is closed, not left hanging.
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        (answer, String::from_utf8(rest).unwrap())
    });
    let (head, rest) = answer.await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    assert!(rest.ends_with("ok\n"), "{rest}");
    served.await.unwrap();
}
