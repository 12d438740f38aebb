//! How fast one core turns records into events: `cargo bench --bench decode`.
//!
//! Prints, for each shape of record, the median of several runs, each over the same records, decoded one after the
//! other on one thread. The records are made here, with a fixed recipe; their sizes are printed, since speed depends
//! on them.

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
        shape("page view of an undeclared type", &nothing, &rules, page_view),
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

fn properties(n: usize) -> String {
    format!(
        r#"{{"order_id":"o-{:08}","total":{}.{:02},"currency":"EUR","coupon":"AUTUMN26","channel":"web","country":"IT","payment":"card","items_count":{}}}"#,
        n * 31,
        n % 400,
        n % 100,
        n % 7
    )
}

fn purchase(n: usize) -> (String, String) {
    let customer = format!("customer-{:07}", n * 7919 % 1_000_000);
    let value = format!(
        r#"{{"id":"0f8fad5b-d9cb-469f-a165-{n:012}","type":"purchase","customer_id":"{customer}","time":"{}","properties":{}}}"#,
        time(n),
        properties(n)
    );
    (customer, value)
}

fn purchase_of_three(n: usize) -> (String, String) {
    let customer = format!("customer-{:07}", n * 7919 % 1_000_000);
    let item =
        |i: usize| format!(r#"{{"product_id":"p-{:05}","category":"lenses","price":60.25,"quantity":2}}"#, n * 3 + i);
    let value = format!(
        r#"{{"id":"e-{n:010}","type":"purchase","customer_id":"{customer}","time":"{}","properties":{{"order_id":"o-{n}","total":120.50,"currency":"EUR","items":[{},{},{}]}}}}"#,
        time(n),
        item(0),
        item(1),
        item(2)
    );
    (customer, value)
}

fn page_view(n: usize) -> (String, String) {
    let customer = format!("customer-{:07}", n * 7919 % 1_000_000);
    let value = format!(
        r#"{{"id":"e-{n:010}","type":"hovered","customer_id":"{customer}","time":"{}","properties":{{"product_id":"p-{:05}","category":"lenses","price":60.25,"session_id":"72d76fde-8bb3-4e00-8c23-a032dfed738c","brand":"a brand","referrer":"search"}}}}"#,
        time(n),
        n * 3
    );
    (customer, value)
}

fn mapped_purchase(n: usize) -> (String, String) {
    let customer = format!("customer-{:07}", n * 7919 % 1_000_000);
    let value = format!(
        r#"{{"messageId":"0f8fad5b-d9cb-469f-a165-{n:012}","event":"Order Completed","userId":"{customer}","timestamp":"{}","properties":{}}}"#,
        time(n),
        properties(n)
    );
    (customer, value)
}

fn escaped_purchase(n: usize) -> (String, String) {
    let (customer, value) = purchase(n);
    (customer, value.replace("AUTUMN26", r"AUTUMN\u201926"))
}
