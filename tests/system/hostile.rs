//! Records that somebody might write, by accident or on purpose, and what must become of each.

use std::iter::once;

use spicchio_testkit::kafka::Load;

/// What must become of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is an event like any other.
    Folded,
    /// It becomes a dead letter with this reason.
    Refused(&'static str),
}

/// A record and its fate.
#[derive(Clone, Debug)]
pub(crate) struct Hostile {
    pub(crate) name: String,
    pub(crate) load: Load,
    pub(crate) fate: Fate,
}

/// Nesting beyond what any event needs.
const TOO_DEEP: usize = 100_000;
/// More than a record may have.
const TOO_LARGE: usize = 4_000_000;

/// All of them, with Kafka timestamps around `now` (milliseconds since the epoch).
pub(crate) fn hostile_records(now: i64) -> Vec<Hostile> {
    let mut all = Vec::new();
    bytes(now, &mut all);
    keys(now, &mut all);
    headers(now, &mut all);
    members(now, &mut all);
    times(now, &mut all);
    structures(now, &mut all);
    harmless(now, &mut all);
    for (cut, byte) in whole("x", now).bytes().enumerate() {
        // A valid event cut off anywhere is no event; cut off before its first byte it is empty.
        let text = whole("x", now).as_bytes().get(..cut).map(<[u8]>::to_vec).unwrap_or_default();
        let fate = Fate::Refused(if cut == 0 { "empty" } else { "not_json" });
        all.push(hostile(&format!("cut off before byte {cut} ({})", byte as char), "x", text, now, fate));
    }
    all
}

fn whole(customer: &str, now: i64) -> String {
    format!(r#"{{"type":"page_view","customer_id":"{customer}","time":{now},"properties":{{"depth":1}}}}"#)
}

fn hostile(name: &str, key: &str, value: impl Into<Vec<u8>>, now: i64, fate: Fate) -> Hostile {
    Hostile { name: name.to_owned(), load: Load::new("", key, value).at(now), fate }
}

fn bytes(now: i64, all: &mut Vec<Hostile>) {
    let not_utf8 = Fate::Refused("not_utf8");
    let not_json = Fate::Refused("not_json");
    let event = whole("x", now);
    let utf16: Vec<u8> = event.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let with_bytes = |bytes: &[u8]| [br#"{"type":""#.as_slice(), bytes, br#"","customer_id":"x"}"#].concat();
    let cases: Vec<(&str, Vec<u8>, Fate)> = vec![
        ("one byte", b"x".to_vec(), not_json),
        ("a blank", b" ".to_vec(), not_json),
        ("bytes that are no text", vec![0xde, 0xad, 0xbe, 0xef, 0xff], not_utf8),
        ("text that is not UTF-8", with_bytes(&[0xff, 0xfe]), not_utf8),
        ("an overlong encoding", with_bytes(&[0xc0, 0xaf]), not_utf8),
        ("an encoded surrogate", with_bytes(&[0xed, 0xa0, 0x80]), not_utf8),
        ("an escaped lone surrogate", with_bytes(br"\ud800"), not_json),
        ("UTF-16 with a mark", [&[0xff, 0xfe], utf16.as_slice()].concat(), not_utf8),
        ("a schema registry's magic byte", [&[0, 0, 0, 0, 7], event.as_bytes()].concat(), not_json),
        ("something after the event", format!("{event} x").into_bytes(), not_json),
        ("two events", format!("{event}\n{event}").into_bytes(), not_json),
        ("an array of events", format!("[{event}]").into_bytes(), not_json),
        ("a number", b"42".to_vec(), not_json),
        ("null", b"null".to_vec(), not_json),
        ("NaN", br#"{"type":"t","customer_id":"x","time":NaN}"#.to_vec(), not_json),
        ("Infinity", br#"{"type":"t","customer_id":"x","time":Infinity}"#.to_vec(), not_json),
        ("single quotes", b"{'type':'t'}".to_vec(), not_json),
        ("a control character in a text", with_bytes(b"a\nb"), not_json),
        ("a record too large", large_event(now), Fate::Refused("too_large")),
    ];
    all.extend(cases.into_iter().map(|(name, value, fate)| hostile(name, "x", value, now, fate)));
    let mut tombstone = hostile("a tombstone", "x", "", now, Fate::Refused("empty"));
    tombstone.load.value = None;
    all.push(tombstone);
    all.push(hostile("no bytes", "x", "", now, Fate::Refused("empty")));
}

fn large_event(now: i64) -> Vec<u8> {
    let text = "a".repeat(TOO_LARGE);
    format!(r#"{{"type":"page_view","customer_id":"x","time":{now},"properties":{{"text":"{text}"}}}}"#).into_bytes()
}

fn keys(now: i64, all: &mut Vec<Hostile>) {
    let mut keyless = hostile("no key", "", whole("x", now), now, Fate::Refused("no_key"));
    keyless.load.key = None;
    all.push(keyless);
    all.push(hostile("another key", "y", whole("x", now), now, Fate::Refused("key_mismatch")));
    all.push(hostile(
        "the same letters, composed differently",
        "e\u{301}",
        whole("é", now),
        now,
        Fate::Refused("key_mismatch"),
    ));
    let mut binary = hostile("a key that is not UTF-8", "", whole("x", now), now, Fate::Refused("key_mismatch"));
    binary.load.key = Some(vec![0xff]);
    all.push(binary);
}

fn headers(now: i64, all: &mut Vec<Hostile>) {
    let batch: &[(&str, &[u8])] = &[("content-type", b"application/cloudevents-batch+json")];
    let binary: &[(&str, &[u8])] = &[("ce_specversion", b"1.0"), ("ce_type", &[0xff])];
    for (name, headers) in [("a batch of CloudEvents", batch), ("a CloudEvent whose header is not UTF-8", binary)] {
        let mut record = hostile(name, "x", whole("x", now), now, Fate::Refused("bad_cloud_event"));
        record.load.headers = headers.iter().map(|(key, value)| ((*key).to_owned(), Some(value.to_vec()))).collect();
        all.push(record);
    }
}

/// The members of an event: absent, null, of another type, too long.
fn members(now: i64, all: &mut Vec<Hostile>) {
    let long = "a".repeat(10_000);
    let replaced: [(&str, &str, &str); 18] = [
        ("type", "", "no_type"),
        ("type", "null", "no_type"),
        ("type", r#""""#, "no_type"),
        ("type", "7", "bad_type"),
        ("type", "[]", "bad_type"),
        ("customer_id", "null", "no_customer"),
        ("customer_id", r#""""#, "no_customer"),
        ("customer_id", "true", "bad_customer"),
        ("customer_id", "1.5", "bad_customer"),
        ("customer_id", "{}", "bad_customer"),
        ("time", "", "no_time"),
        ("time", "null", "no_time"),
        ("time", "true", "bad_time"),
        ("time", "[]", "bad_time"),
        ("id", "true", "bad_id"),
        ("id", "[1]", "bad_id"),
        ("properties", "[]", "bad_properties"),
        ("properties", r#""a""#, "bad_properties"),
    ];
    for (member, value, reason) in replaced {
        all.push(member_replaced(member, value, now, Fate::Refused(reason)));
    }
    all.push(member_replaced("type", &format!("{long:?}"), now, Fate::Refused("type_too_long")));
    all.push(member_replaced("id", &format!("{long:?}"), now, Fate::Refused("id_too_long")));
    let mut endless = member_replaced("customer_id", &format!("{long:?}"), now, Fate::Refused("customer_too_long"));
    endless.load.key = Some(long.into_bytes());
    all.push(endless);
    all.push(member_replaced("type", r#""erase""#, now, Fate::Refused("not_control")));
}

/// An event with one member given otherwise; an empty value leaves it out.
fn member_replaced(member: &str, value: &str, now: i64, fate: Fate) -> Hostile {
    let time = now.to_string();
    let members = [("id", r#""h""#), ("type", r#""page_view""#), ("customer_id", r#""x""#), ("time", &time)];
    let kept = members.iter().filter(|(name, _)| *name != member);
    let given = once((member, value)).filter(|(_, value)| !value.is_empty());
    let all: Vec<String> = kept.copied().chain(given).map(|(name, value)| format!("{name:?}:{value}")).collect();
    let name = format!("{member}: {}", value.chars().take(20).collect::<String>());
    hostile(&name, "x", format!("{{{}}}", all.join(",")), now, fate)
}

fn times(now: i64, all: &mut Vec<Hostile>) {
    let bad = [
        r#""2026-01-05""#,
        r#""2026-01-05T10:00:00""#,
        r#""2026-01-05 10 o'clock""#,
        r#""2026-02-30T10:00:00Z""#,
        r#""2026-01-05T25:00:00Z""#,
        r#""1767607200000""#,
        "1e400",
        "1767607200000.5",
        "9223372036854775808",
        "-9223372036854775809",
    ];
    all.extend(bad.map(|time| member_replaced("time", time, now, Fate::Refused("bad_time"))));
    let minute = 60_000;
    let year = 525_600 * minute;
    let cases = [
        ("ten minutes ahead", now + 10 * minute, "time_in_future"),
        ("a year ahead", now + year, "time_in_future"),
        ("microseconds", now * 1000, "bad_time"),
        ("seconds", now / 1000, "too_late"),
        ("zero", 0, "too_late"),
        ("ten years late", now - 10 * year, "too_late"),
    ];
    all.extend(cases.map(|(name, time, reason)| {
        let event = whole("x", time);
        hostile(name, "x", event, now, Fate::Refused(reason))
    }));
}

fn structures(now: i64, all: &mut Vec<Hostile>) {
    let nested = |open: &str, close: &str, levels: usize| {
        let (open, close) = (open.repeat(levels), close.repeat(levels));
        format!(r#"{{"type":"page_view","customer_id":"x","time":{now},"properties":{{"a":{open}1{close}}}}}"#)
    };
    let too_deep = Fate::Refused("too_deep");
    all.push(hostile("129 arrays", "x", nested("[", "]", 129), now, too_deep));
    all.push(hostile("endless arrays", "x", nested("[", "]", TOO_DEEP), now, too_deep));
    all.push(hostile("endless objects", "x", nested(r#"{"a":"#, "}", TOO_DEEP), now, too_deep));
    all.push(hostile("arrays that never close", "x", "[".repeat(TOO_DEEP), now, too_deep));
}

/// Odd, and still events: they must be folded, and nothing of them may be taken for more than text.
fn harmless(now: i64, all: &mut Vec<Hostile>) {
    let customers = [
        "../../x",
        "<script>alert(1)</script>",
        "'; drop table customers; --",
        "=cmd()",
        "a,b;c",
        "🦀",
        "\u{202e}abc",
        "x y",
        "%00",
        "${jndi:ldap://x}",
    ];
    for customer in customers {
        all.push(hostile(customer, customer, whole(customer, now), now, Fate::Folded));
    }
    let properties = [
        r#"{"depth":1e400}"#,
        r#"{"depth":-0}"#,
        r#"{"depth":1e-400}"#,
        r#"{"depth":9007199254740993}"#,
        r#"{"depth":"12"}"#,
        r#"{"depth":true}"#,
        r#"{"depth":null}"#,
        r#"{"depth":{"a":[1]}}"#,
        r#"{"depth":1,"depth":2}"#,
        r#"{"\u0064epth":1}"#,
        r#"{"text":"\u0000"}"#,
        r#"{"":1}"#,
        "{}",
        "null",
    ];
    all.extend(properties.map(|properties| member_replaced("properties", properties, now, Fate::Folded)));
    all.push(member_replaced("type", r#""a type that nobody declared""#, now, Fate::Folded));
    all.push(member_replaced("unknown", r#"{"a":[1,2,3]}"#, now, Fate::Folded));
    let many: Vec<String> = (0..20_000).map(|number| format!(r#""k{number}":{number}"#)).collect();
    all.push(member_replaced("properties", &format!("{{{}}}", many.join(",")), now, Fate::Folded));
    let mut headers = hostile("odd headers", "x", whole("x", now), now, Fate::Folded);
    headers.load.headers = (0..100).map(|number| (format!("h{number}"), None)).collect();
    headers.load.headers.push(("binary".to_owned(), Some(vec![0xff; 10_000])));
    all.push(headers);
}
