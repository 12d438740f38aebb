//! What the definitions read of an accepted event: types are kept apart, nothing is guessed, what does not fit is
//! counted.

use super::{column, decode, keyed};
use crate::event::TopicRules;
use crate::event::{Column, Point, Slot, Value};
use crate::segment::Type;

/// A value as the tables here write it.
fn shown(value: &Value) -> String {
    match value {
        Value::Boolean(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::Text(value) => format!("{value:?}"),
        Value::Instant(value) => value.to_string(),
        Value::Date(value) => value.to_string(),
        Value::Point(Point { latitude, longitude }) => format!("{latitude}/{longitude}"),
        Value::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(" ")),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}={}", shown(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(" "))
        }
    }
}

/// The slots of those columns, then how many values were of a wrong type (`!`) and how many numbers out of range (`#`).
fn read(properties: &str, columns: &[Column]) -> String {
    let value =
        format!(r#"{{"type":"purchase","customer_id":"c-1","time":"2026-11-21T10:00:00Z","properties":{properties}}}"#);
    let event = decode(&keyed(b"c-1", value.as_bytes()), columns, &TopicRules::default()).expect("it is accepted");
    assert_eq!(event.slots.len(), columns.len());
    let slots = event.slots.iter().map(|slot| match slot {
        Slot::Absent => "absent".to_owned(),
        Slot::Missing => "missing".to_owned(),
        Slot::Set(value) => shown(value),
    });
    let counted = [(event.values_of_wrong_type, "!"), (event.numbers_out_of_range, "#")];
    let counted = counted.iter().map(|(count, sign)| sign.repeat(usize::from(*count)));
    slots.chain(counted.filter(|signs| !signs.is_empty())).collect::<Vec<_>>().join(" ")
}

fn check(properties: &str, columns: &[Column], expected: &str) {
    assert_eq!(read(properties, columns), expected, "{properties}");
}

#[test]
fn each_type_takes_its_own_values() {
    for (ty, raw, expected) in [
        (Type::Boolean, "true", "true"),
        (Type::Boolean, "1", "missing !"),
        (Type::Boolean, "\"true\"", "missing !"),
        (Type::Number, "120.50", "120.5"),
        (Type::Number, "-0", "0"),
        (Type::Number, "1e3", "1000"),
        (Type::Number, "0", "0"),
        (Type::Number, "\"12\"", "missing !"),
        (Type::Number, "true", "missing !"),
        (Type::Number, "[1]", "missing !"),
        (Type::Number, "1e400", "missing #"),
        (Type::Number, "1e-400", "missing #"),
        (Type::Number, "0.1234567", "missing #"),
        (Type::Number, "9007199254740993", "missing #"),
        (Type::Number, "9223372036854.775807", "9223372036854.775807"),
        (Type::Number, "-9223372036854.775808", "-9223372036854.775808"),
        (Type::Number, "9223372036854.775808", "missing #"),
        (Type::Number, "18446744073709551616", "missing #"),
        (Type::Text, "\"\"", "\"\""),
        (Type::Text, r#""A\u00e9\n""#, "\"Aé\\n\""),
        (Type::Text, "12", "missing !"),
        (Type::Text, "{}", "missing !"),
        (Type::Instant, r#""2026-01-01T01:00:00+01:00""#, "2026-01-01T00:00:00.000Z"),
        (Type::Instant, "-1", "1969-12-31T23:59:59.999Z"),
        (Type::Instant, "1.5", "missing !"),
        (Type::Instant, r#""2026-01-01""#, "missing !"),
        (Type::Instant, "253402300800000", "missing !"),
        (Type::Date, r#""2024-02-29""#, "2024-02-29"),
        (Type::Date, r#""2023-02-29""#, "missing !"),
        (Type::Date, r#""0000-01-01""#, "missing !"),
        (Type::Date, r#""2026-01-01T00:00:00Z""#, "missing !"),
        (Type::Date, "20260101", "missing !"),
        (Type::Point, r#"{"lat":45.46,"lon":9.19,"alt":1}"#, "45.46/9.19"),
        (Type::Point, r#"{"lat":-90,"lon":180}"#, "-90/180"),
        (Type::Point, r#"{"lat":90.000001,"lon":0}"#, "missing !"),
        (Type::Point, r#"{"lat":0,"lon":-180.1}"#, "missing !"),
        (Type::Point, r#"{"lat":"45","lon":9}"#, "missing !"),
        (Type::Point, r#"{"lat":-9223372036854.775808,"lon":9}"#, "missing !"),
        (Type::Point, r#"{"lat":45}"#, "missing !"),
        (Type::Point, "[45, 9]", "missing !"),
        (Type::Duration, "12", "missing !"),
        (Type::List, "[]", "[]"),
        (Type::List, r#"["a", 1.50, true, null, "2026-01-01"]"#, r#"["a" 1.5 true "2026-01-01"]"#),
        (Type::List, r#"[{"b": 1, "a": "x", "b": 2, "c": 3, "c": null}]"#, r#"[{a="x" b=2}]"#),
        (Type::List, "[1e400, 1]", "[1] #"),
        (Type::List, "[[[[1]]], 2]", "[[[[1]]] 2]"),
        (Type::List, "[[[[[1]]]], 2]", "[[[[]]] 2] !"),
        (Type::List, "{}", "missing !"),
        (Type::List, "\"a\"", "missing !"),
    ] {
        check(&format!("{{\"a\":{raw}}}"), &[column("a", ty)], expected);
    }
}

#[test]
fn null_and_absence_are_not_counted() {
    for ty in [Type::Boolean, Type::Number, Type::Text, Type::Instant, Type::Date, Type::Point, Type::List] {
        check(r#"{"a":null}"#, &[column("a", ty.clone())], "missing");
        check(r#"{"b":1}"#, &[column("a", ty.clone())], "absent");
        check("null", &[column("a", ty)], "absent");
    }
}

#[test]
fn what_cannot_be_negative_is_missing_when_it_is() {
    let amount = Column { nonnegative: true, ..column("total", Type::Number) };
    for (raw, expected) in [("-0.000001", "missing !"), ("-0", "0"), ("0", "0"), ("12", "12"), ("-1e400", "missing #")]
    {
        check(&format!("{{\"total\":{raw}}}"), std::slice::from_ref(&amount), expected);
    }
}

#[test]
fn long_texts_and_lists() {
    let list = [column("a", Type::List)];
    let text = |length: usize| format!("\"{}\"", "x".repeat(length));
    check(&format!("{{\"a\":{}}}", text(4096)), &[column("a", Type::Text)], &text(4096));
    check(&format!("{{\"a\":{}}}", text(4097)), &[column("a", Type::Text)], "missing !");
    check(&format!("{{\"a\":[{},7]}}", text(4097)), &list, "[7] !");
    let numbers = |count: usize| (1..=count).map(|n| n.to_string()).collect::<Vec<_>>();
    let kept = format!("[{}]", numbers(200).join(" "));
    check(&format!("{{\"a\":[{}]}}", numbers(200).join(",")), &list, &kept);
    check(&format!("{{\"a\":[{}]}}", numbers(90_000).join(",")), &list, &format!("{kept} !"));
    let fields = (10..75).map(|n| format!("\"f{n}\":{n}")).rev().collect::<Vec<_>>().join(",");
    let kept = (10..74).map(|n| format!("f{n}={n}")).collect::<Vec<_>>().join(" ");
    check(&format!("{{\"a\":[{{{fields}}}]}}"), &list, &format!("[{{{kept}}}] !"));
}

#[test]
fn nested_paths_merge_objects_and_replace_the_rest() {
    for (properties, expected) in [
        ("{}", "absent"),
        (r#"{"a":{}}"#, "absent"),
        (r#"{"a":{"c":1}}"#, "absent"),
        (r#"{"a":{"b":{}}}"#, "absent"),
        (r#"{"a":{"b":{"c":5}}}"#, "5"),
        (r#"{"a":{"b":{"c":null}}}"#, "missing"),
        (r#"{"a":{"b":{"c":"x"}}}"#, "missing !"),
        (r#"{"a":null}"#, "missing"),
        (r#"{"a":5}"#, "missing"),
        (r#"{"a":[{"b":{"c":5}}]}"#, "missing"),
        (r#"{"a":{"b":null}}"#, "missing"),
        (r#"{"a":{"b":"x"}}"#, "missing"),
        (r#"{"a":{"b":{"c":5}},"a":{}}"#, "absent"),
        (r#"{"a":{},"a":{"b":{"c":4},"b":{"c":4,"c":5}}}"#, "5"),
        (r#"{"a.b.c":5}"#, "absent"),
    ] {
        check(properties, &[column("a.b.c", Type::Number)], expected);
    }
}

#[test]
fn several_columns_keep_their_order() {
    let columns = [
        column("z", Type::Text),
        column("a.b", Type::Number),
        column("a.c", Type::Number),
        column("a", Type::Text),
        column("z", Type::Number),
    ];
    check(r#"{"a":{"c":2,"b":1},"z":"x"}"#, &columns, "\"x\" 1 2 missing missing !!");
    check(r#"{"\u007a":"y","a":"t"}"#, &columns, "\"y\" missing missing \"t\" missing !");
}

#[test]
fn a_spread_column_takes_line_items_too() {
    let spread = |path: &str, ty| [Column { spread: true, ..column(path, ty) }];
    for (path, properties, expected) in [
        ("p", "{}", "absent"),
        ("p", r#"{"items":[]}"#, "absent"),
        ("p", r#"{"items":"p"}"#, "absent"),
        ("p", r#"{"items":[{"q":1},3,null]}"#, "absent"),
        ("p", r#"{"p":"B"}"#, r#"["B"]"#),
        ("p", r#"{"p":"B","items":[{"p":"A"},{"p":"B"},{"p":"C"},{"p":"A"}]}"#, r#"["A" "B" "C"]"#),
        ("p", r#"{"p":null,"items":[{"p":null}]}"#, "missing"),
        ("p", r#"{"p":7,"items":[{"p":"A"},{"p":[]}]}"#, r#"["A"] !!"#),
        ("p", r#"{"items":[{"p":"A"}],"items":[{"p":"B"}]}"#, r#"["B"]"#),
        ("p.q", r#"{"p":{"q":"B"},"items":[{"p":{"q":"A"}},{"p":"x"}]}"#, r#"["A" "B"]"#),
        ("items.p", r#"{"items":[{"p":"B"},{"p":"A"},{"p":"B"}]}"#, r#"["A" "B"]"#),
        ("items.p", r#"{"items":[]}"#, "absent"),
        ("items.p", r#"{"items":null}"#, "missing"),
    ] {
        check(properties, &spread(path, Type::Text), expected);
    }
    let items = (0..300).map(|n| format!("{{\"p\":{}}}", 300 - n)).collect::<Vec<_>>().join(",");
    let kept = (101..=300).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    let counted = "!".repeat(100);
    check(&format!("{{\"items\":[{items}]}}"), &spread("p", Type::Number), &format!("[{kept}] {counted}"));
}

#[test]
fn a_column_without_a_path_is_never_mentioned() {
    let nameless = Column { path: Vec::new(), ..column("a", Type::Text) };
    check("{}", &[nameless.clone(), Column { spread: true, ..nameless }], "absent absent");
}

#[test]
fn a_type_nobody_declared_has_no_slots() {
    let value = r#"{"type":"x","customer_id":"c-1","time":"2026-11-21T10:00:00Z","properties":{"a":"1"}}"#;
    let event = decode(&keyed(b"c-1", value.as_bytes()), &[column("a", Type::Text)], &TopicRules::default());
    assert!(event.expect("it is accepted").slots.is_empty());
}
