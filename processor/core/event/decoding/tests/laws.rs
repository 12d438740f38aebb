//! Laws for all records: decoding never panics, says the same twice, and accepts the same whatever the definitions
//! read.

use proptest::prelude::*;
use serde_json::value::RawValue;

use super::{EVENT, column, interest, recorded};
use crate::event::{Column, Decoder, Event, Header, Interest, Record, Rejection, TopicRules};
use crate::segment::Type;

/// Columns of every type over the names that the generators use.
fn columns() -> Vec<Column> {
    let types =
        [Type::Boolean, Type::Number, Type::Text, Type::Instant, Type::Date, Type::Duration, Type::List, Type::Point];
    let paths = ["order_id", "total", "items", "items.price", "a", "a.b"];
    let columns = paths.iter().flat_map(|path| types.iter().map(|ty| column(path, ty.clone())));
    columns.flat_map(|column| [Column { spread: true, nonnegative: true, ..column.clone() }, column]).collect()
}

fn decode(record: &Record<'_>, interest: &Interest) -> Result<Event, Rejection> {
    Decoder::new(interest, &TopicRules { key_required: false, ..TopicRules::default() }).decode(record)
}

/// Decodes with no definition, with definitions that read nothing, and with definitions that read everything.
fn check(record: &Record<'_>) -> Result<(), TestCaseError> {
    let bare = decode(record, &interest(&[]));
    let full = decode(record, &interest(&columns()));
    prop_assert_eq!(&full, &decode(record, &interest(&columns())));
    match (&bare, &full) {
        (Ok(bare), Ok(full)) => {
            let essence =
                |event: &Event| (event.customer.clone(), event.kind.clone(), event.time, event.identity.clone());
            prop_assert_eq!(essence(bare), essence(full));
        }
        (Err(_), Err(_)) => prop_assert_eq!(&bare, &full),
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => prop_assert!(false, "{:?} but {:?}", bare, full),
    }
    let undeclared = decode(record, &Interest::default());
    if let Err(rejection) = &bare {
        prop_assert!((1..=Rejection::DETAIL_BYTES_MAX).contains(&rejection.detail.len()));
    }
    prop_assert_eq!(undeclared.map(|event| event.time), bare.map(|event| event.time));
    if full.is_ok() {
        let text = std::str::from_utf8(record.value.unwrap_or_default());
        prop_assert!(text.is_ok_and(|text| text.is_empty() || serde_json::from_str::<&RawValue>(text).is_ok()));
    }
    Ok(())
}

fn json() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,8})?([eE][+-]?[0-9]{1,3})?",
        "[a-z0-9\\-T:Z]{0,24}".prop_map(|text| format!("\"{text}\"")),
        ".{0,6}".prop_map(|text| serde_json::to_string(&text).expect("a text")),
        "[dD][89abAB][0-9a-f]{2}".prop_map(|hex| format!("\"\\u{hex}\"")),
    ];
    let name = prop_oneof!["[ab]", Just("items".to_owned()), Just("total".to_owned()), Just("order_id".to_owned())];
    scalar.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((name.clone(), inner), 0..5).prop_map(|fields| {
                let fields = fields.into_iter().map(|(name, value)| format!("\"{name}\":{value}"));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

/// Which name, and a value.
fn headers() -> impl Strategy<Value = Vec<(usize, Option<Vec<u8>>)>> {
    let value = prop::option::of(prop::collection::vec(any::<u8>(), 0..8));
    prop::collection::vec((0..7usize, value), 0..8)
}

proptest! {
    #[test]
    fn any_bytes(key in prop::option::of(prop::collection::vec(any::<u8>(), 0..20)),
                 value in prop::option::of(prop::collection::vec(any::<u8>(), 0..300))) {
        check(&Record { key: key.as_deref(), value: value.as_deref(), headers: &[], timestamp: recorded() })?;
    }

    #[test]
    fn json_alphabet(value in r#"[\[\]{}",:\\u0-9a-fdDntrls.eE +-]{0,80}"#) {
        check(&Record { value: Some(value.as_bytes()), ..Record::default() })?;
    }

    #[test]
    fn an_event_with_bytes_changed(changes in prop::collection::vec((0..EVENT.len(), any::<u8>()), 1..4)) {
        let mut value = EVENT.as_bytes().to_vec();
        for (position, byte) in changes {
            value[position] = byte;
        }
        check(&Record { key: Some(b"c-1"), value: Some(&value), headers: &[], timestamp: recorded() })?;
    }

    #[test]
    fn an_event_with_any_json_in_a_field(field in 0..5usize, value in json()) {
        let own = [r#""e-1""#, r#""purchase""#, r#""c-1""#, r#""2026-11-21T10:00:00Z""#, "{}"];
        let names = ["id", "type", "customer_id", "time", "properties"];
        let fields = names.iter().zip(own).enumerate().map(|(n, (name, own))| {
            format!("\"{name}\":{}", if n == field { value.as_str() } else { own })
        });
        let value = format!("{{{}}}", fields.collect::<Vec<_>>().join(","));
        let record = Record { key: Some(b"c-1"), value: Some(value.as_bytes()), headers: &[], timestamp: recorded() };
        check(&record)?;
        // A parser that builds the whole document is the judge, except of numbers that it cannot hold.
        let parsed = serde_json::from_str::<serde_json::Value>(&value);
        if field == 4 && !parsed.as_ref().is_err_and(|error| error.to_string().starts_with("number out of range")) {
            let fits = parsed.is_ok_and(|parsed| parsed["properties"].is_object() || parsed["properties"].is_null());
            prop_assert_eq!(decode(&record, &interest(&[])).is_ok(), fits);
        }
    }

    #[test]
    fn any_headers(headers in headers(), value in prop_oneof![Just(String::new()), Just(EVENT.to_owned()), json()]) {
        const NAMES: [&str; 7] = ["ce_specversion", "ce_type", "ce_time", "ce_id", "ce_subject", "content-type", "x"];
        let headers = headers.iter().map(|(name, value)| (NAMES[*name], value.as_deref())).collect::<Vec<Header<'_>>>();
        check(&Record { key: Some(b"c-1"), value: Some(value.as_bytes()), headers: &headers, timestamp: recorded() })?;
    }
}
