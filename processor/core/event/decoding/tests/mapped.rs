//! Records of other shapes, read where the topic's mapping says; and mappings that are refused when loaded.

use super::{column, decode, keyed, outcome};
use crate::event::{Mapping, RawMapping, TopicRules};
use crate::segment::Type;

fn raw(yaml: &str) -> RawMapping {
    serde_saphyr::from_str(yaml).expect("a mapping")
}

fn check(mapping: &str, value: &str, expected: &str) {
    let mapping = Mapping::try_from(raw(mapping)).expect("a valid mapping");
    let rules = TopicRules { mapping, ..TopicRules::default() };
    let decoded = decode(&keyed(b"c-1", value.as_bytes()), &[column("total", Type::Number)], &rules);
    let total = decoded.as_ref().ok().and_then(|event| event.slots.first()).and_then(|slot| slot.value());
    let total = total.map_or(String::new(), |total| format!(", {total:?}"));
    assert_eq!(format!("{}{total}", outcome(&decoded)), expected, "{value}");
}

const ACCEPTED: &str = "purchase of c-1 at 2026-11-21T10:00:00.000Z, e-1";
const WITH_TOTAL: &str = "purchase of c-1 at 2026-11-21T10:00:00.000Z, e-1, Number(Number(7000000))";
const TRACKED: &str = concat!(
    r#"{"messageId":"e-1","event":"purchase","userId":"u-1","type":"track","timestamp":"2026-11-21T10:00:00Z","#,
    r#""context":{"traits":{"id":"c-1"},"list":[{},{"at":1795255200000}],"a/b~c":"e-1"},"properties":{"total":7}}"#
);

#[test]
fn tracked_events_are_read_as_they_are() {
    let mapping = "{type: /event, customer: key, time: /timestamp, id: /messageId, properties: /properties}";
    check(mapping, TRACKED, WITH_TOTAL);
    check(mapping, &TRACKED.replace(r#""event":"purchase","#, ""), "no_type");
    check(mapping, &TRACKED.replace("purchase", "Signed Up"), "Signed Up of c-1 at 2026-11-21T10:00:00.000Z, e-1");
    check("{customer: /userId, type: /event, time: /timestamp}", TRACKED, "key_mismatch");
}

#[test]
fn pointers_lead_into_objects_and_arrays() {
    let rest = "type: /event, properties: /properties";
    check(
        &format!("{{{rest}, customer: /context/traits/id, time: /context/list/1/at, id: /context/a~1b~0c}}"),
        TRACKED,
        WITH_TOTAL,
    );
    for nowhere in
        ["/context/list/2/at", "/context/list/01/at", "/context/list/-/at", "/context/list/x", "/timestamp/a", "/a"]
    {
        check(&format!("{{{rest}, customer: key, time: {nowhere}}}"), TRACKED, "no_time");
    }
    check("{type: /event, customer: key, time: /timestamp, id: /context}", TRACKED, "bad_id");
    check("{type: /event, customer: key, time: /timestamp, properties: /event}", TRACKED, "bad_properties");
    let flat = r#"{"total":7,"type":"purchase","id":"e-1","customer_id":"c-1","time":1795255200000}"#;
    check("properties: ''", flat, WITH_TOTAL);
    check("properties: ''", &format!(" \n{flat}"), WITH_TOTAL);
    check("properties: /none", flat, ACCEPTED);
}

#[test]
fn types_are_fixed_defaulted_and_renamed() {
    let untyped = r#"{"id":"e-1","customer_id":"c-1","time":1795255200000}"#;
    let typed = |name: &str| untyped.replacen('{', &format!("{{\"type\":{name},"), 1);
    check("type: {value: purchase}", &typed("[\"anything\"]"), ACCEPTED);
    check("type: {default: purchase}", untyped, ACCEPTED);
    check("type: {default: purchase}", &typed("null"), ACCEPTED);
    check("type: {default: purchase}", &typed("\"\""), ACCEPTED);
    check("type: {default: purchase}", &typed("7"), "bad_type");
    check("type: {at: /kind, default: signup}", &typed("\"x\""), &ACCEPTED.replace("purchase", "signup"));
    check("types: {Order Completed: purchase}", &typed("\"Order Completed\""), ACCEPTED);
    check("types: {Order Completed: purchase}", &typed("\"purchase\""), ACCEPTED);
    check("types: {Order Completed: purchase}", &typed("\"Order\""), &ACCEPTED.replace("purchase", "Order"));
    check("types: {purchase: sold}", &typed("\"purchase\""), &ACCEPTED.replace("purchase", "sold"));
    check("types: {a: b, b: purchase}", &typed("\"a\""), &ACCEPTED.replace("purchase", "b"));
    check("types: {gone: erase}", &typed("\"gone\""), "not_control");
    check("types: {erase: signup}", &typed("\"erase\""), &ACCEPTED.replace("purchase", "signup"));
    check("type: {value: erase}", untyped, "not_control");
    check("type: {default: erase}", untyped, "not_control");
}

#[test]
fn the_key_as_customer() {
    let mapping = Mapping::try_from(raw("customer: key")).expect("a valid mapping");
    let rules = TopicRules { mapping, key_required: false, ..TopicRules::default() };
    let value = br#"{"type":"purchase","time":1795255200000,"id":"e-1","customer_id":"c-2"}"#;
    let long = "x".repeat(257);
    for (key, expected) in [
        (Some(&b"c-1"[..]), ACCEPTED),
        (Some(b""), "no_customer"),
        (None, "no_customer"),
        (Some(b"\xFF"), "bad_customer"),
        (Some(long.as_bytes()), "customer_too_long"),
    ] {
        let record = super::Record { key, ..keyed(b"", value) };
        assert_eq!(outcome(&decode(&record, &[], &rules)), expected, "{key:?}");
    }
}

#[test]
fn mappings_that_are_refused() {
    let too_deep = format!("time: {}", "/a".repeat(65));
    for (mapping, start) in [
        ("time: timestamp", "`time: timestamp` is not a JSON pointer: write `/timestamp`"),
        ("customer: $.user.id", "`customer: $.user.id` is not a JSON pointer: write `/user/id`"),
        ("id: /a~2", "`id: /a~2` has a `~`"),
        ("id: /a~", "`id: /a~` has a `~`"),
        ("type: ''", "`type` points at the whole document"),
        ("customer: ''", "`customer` points at the whole document"),
        ("type: {}", "`type` is an empty rule"),
        ("type: {value: a, default: b}", "`type` has `value` beside"),
        ("type: {value: ''}", "`` is no name for a type"),
        ("types: {a: ''}", "`` is no name for a type"),
        (&too_deep, "`time` has 65 names"),
    ] {
        let error = Mapping::try_from(raw(mapping)).expect_err(mapping);
        assert!(error.to_string().starts_with(start), "{error}");
    }
    for mapping in ["tipe: /event", "type: {fixed: a}", "time: [a]"] {
        assert!(serde_saphyr::from_str::<RawMapping>(mapping).is_err(), "{mapping}");
    }
    assert_eq!(Mapping::try_from(RawMapping::default()), Ok(Mapping::default()));
}
