//! `CloudEvents`, binary and structured, and their meeting with a topic's mapping.

use super::{column, decode, outcome, recorded};
use crate::event::{Header, Mapping, Record, TopicRules};
use crate::segment::Type;

const ACCEPTED: &str = "purchase of c-1 at 2026-11-21T10:00:00.000Z, e-1";

/// A record with the key `c-1`; headers as `name=value` words.
fn check(headers: &str, value: &str, mapping: &str, expected: &str) {
    let headers = headers.split_whitespace().filter_map(|word| word.split_once('='));
    let headers = headers.map(|(name, value)| (name, Some(value.as_bytes()))).collect::<Vec<Header<'_>>>();
    let value = Some(value.as_bytes()).filter(|value| value != b"null record");
    let record = Record { key: Some(b"c-1"), value, headers: &headers, timestamp: recorded() };
    let raw = serde_saphyr::from_str::<crate::event::RawMapping>(mapping).expect("a mapping");
    let rules = TopicRules { mapping: Mapping::try_from(raw).expect("a valid mapping"), ..TopicRules::default() };
    let decoded = decode(&record, &[column("total", Type::Number)], &rules);
    let total = decoded.as_ref().ok().and_then(|event| event.slots.first()).and_then(|slot| slot.value());
    let total = total.map_or(String::new(), |total| format!(", {total:?}"));
    assert_eq!(format!("{}{total}", outcome(&decoded)), expected, "{headers:?}");
}

const FULL: &str = "ce_specversion=1.0 ce_type=purchase ce_subject=c-1 ce_time=2026-11-21T10:00:00Z ce_id=e-1";

fn without(name: &str) -> String {
    FULL.split_whitespace().filter(|word| !word.starts_with(name)).collect::<Vec<_>>().join(" ")
}

#[test]
fn binary() {
    let total = format!("{ACCEPTED}, Number(Number(7000000))");
    check(FULL, r#"{"total":7}"#, "{}", &total);
    check(FULL, r#"{"total":7,"type":"x","customer_id":"c-2","time":1,"id":[]}"#, "{}", &total);
    check(&without("ce_subject"), r#"{"total":7}"#, "{}", &total);
    check(&format!("{FULL} content-type=application/json"), r#"{"total":7}"#, "{}", &total);
    check(FULL, "", "{}", ACCEPTED);
    check(FULL, "null record", "{}", ACCEPTED);
    check(FULL, "[1]", "{}", "not_json");
    check(FULL, "x", "{}", "not_json");
    check(&format!("{FULL} ce_subject=c-2"), "{}", "{}", "key_mismatch");
    check(&format!("{FULL} ce_subject=order-9"), "{}", "{customer: key}", ACCEPTED);
    check(&format!("{FULL} ce_type=x ce_type=erase"), "{}", "{}", "not_control");
    check(&without("ce_type"), "{}", "{}", "no_type");
    check(&without("ce_time"), "{}", "{}", "no_time");
    check(&without("ce_id"), "{}", "{}", "purchase of c-1 at 2026-11-21T10:00:00.000Z, (without id)");
    check(&format!("{FULL} ce_time=1795255200000"), "{}", "{}", "bad_time");
    check(&format!("{FULL} ce_time=2026-11-22T10:00:00Z"), "{}", "{}", "time_in_future");
    check(FULL, r#"{"properties":{"total":7}}"#, "{properties: /properties}", &total);
    check(FULL, r#"{"at":"2026-11-21T09:59:00Z"}"#, "{time: /at}", "purchase of c-1 at 2026-11-21T09:59:00.000Z, e-1");
    check(&format!("{FULL} ce_type=com.shop.sold.v1"), "{}", "{types: {com.shop.sold.v1: purchase}}", ACCEPTED);
}

#[test]
fn headers_that_are_no_text() {
    for name in ["ce_type", "ce_subject", "ce_time", "ce_id"] {
        let headers: [Header<'_>; 2] = [("ce_specversion", Some(b"1.0")), (name, Some(b"\xFF"))];
        let record = Record { key: Some(b"c-1"), value: Some(b"{}"), headers: &headers, timestamp: None };
        assert_eq!(outcome(&decode(&record, &[], &TopicRules::default())), "bad_cloud_event", "{name}");
    }
}

#[test]
fn structured() {
    let document = |tail: &str| {
        let identity = r#""specversion":"1.0","id":"e-1","source":"/shop""#;
        format!(r#"{{{identity},"type":"purchase","time":"2026-11-21T10:00:00Z",{tail}}}"#)
    };
    let total = format!("{ACCEPTED}, Number(Number(7000000))");
    let marked = "content-type=application/cloudevents+json;charset=utf-8";
    for headers in ["", marked, "content-type=application/json"] {
        check(headers, &document(r#""subject":"c-1","data":{"total":7}"#), "{}", &total);
        check(headers, &document(r#""data":{"total":7}"#), "{}", &total);
        check(headers, &document(r#""subject":null,"data":null"#), "{}", ACCEPTED);
        check(headers, &document(r#""customer_id":"c-1","subject":"o","properties":{"total":7}"#), "{}", &total);
        check(headers, &document(r#""subject":"c-2""#), "{}", "key_mismatch");
        check(headers, &document(r#""subject":"c-1","data":[7]"#), "{}", "bad_properties");
        check(headers, &document(r#""subject":"c-1","data_base64":"e30=""#), "{}", "bad_properties");
        check(headers, &document(r#""subject":"o-1","data":{"who":"c-1","total":7}"#), "{customer: /data/who}", &total);
    }
    let unmarked = document(r#""data":{"total":7}"#).replace(r#""specversion":"1.0","#, "");
    check(marked, &unmarked, "{}", &total);
    check("", &unmarked, "{}", "no_customer");
    check("", &unmarked.replacen('{', r#"{"specversion":1,"#, 1), "{}", "no_customer");
    check(marked, "", "{}", "empty");
    check("content-type=Application/CloudEvents-Batch+JSON", "[]", "{}", "bad_cloud_event");
}
