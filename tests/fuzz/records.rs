//! Records with a bent value, in the project's own format, as `CloudEvents` and in a mapped one: each becomes an event
//! or is refused with words for its producer, twice the same; an event's time keeps the rules of its topic, and its
//! customer is the record's key.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use spicchio_core::event::{Decoder, Event, Header, Mapping, RawMapping, RawTypeRule, Record, Rejection, TopicRules};
use spicchio_core::segment::Catalog;
use spicchio_core::segment::language::{Source, load};
use spicchio_core::timer::Instant;

use crate::campaign::{Answer, Campaign};
use crate::mutation::Dictionary;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// The Kafka timestamp of every record: 2026-11-21T10:00:00Z.
const RECORDED: Instant = Instant::from_millis(1_795_255_200_000);
/// The key of every record.
const KEY: &[u8] = b"c-1";

const DICTIONARY: Dictionary = Dictionary {
    words: &[
        "null",
        "true",
        "-0",
        "1e400",
        "1e-400",
        "0.1",
        "123456789012345678901234567890",
        "9223372036854775808",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "\"c-1\"",
        "{}",
        "[]",
        "[[]]",
        "{\"a\":1}",
        ",",
        ":",
        "\"",
        "\\",
        "\u{feff}",
        "\"time\":",
        "\"type\":",
        "\"purchase\"",
        "\"erase\"",
        "\"properties\":",
        "\"customer_id\":",
        "\"id\":",
        "\"items\":",
        "\"total\":",
        "\"2026-11-21T10:00:00+14:00\"",
        "\"2026-02-30T00:00:00Z\"",
        "1795255200000",
        "\"data\":",
        "\"specversion\":\"1.0\"",
        "\"subject\":",
    ],
    nestings: &[("[", "]"), ("{\"a\":", "}"), ("\"", "\""), ("[", ""), ("{\"properties\":", "}")],
};

/// A topic's rules, its decoder, and the headers of its records.
struct Topic {
    rules: TopicRules,
    decoder: Decoder,
    headers: Vec<Header<'static>>,
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let path = Path::new(ROOT).join("schemas/examples/shop/segments.yaml");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let loaded = load(&[Source { name: "segments.yaml".to_owned(), text }]);
    Catalog::compile(&loaded.unwrap_or_else(|mistakes| panic!("{mistakes:?}")).definitions)
});

static TOPICS: LazyLock<Vec<Topic>> = LazyLock::new(|| {
    let elsewhere = RawMapping {
        kind: Some(RawTypeRule::At("/event".to_owned())),
        customer: Some("/userId".to_owned()),
        time: Some("/timestamp".to_owned()),
        id: Some("/messageId".to_owned()),
        ..RawMapping::default()
    };
    let mapping = Mapping::try_from(elsewhere).unwrap_or_else(|error| panic!("{error}"));
    let binary: Vec<Header<'static>> = vec![
        ("ce_specversion", Some(b"1.0")),
        ("ce_type", Some(b"purchase")),
        ("ce_id", Some(b"e-1")),
        ("ce_time", Some(b"2026-11-21T10:00:00Z")),
        ("ce_subject", Some(b"c-1")),
        ("content-type", Some(b"application/json")),
    ];
    let structured: Vec<Header<'static>> = vec![("content-type", Some(b"application/cloudevents+json"))];
    let topic =
        |rules: TopicRules, headers| Topic { decoder: Decoder::new(CATALOG.interest(), &rules), rules, headers };
    vec![
        topic(TopicRules::default(), Vec::new()),
        topic(TopicRules { control: true, ..TopicRules::default() }, Vec::new()),
        topic(TopicRules { mapping, ..TopicRules::default() }, Vec::new()),
        topic(TopicRules::default(), binary),
        topic(TopicRules::default(), structured),
    ]
});

fn corpus() -> Vec<Vec<u8>> {
    let own = r#"{"id":"e-1","type":"purchase","customer_id":"c-1","time":"2026-11-21T10:00:00Z",
        "properties":{"total":12.5,"items":[{"product_id":"p","price":3,"quantity":2}]}}"#;
    let mapped = r#"{"messageId":"e-1","event":"purchase","userId":"c-1",
        "timestamp":1795255200000,"properties":{"total":"7"}}"#;
    let cloud = r#"{"specversion":"1.0","id":"e-1","source":"shop","type":"purchase","subject":"c-1",
        "time":"2026-11-21T10:00:00Z","data":{"total":1}}"#;
    let data = r#"{"total":12.50,"currency":"EUR"}"#;
    let erase = r#"{"id":"x","type":"erase","customer_id":"c-1","time":"2026-11-21T10:00:00.123Z","properties":{}}"#;
    [own, mapped, cloud, data, erase].map(|text| text.as_bytes().to_vec()).to_vec()
}

/// What is wrong with an event of that topic.
fn checked(topic: &Topic, event: &Event) -> Result<(), String> {
    let ahead = event.time.millis() - RECORDED.millis();
    let within = |limit: Option<i64>, distance: i64| limit.is_none_or(|limit| distance <= limit);
    if !within(topic.rules.max_ahead_millis, ahead) || !within(topic.rules.max_late_millis, -ahead) {
        return Err(format!("its time is out of bounds: {event:?}"));
    }
    if event.customer.as_str().as_bytes() != KEY {
        return Err(format!("its customer is not the key: {event:?}"));
    }
    Ok(())
}

fn law(input: &[u8]) -> Result<Answer, String> {
    let mut answer = Answer::Refused;
    for topic in TOPICS.iter() {
        let record = Record { key: Some(KEY), value: Some(input), headers: &topic.headers, timestamp: Some(RECORDED) };
        let (first, second) = (topic.decoder.decode(&record), topic.decoder.decode(&record));
        if first != second {
            return Err(format!("decoded twice, two outcomes: {first:?} and {second:?}"));
        }
        match first {
            Ok(event) => {
                checked(topic, &event)?;
                answer = Answer::Accepted;
            }
            Err(rejection) if (1..=Rejection::DETAIL_BYTES_MAX).contains(&rejection.detail.len()) => {}
            Err(rejection) => return Err(format!("its producer is not told what to change: {rejection:?}")),
        }
    }
    Ok(answer)
}

#[test]
fn a_bent_record_is_an_event_or_refused() {
    Campaign { name: "records", corpus: corpus(), dictionary: DICTIONARY, law }.run();
}
