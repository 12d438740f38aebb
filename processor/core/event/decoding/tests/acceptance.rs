//! Which records are accepted, and why the others are refused.
//!
//! One table a kind of mistake; each row is a record and its outcome. What a broker's client sees before the decoder
//! (compression, unknown codecs) is not here, nor what needs more than one record (repeated ids: `dedup`).

use super::{EVENT, RECORDED, decode, keyed, outcome, recorded};
use crate::event::{Decoder, Header, Interest, Reason, Record, TopicRules};

/// What becomes of [`EVENT`].
const ACCEPTED: &str = "purchase of c-1 at 2026-11-21T10:00:00.000Z, e-1";

fn check_record(record: &Record<'_>, expected: &str) {
    let shown = String::from_utf8_lossy(record.value.unwrap_or_default()).chars().take(200).collect::<String>();
    assert_eq!(outcome(&decode(record, &[], &TopicRules::default())), expected, "{shown}");
}

/// A record with that value and the key `c-1`.
fn check(value: impl AsRef<[u8]>, expected: &str) {
    check_record(&keyed(b"c-1", value.as_ref()), expected);
}

/// [`EVENT`] with one of its fields replaced, or removed.
fn with(field: &str, raw: Option<&str>) -> String {
    let fields = [
        ("id", r#""e-1""#),
        ("type", r#""purchase""#),
        ("customer_id", r#""c-1""#),
        ("time", r#""2026-11-21T10:00:00.000Z""#),
        ("properties", "{}"),
    ];
    let fields = fields.iter().filter_map(|(name, own)| {
        let raw = if *name == field { raw } else { Some(*own) };
        raw.map(|raw| format!("\"{name}\":{raw}"))
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

#[test]
fn keys_and_sizes() {
    let padded = |length: usize| format!("{EVENT}{}", " ".repeat(length - EVENT.len()));
    check(EVENT, ACCEPTED);
    check("", "empty");
    check_record(&Record { value: None, ..keyed(b"c-1", b"") }, "empty");
    check_record(&Record { key: None, ..keyed(b"", EVENT.as_bytes()) }, "no_key");
    check_record(&keyed(b"", EVENT.as_bytes()), "no_key");
    check_record(&keyed(b"c-2", EVENT.as_bytes()), "key_mismatch");
    check_record(&keyed(b"\xFF\xFE", EVENT.as_bytes()), "key_mismatch");
    for byte in ["x", "1", "{", "\"", "\n"] {
        check(byte, "not_json");
    }
    check(padded(Record::VALUE_BYTES_MAX), ACCEPTED);
    check(padded(Record::VALUE_BYTES_MAX + 1), "too_large");
    check(vec![b'['; 16 << 20], "too_large");
    let without_key = Record { key: None, ..keyed(b"", EVENT.as_bytes()) };
    let rules = TopicRules { key_required: false, ..TopicRules::default() };
    assert_eq!(outcome(&decode(&without_key, &[], &rules)), ACCEPTED, "a file of events has no keys");
}

#[test]
fn bytes_that_are_no_text() {
    let inside = |bytes: &[u8]| {
        let (before, after) = EVENT.split_once("o-9").expect("the order id");
        [before.as_bytes(), bytes, after.as_bytes()].concat()
    };
    let utf16 = |to_bytes: fn(u16) -> [u8; 2]| EVENT.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>();
    check([0x8E, 0x00, 0x91, 0xFF, 0x5B, 0xC3], "not_utf8");
    check(inside(&[0xFF]), "not_utf8");
    check(inside(&[0xC0, 0xAF]), "not_utf8");
    check(inside(&[0xED, 0xA0, 0x80]), "not_utf8");
    check(inside(&[0xF4, 0x90, 0x80, 0x80]), "not_utf8");
    check([b"\xFF\xFE".to_vec(), utf16(u16::to_le_bytes)].concat(), "not_utf8");
    check(utf16(u16::to_le_bytes), "not_json");
    check(utf16(u16::to_be_bytes), "not_json");
    check(format!("\u{feff}{EVENT}"), "not_json");
    check([b"\0\0\0\0\x07".to_vec(), EVENT.into()].concat(), "not_json");
    check([0, 0, 0, 0, 7, 0x06, b'c', b'-', b'1', 0xE0], "not_utf8");
    check(inside(b"\0"), "not_json");
    check(inside(b"\n"), "not_json");
    check(inside(br"\u0000"), ACCEPTED);
}

#[test]
fn escapes() {
    let inside = |text: &str| EVENT.replace("o-9", text);
    for half in
        [r"\ud800", r"\uDFFF", r"\udc00\ud800", r"\ud800\ud800", r"\ud83d\u0041", r"\ud83dA", r"\ud83d\n", r"a\\\udc00"]
    {
        check(inside(half), "not_json");
        check(EVENT.replace("order_id", half), "not_json");
        check(EVENT.replace("\"e-1\"", &format!("\"{half}\"")), "not_json");
    }
    for fine in [r"\ud83d\ude00", r"\\ud800", r"\uD7FF\uE000", r#"\"\\\/\b\f\n\r\t\u00e9"#, "\u{1F600}"] {
        check(inside(fine), ACCEPTED);
    }
    for broken in [r"\x41", r"\u12", r"\u12G4", r"\", r"\u+123", "\\\u{e9}", r"\U0041"] {
        check(inside(broken), "not_json");
    }
    let escaped = |text: &str| text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat();
    let value = ["id", "e-1", "type", "purchase", "customer_id", "c-1", "time", RECORDED, "properties"]
        .iter()
        .fold(EVENT.to_owned(), |value, text| value.replace(&format!("\"{text}\""), &format!("\"{}\"", escaped(text))));
    assert!(!value.contains("customer_id"));
    check(value, ACCEPTED);
}

#[test]
fn documents_that_are_not_one_object() {
    for value in ["[]", "null", "12", "true", "\"{}\"", "[{}]"] {
        check(value, "not_json");
    }
    for garbage in ["x", "}", ",", "{}", EVENT, "\0"] {
        check(format!("{EVENT}{garbage}"), "not_json");
    }
    check(format!("{EVENT}\n{EVENT}\n"), "not_json");
    check(format!(" \t\r\n{EVENT}\r\n"), ACCEPTED);
    check("{\"a\":1,}", "not_json");
    check("{'a':1}", "not_json");
    check("{a:1}", "not_json");
    check("{} // none", "not_json");
    for literal in
        ["NaN", "Infinity", "-Infinity", "+1", "01", ".5", "1.", "0x10", "1e", "-", "undefined", "True", "nul"]
    {
        check(with("properties", Some(&format!("{{\"a\":{literal}}}"))), "not_json");
    }
    for number in ["1e400", "-0", "1e-400", "9007199254740993", "18446744073709551616", "-9223372036854775809"] {
        check(with("properties", Some(&format!("{{\"a\":{number}}}"))), ACCEPTED);
    }
    check(with("properties", Some(&format!("{{\"a\":{}}}", "9".repeat(100_000)))), ACCEPTED);
}

#[test]
fn truncation_at_every_byte() {
    for length in 1..EVENT.len() {
        check(&EVENT.as_bytes()[..length], "not_json");
    }
}

#[test]
fn depth_and_breadth() {
    // The document and its properties are two levels.
    let nested = |levels: usize, open: &str, innermost: &str, close: &str| {
        with("properties", Some(&format!("{{\"a\":{}{innermost}{}}}", open.repeat(levels), close.repeat(levels))))
    };
    for (open, innermost, close, each) in
        [("[", "", "]", 1), ("{\"a\":", "1", "}", 1), ("[{\"a\":", "[]", "}]", 2), ("[\"[{\",", "2", "]", 1)]
    {
        let most = (62 - usize::from(innermost == "[]")) / each;
        check(nested(most, open, innermost, close), ACCEPTED);
        for levels in [most + 1, 129, 30_000] {
            check(nested(levels, open, innermost, close), "too_deep");
        }
    }
    check("[".repeat(100_000), "too_deep");
    check("{\"a\":".repeat(100_000), "too_deep");
    for text in ["[{", "]}", r#"\"[\\"#] {
        check(with("properties", Some(&format!("{{\"a\":\"{}\"}}", text.repeat(1000)))), ACCEPTED);
    }
    check(with("properties", Some(&format!("{{\"a\":[{}{{}}]}}", "[],".repeat(100_000)))), ACCEPTED);
    check(with("properties", Some(&format!("{{\"a\":\"{}\"}}", "x".repeat(1_000_000)))), ACCEPTED);
    check(with("properties", Some(&format!("[{}1]", "1,".repeat(400_000)))), "bad_properties");
    let members = (0..50_000).map(|n| format!("\"{n}\":{n}")).collect::<Vec<_>>().join(",");
    check(with("properties", Some(&format!("{{{members}}}"))), ACCEPTED);
    check(EVENT.replacen('{', &format!("{{{members},"), 1), ACCEPTED);
}

#[test]
fn the_last_of_equal_names_counts() {
    check(EVENT.replacen('{', r#"{"customer_id":"c-0","type":7,"time":null,"id":"e-0","properties":[],"#, 1), ACCEPTED);
    check(EVENT.replace(r#""type":"#, r#""type":"signup","\u0074ype":"#), ACCEPTED);
    check(format!("{},\"type\":null}}", EVENT.strip_suffix('}').expect("an object")), "no_type");
}

#[test]
fn each_field_missing_null_or_of_another_type() {
    for (field, missing, other) in [
        ("type", "no_type", "bad_type"),
        ("customer_id", "no_customer", "bad_customer"),
        ("time", "no_time", "bad_time"),
        ("id", "purchase of c-1 at 2026-11-21T10:00:00.000Z, (without id)", "bad_id"),
        ("properties", ACCEPTED, "bad_properties"),
    ] {
        check(with(field, None), missing);
        check(with(field, Some("null")), missing);
        for raw in ["true", "1.5", "1e3", "[]", "[\"purchase\"]", "{}"] {
            let expected = if (field, raw) == ("properties", "{}") { ACCEPTED } else { other };
            check(with(field, Some(raw)), expected);
        }
    }
    check(with("type", Some("\"\"")), "no_type");
    check(with("type", Some("1")), "bad_type");
    check(with("customer_id", Some("\"\"")), "no_customer");
    check(with("time", Some("\"\"")), "bad_time");
    check(with("id", Some("\"\"")), "purchase of c-1 at 2026-11-21T10:00:00.000Z, (without id)");
    check(with("id", Some("-17")), "purchase of c-1 at 2026-11-21T10:00:00.000Z, -17");
    check(with("id", Some(&"9".repeat(256))), &format!("purchase of c-1 at {RECORDED}, {}", "9".repeat(256)));
    check(with("id", Some(&"9".repeat(257))), "id_too_long");
    check(
        with("id", Some("\"x\",\"unknown\":{\"deep\":[1]},\"Type\":3")),
        "purchase of c-1 at 2026-11-21T10:00:00.000Z, x",
    );
    check_record(
        &keyed(b"17", with("customer_id", Some("17")).as_bytes()),
        "purchase of 17 at 2026-11-21T10:00:00.000Z, e-1",
    );
}

#[test]
fn customers_are_bytes() {
    let accents = ["caf\u{e9}", "cafe\u{301}"];
    let hostile =
        ["\u{1F600}", "\u{202e}abc", "../../x", "<script>", "'; DROP TABLE", "a\nb", "=cmd()", "a\u{1f}b", "a\0b", " "];
    for id in accents.iter().chain(&hostile) {
        let value = with("customer_id", Some(&serde_json::to_string(id).expect("a text")));
        check_record(&keyed(id.as_bytes(), value.as_bytes()), &format!("purchase of {id} at {RECORDED}, e-1"));
        check_record(&keyed(format!("{id} ").as_bytes(), value.as_bytes()), "key_mismatch");
    }
    check_record(
        &keyed(accents[0].as_bytes(), with("customer_id", Some(&format!("\"{}\"", accents[1]))).as_bytes()),
        "key_mismatch",
    );
    for (length, expected) in [(256, None), (257, Some("customer_too_long")), (10_000, Some("customer_too_long"))] {
        let id = "x".repeat(length);
        let value = with("customer_id", Some(&format!("\"{id}\"")));
        let accepted = format!("purchase of {id} at {RECORDED}, e-1");
        check_record(&keyed(id.as_bytes(), value.as_bytes()), expected.unwrap_or(&accepted));
    }
}

#[test]
fn types_nobody_declared() {
    check(with("type", Some("\"order placed online\"")), &format!("order placed online of c-1 at {RECORDED}, e-1"));
    check(with("type", Some("\"Purchase\"")), &format!("Purchase of c-1 at {RECORDED}, e-1"));
    let longest = "t".repeat(128);
    check(with("type", Some(&format!("\"{longest}\""))), &format!("{longest} of c-1 at {RECORDED}, e-1"));
    check(with("type", Some(&format!("\"{longest}t\""))), "type_too_long");
    check(with("type", Some(&format!("\"{}\"", "t".repeat(10_240)))), "type_too_long");
}

#[test]
fn erase_comes_from_control_alone() {
    let value = with("type", Some("\"\\u0065rase\""));
    check(&value, "not_control");
    let control = TopicRules { control: true, ..TopicRules::default() };
    let erased = format!("erase of c-1 at {RECORDED}, e-1");
    assert_eq!(outcome(&decode(&keyed(b"c-1", value.as_bytes()), &[], &control)), erased);
    assert_eq!(outcome(&decode(&keyed(b"c-1", EVENT.as_bytes()), &[], &control)), ACCEPTED);
    let undeclared = Decoder::new(&Interest::default(), &TopicRules::default());
    assert_eq!(outcome(&undeclared.decode(&keyed(b"c-1", value.as_bytes()))), "not_control");
}

#[test]
fn times_as_written() {
    for (raw, expected) in [
        (r#""2026-11-21T15:45:00.000+05:45""#, RECORDED),
        (r#""2026-11-20T22:00:00-12:00""#, RECORDED),
        (r#""2026-11-21 10:00:00z""#, RECORDED),
        (r#""2026-11-21T10:00:00.0009Z""#, RECORDED),
        (r#""2026-11-21T09:59:60Z""#, "2026-11-21T09:59:59.000Z"),
        ("1795255200000", RECORDED),
        ("1795255200001", "2026-11-21T10:00:00.001Z"),
    ] {
        check(with("time", Some(raw)), &format!("purchase of c-1 at {expected}, e-1"));
    }
    for raw in [
        r#""2026-11-21T10:00:00""#,
        r#""2026-11-21""#,
        r#""2026-11-21T24:00:00Z""#,
        r#""2026-02-30T10:00:00Z""#,
        r#""2026-11-21T10:00:00+25:00""#,
        r#""2026-11-21T10:00:00 Europe/Rome""#,
        r#""2026-11-21T10:00:00Z[UTC]""#,
        r#""now""#,
        r#""1795255200000""#,
        "1795255200000.0",
        "1.795255200e12",
        "1795255200000000",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        r#""10000-01-01T00:00:00Z""#,
        r#""0000-12-31T23:59:59Z""#,
        r#""0001-01-01T00:00:00+00:01""#,
        r#""9999-12-31T23:59:59.999-00:01""#,
    ] {
        check(with("time", Some(raw)), "bad_time");
    }
    // Seconds are not guessed: they are milliseconds of January 1970.
    for raw in ["0", "-1", "1795255200", "-62135596800000"] {
        check(with("time", Some(raw)), "too_late");
    }
}

#[test]
fn times_around_the_records_own() {
    const DAY: i64 = 86_400_000;
    let recorded = recorded().expect("a time").millis();
    for (distance, expected) in [
        (5 * 60_000, None),
        (5 * 60_000 + 1, Some("time_in_future")),
        (365 * DAY, Some("time_in_future")),
        (-30 * DAY, None),
        (-30 * DAY - 1, Some("too_late")),
        (-3652 * DAY, Some("too_late")),
    ] {
        let time = crate::timer::Instant::from_millis(recorded + distance);
        let accepted = format!("purchase of c-1 at {time}, e-1");
        let value = with("time", Some(&format!("\"{time}\"")));
        check(&value, expected.unwrap_or(&accepted));
        check_record(&Record { timestamp: None, ..keyed(b"c-1", value.as_bytes()) }, &accepted);
        let rules = TopicRules { max_ahead_millis: None, max_late_millis: None, ..TopicRules::default() };
        assert_eq!(outcome(&decode(&keyed(b"c-1", value.as_bytes()), &[], &rules)), accepted);
    }
    let extreme =
        Record { timestamp: Some(crate::timer::Instant::from_millis(i64::MIN)), ..keyed(b"c-1", EVENT.as_bytes()) };
    check_record(&extreme, "time_in_future");
}

/// Records with one fault less each: every reason, in the published order.
#[test]
fn the_first_of_several_faults_is_given() {
    let long = "x".repeat(300);
    let event = |fields: &str| format!("{{{fields},\"properties\":[]}}").into_bytes();
    let with_type = |fields: &str| event(&format!("\"id\":[],\"type\":\"purchase\"{fields}"));
    let with_customer = |fields: &str| with_type(&format!(",\"customer_id\":\"c-1\"{fields}"));
    let with_time =
        |id: &str| event(&format!("{},\"id\":{id}", &EVENT[12..EVENT.find(",\"prop").expect("properties")]));
    let batch: &[Header<'_>] = &[("content-type", Some(b"application/cloudevents-batch+json"))];
    let documents = [
        (Reason::NotUtf8, [vec![0xFF], vec![b'['; 65]].concat()),
        (Reason::TooDeep, vec![b'['; 65]),
        (Reason::NotJson, b"{\"type\":1".to_vec()),
        (Reason::NoType, event("\"id\":[]")),
        (Reason::BadType, event("\"type\":1")),
        (Reason::TypeTooLong, event(&format!("\"type\":\"{long}\""))),
        (Reason::NotControl, event("\"type\":\"erase\"")),
        (Reason::NoCustomer, with_type("")),
        (Reason::BadCustomer, with_type(",\"customer_id\":true")),
        (Reason::CustomerTooLong, with_type(&format!(",\"customer_id\":\"{long}\""))),
        (Reason::KeyMismatch, with_type(",\"customer_id\":\"c-2\"")),
        (Reason::NoTime, with_customer("")),
        (Reason::BadTime, with_customer(",\"time\":\"x\"")),
        (Reason::TimeInFuture, with_customer(",\"time\":\"2027-11-21T10:00:00Z\"")),
        (Reason::TooLate, with_customer(",\"time\":\"2025-11-21T10:00:00Z\"")),
        (Reason::BadId, with_time("[]")),
        (Reason::IdTooLong, with_time(&format!("\"{long}\""))),
        (Reason::BadProperties, with_time("7")),
    ];
    let too_large = vec![b' '; Record::VALUE_BYTES_MAX + 1];
    let records = [
        (Reason::TooLarge, Record { headers: batch, ..Record { key: None, ..keyed(b"", &too_large) } }),
        (Reason::NoKey, Record { headers: batch, ..Record { key: None, ..keyed(b"", b"") } }),
        (Reason::BadCloudEvent, Record { headers: batch, ..keyed(b"c-1", b"") }),
        (Reason::Empty, keyed(b"c-1", b"")),
    ];
    let keyed = documents.iter().map(|(reason, value)| (*reason, keyed(b"c-1", value)));
    let mut reasons = Vec::new();
    for (reason, record) in records.into_iter().chain(keyed) {
        check_record(&record, reason.as_str());
        reasons.push(reason);
    }
    reasons.push(Reason::Internal);
    assert_eq!(reasons, Reason::ALL);
    assert!(reasons.is_sorted());
}

#[test]
fn headers_that_nobody_reads() {
    let long = vec![0xFF; 1 << 20];
    let headers: Vec<Header<'_>> = (0..10_000)
        .map(|n| ("trace", (n % 2 == 0).then_some(&b"\xFF\0"[..])))
        .chain([("big", Some(&long[..])), ("content-type", Some(&b"\xFF"[..])), ("ce_type", Some(&b"\xFF"[..]))])
        .collect();
    check_record(&Record { headers: &headers, ..keyed(b"c-1", EVENT.as_bytes()) }, ACCEPTED);
}
