//! How fast one core turns records into events: `cargo bench --bench decode`.
//!
//! Prints, for each shape of record, the median of several runs, each over the same records, decoded one after the
//! other on one thread. The records are made here, with a fixed recipe; their sizes are printed, since speed depends
//! on them.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a bench prints its figures, and stops where its recipe is wrong"
)]
#![expect(clippy::cast_precision_loss, reason = "nanoseconds of a run and counts of records are far below 2^52")]

use std::hint::black_box;
use std::time::Instant;

use spicchio_core::event::{
    Column, Decoder, Interest, KindInterest, Mapping, RawMapping, RawTypeRule, Record, TopicRules,
};
use spicchio_core::segment::Type;

const RECORDS: usize = 20_000;
const RUNS: usize = 15;

/// A kind of record, and the decoder of its topic.
struct Shape {
    name: &'static str,
    decoder: Decoder,
    records: Vec<(String, String)>,
}

fn main() {
    println!("{:<44} {:>7} {:>10} {:>12}", "records", "bytes", "ns/event", "events/s");
    for shape in shapes() {
        let bytes = shape.records.iter().map(|(_, value)| value.len()).sum::<usize>() / shape.records.len();
        let nanos = median((0..RUNS).map(|_| run(&shape)).collect());
        println!("{:<44} {bytes:>7} {nanos:>10.0} {:>12.0}", shape.name, 1e9 / nanos);
    }
}

/// Nanoseconds for one record.
fn run(shape: &Shape) -> f64 {
    let started = Instant::now();
    for (key, value) in &shape.records {
        let record = Record { key: Some(key.as_bytes()), value: Some(value.as_bytes()), ..Record::default() };
        let decoded = black_box(shape.decoder.decode(black_box(&record)));
        assert!(decoded.is_ok(), "every record of the bench is valid");
    }
    started.elapsed().as_nanos() as f64 / shape.records.len() as f64
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

fn shapes() -> Vec<Shape> {
    let rules = TopicRules::default();
    let segment = TopicRules { mapping: segment_mapping(), ..TopicRules::default() };
    let read =
        interest(vec![column("order_id", Type::Text), column("total", Type::Number), column("coupon", Type::Text)]);
    let spread =
        interest(vec![Column { spread: true, ..column("product_id", Type::Text) }, column("total", Type::Number)]);
    let nothing = interest(Vec::new());
    let shape = |name, interest: &Interest, rules: &TopicRules, record: fn(usize) -> (String, String)| Shape {
        name,
        decoder: Decoder::new(interest, rules),
        records: (0..RECORDS).map(record).collect(),
    };
    vec![
        shape("purchase, three columns", &read, &rules, purchase),
        shape("purchase, no column", &nothing, &rules, purchase),
        shape("purchase with line items, spread column", &spread, &rules, purchase_of_three),
        shape("event of an undeclared type", &nothing, &rules, hover),
        shape("purchase, mapped by pointers", &read, &segment, mapped_purchase),
        shape("purchase with escapes, three columns", &read, &rules, escaped_purchase),
    ]
}

fn column(name: &str, ty: Type) -> Column {
    Column { path: vec![name.into()], ty, nonnegative: false, spread: false }
}

fn interest(columns: Vec<Column>) -> Interest {
    let before = ["signup", "profile", "email_sent", "email_open", "email_click", "cart_add", "checkout_start"];
    let kinds = before.map(|name| KindInterest { name: name.into(), columns: Vec::new() });
    Interest { kinds: kinds.into_iter().chain([KindInterest { name: "purchase".into(), columns }]).collect() }
}

fn segment_mapping() -> Mapping {
    let raw = RawMapping {
        kind: Some(RawTypeRule::At("/event".into())),
        customer: Some("key".into()),
        time: Some("/timestamp".into()),
        id: Some("/messageId".into()),
        properties: Some("/properties".into()),
        types: [("Order Completed".into(), "purchase".into())].into(),
    };
    Mapping::try_from(raw).expect("the mapping of the bench is valid")
}

fn time(n: usize) -> String {
    format!("2026-11-{:02}T{:02}:{:02}:{:02}.{:03}Z", 1 + n % 30, n % 24, n % 60, n * 7 % 60, n * 13 % 1000)
}

fn customer(n: usize) -> String {
    format!("customer-{:07}", n * 7919 % 1_000_000)
}

/// An event in the project's own format, and its key.
fn event(n: usize, id: &str, kind: &str, properties: &str) -> (String, String) {
    let (customer, time) = (customer(n), time(n));
    let head = format!(r#""id":"{id}","type":"{kind}","customer_id":"{customer}","time":"{time}""#);
    (customer, format!(r#"{{{head},"properties":{properties}}}"#))
}

fn long_id(n: usize) -> String {
    format!("0f8fad5b-d9cb-469f-a165-{n:012}")
}

fn properties(n: usize) -> String {
    let head = format!(r#""order_id":"o-{:08}","total":{}.{:02},"currency":"EUR""#, n * 31, n % 400, n % 100);
    let tail = format!(r#""channel":"web","country":"IT","payment":"card","items_count":{}"#, n % 7);
    format!(r#"{{{head},"coupon":"AUTUMN26",{tail}}}"#)
}

fn purchase(n: usize) -> (String, String) {
    event(n, &long_id(n), "purchase", &properties(n))
}

fn purchase_of_three(n: usize) -> (String, String) {
    let item = |n| format!(r#"{{"product_id":"p-{n:05}","category":"lenses","price":60.25,"quantity":2}}"#);
    let items = format!("[{},{},{}]", item(n * 3), item(n * 3 + 1), item(n * 3 + 2));
    let properties = format!(r#"{{"order_id":"o-{n}","total":120.50,"currency":"EUR","items":{items}}}"#);
    event(n, &format!("e-{n:010}"), "purchase", &properties)
}

fn hover(n: usize) -> (String, String) {
    let product = format!(r#""product_id":"p-{:05}","category":"lenses","price":60.25"#, n * 3);
    let session = r#""session_id":"72d76fde-8bb3-4e00-8c23-a032dfed738c","brand":"a brand","referrer":"search""#;
    event(n, &format!("e-{n:010}"), "hovered", &format!("{{{product},{session}}}"))
}

fn mapped_purchase(n: usize) -> (String, String) {
    let (customer, time, properties) = (customer(n), time(n), properties(n));
    let head = format!(r#""messageId":"{}","event":"Order Completed","userId":"{customer}""#, long_id(n));
    (customer, format!(r#"{{{head},"timestamp":"{time}","properties":{properties}}}"#))
}

fn escaped_purchase(n: usize) -> (String, String) {
    let (customer, value) = purchase(n);
    (customer, value.replace("AUTUMN26", r"AUTUMN\u201926"))
}
