//! Every route answers what it should, over a processor made of plain values.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use axum::body::Body;
use serde_json::{Value, json};
use spicchio_core::customer::CustomerTable;
use spicchio_core::engine::{Effects, Engine, Input, Settings};
use spicchio_core::event::{Decoder, Record, TopicRules};
use spicchio_core::segment::{Catalog, Definitions, SegmentDefinition, language};
use spicchio_core::timer::{Instant, Zone};
use tower::ServiceExt as _;

use super::state::{Check, PartitionState};
use super::*;

/// A processor that shows what it is made of.
struct Fixed {
    states: Vec<PartitionState>,
    total: Option<usize>,
    wrong: Option<String>,
    catalog: Arc<Catalog>,
    engine: Engine,
}

impl Fixed {
    /// Two running partitions of two; customer `c-1` of the second bought something in batch 7, `c-2` in batch 8.
    fn well() -> Self {
        let mut declarations = language::builtin_declarations();
        let condition = language::condition("count(purchase, 1h) >= 1", &mut declarations, &Zone::UTC).unwrap();
        let segment = SegmentDefinition {
            name: "buyers".into(),
            description: Some("bought within the hour".to_owned()),
            condition,
            latch: None,
            grace_millis: 0,
            attach: Vec::new(),
            labels: BTreeMap::from([("owner".to_owned(), "crm".to_owned())]),
            zone: Zone::UTC,
        };
        let catalog = Arc::new(Catalog::compile(&Definitions {
            declarations,
            segments: vec![segment],
            ..Definitions::default()
        }));
        let settings = Settings { dedup_millis: vec![0], grace_millis: None, forget_after: None, seed: 1 };
        let mut engine = Engine::new(Arc::clone(&catalog), &settings);
        let decoder = Decoder::new(catalog.interest(), &TopicRules::default());
        for (batch, customer) in [(7, "c-1"), (8, "c-2")] {
            engine.begin_batch(batch);
            let line = format!(r#"{{"type":"purchase","customer_id":"{customer}","time":1000}}"#);
            let record = Record { key: Some(customer.as_bytes()), value: Some(line.as_bytes()), ..Record::default() };
            let event = decoder.decode(&record).unwrap();
            engine.apply(Input::Event { topic: 0, event }, &mut Effects::default());
        }
        Self { states: vec![PartitionState::Running; 2], total: Some(2), wrong: None, catalog, engine }
    }
}

impl Partitions for Fixed {
    fn assigned(&self) -> Vec<PartitionView> {
        let view = |(partition, state): (i32, &PartitionState)| PartitionView {
            partition,
            state: state.clone(),
            clock: Instant::from_millis(2_000),
            committed_batch: 7,
            behind: Some(3),
            catalog: Arc::clone(&self.catalog),
            members: if partition == 1 { self.engine.members().to_vec() } else { vec![vec![0]] },
            table: if partition == 1 { Arc::clone(self.engine.table()) } else { Arc::new(CustomerTable::new(1)) },
        };
        (0..).zip(&self.states).map(view).collect()
    }

    fn total(&self) -> Option<usize> {
        self.total
    }

    fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
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
    let recovering =
        || Fixed { states: vec![PartitionState::Running, PartitionState::Recovering(0.5)], ..Fixed::well() };
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

async fn asked_json(fixed: Fixed, path: &str) -> Value {
    let (status, kind, body) = asked(fixed, path).await;
    assert_eq!((status, kind.as_str()), (200, "application/json"), "{path}: {body}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn segments_are_shown_with_their_sizes() {
    let all = asked_json(Fixed::well(), "/api/v1/segments").await;
    let one = asked_json(Fixed::well(), "/api/v1/segments/buyers").await;
    assert_eq!(all["items"], json!([one]));
    let expected = json!({
        "name": "buyers", "description": "bought within the hour", "condition": "count(purchase, 1h) >= 1",
        "definition": one["definition"], "labels": {"owner": "crm"}, "members": 2,
        "entered": 0, "exited": 0, "moved": 0, "never_entered": false, "small": true,
    });
    assert_eq!(one, expected);
}

/// Both customers bought at 1,000 ms and leave an hour later; the clock stands at 2,000 ms.
#[tokio::test]
async fn who_leaves_soon_is_counted_on_request() {
    let recovering =
        || Fixed { states: vec![PartitionState::Recovering(0.5), PartitionState::Running], ..Fixed::well() };
    for (fixed, at_least) in [(Fixed::well(), false), (recovering(), true)] {
        let one = asked_json(fixed, "/api/v1/segments/buyers?small=2&leaving=true").await;
        assert_eq!(one["leaving"], json!({"hour": 2, "day": 2, "at_least": at_least}));
        assert_eq!(one["small"], false);
    }
    let (status, ..) = asked(Fixed::well(), "/api/v1/segments?small=few").await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_customer_is_shown_with_whether_it_is_announced() {
    for (id, committed) in [("c-1", true), ("c-2", false)] {
        let expected = json!({
            "customer_id": id, "partition": 1, "committed": committed,
            "now": "1970-01-01T00:00:02.000Z", "until": "1970-01-01T01:00:01.000Z",
            "memberships": [{"segment": "buyers", "since": "1970-01-01T00:00:01.000Z"}],
        });
        assert_eq!(asked_json(Fixed::well(), &format!("/api/v1/customers/{id}")).await, expected);
    }
}

#[tokio::test]
async fn a_membership_is_explained() {
    let why = asked_json(Fixed::well(), "/api/v1/customers/c-1/explain?segment=buyers").await;
    assert_eq!(why["since"], "1970-01-01T00:00:01.000Z");
    let node = json!({
        "condition": "count(purchase, 1h) >= 1", "holds": true, "until": "1970-01-01T01:00:01.000Z",
        "value": 1, "at_least": true,
        "evidence": [{"type": "purchase", "time": "1970-01-01T00:00:01.000Z"}],
    });
    assert_eq!(why["explanation"], node);
}

#[tokio::test]
async fn problems_say_why_and_never_whom() {
    let elsewhere = || Fixed { total: Some(6), ..Fixed::well() };
    let recovering = || Fixed { states: vec![PartitionState::Recovering(0.1)], ..Fixed::well() };
    let long = format!("/api/v1/customers/{}", "x".repeat(257));
    for (fixed, path, status, part) in [
        (Fixed::well(), "/api/v1/customers/c-9", 404, "no event of this customer has been read"),
        (elsewhere(), "/api/v1/customers/c-9", 421, "(0, 1 of 6): ask the other instances"),
        (recovering(), "/api/v1/customers/c-9", 503, "1 partitions of this instance are not running"),
        (Fixed::well(), long.as_str(), 400, "1 to 256 bytes"),
        (Fixed::well(), "/api/v1/customers/c-1/explain", 400, "?segment=NAME"),
        (Fixed::well(), "/api/v1/customers/c-1/explain?segment=x", 404, "/api/v1/segments lists them"),
        (Fixed::well(), "/api/v1/segments/none", 404, "/api/v1/segments lists them"),
        (Fixed::well(), "/readyz/none", 404, "/readyz?verbose lists them"),
        (Fixed::well(), "/nowhere", 404, "nothing at this address"),
    ] {
        let (found, kind, body) = asked(fixed, path).await;
        assert_eq!((found, kind.as_str()), (status, "application/problem+json"), "{path}: {body}");
        let problem: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(problem["status"], status, "{path}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(part) && !body.contains("c-9"), "{path}: {body}");
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
        "spicchio_customers{partition=\"1\"} 2",
        "spicchio_segment_members{segment=\"buyers\"} 2",
        "spicchio_partition_state{partition=\"2\",state=\"recovering\"} 1",
        "spicchio_partition_state{partition=\"2\",state=\"running\"} 0",
        "spicchio_recovery_progress_ratio{partition=\"2\"} 0.25",
        "spicchio_clock_timestamp_seconds{partition=\"0\"} 2",
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
