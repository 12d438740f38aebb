//! Small histories through the whole core, from JSON to what is announced.

use std::sync::Arc;

use super::{Effects, Engine, Input, Settings};
use crate::event::{Decoder, Record, TopicRules};
use crate::replay::Replay;
use crate::segment::language::{builtin_declarations, condition};
use crate::segment::{Catalog, Definitions, LatchDefinition, SegmentDefinition};
use crate::timer::{Instant, Length, Zone};
use crate::transition::Transition;

const START: i64 = 1_767_571_200_000;

fn catalog(conditions: &[&str]) -> Arc<Catalog> {
    waiting_catalog(conditions, 0)
}

/// All segments wait this long for late events.
fn waiting_catalog(conditions: &[&str], grace_millis: i64) -> Arc<Catalog> {
    let mut declarations = builtin_declarations();
    let segments = conditions.iter().enumerate().map(|(index, text)| SegmentDefinition {
        name: format!("s{index}").into(),
        description: None,
        condition: condition(text, &mut declarations, &Zone::UTC).unwrap(),
        latch: None,
        grace_millis,
        attach: Vec::new(),
        labels: std::collections::BTreeMap::new(),
        zone: Zone::UTC,
    });
    let segments = segments.collect();
    Arc::new(Catalog::compile(&Definitions { declarations, segments, ..Definitions::default() }))
}

fn line(transition: &Transition) -> String {
    let at = transition.at.millis() - START;
    format!(
        "{at} {} {} {} {}",
        transition.customer,
        transition.change.as_str(),
        transition.segment,
        transition.cause.as_str()
    )
}

/// `events`: "100 c1 purchase total=5"; times and the expected lines count from one start in milliseconds.
fn check(conditions: &[&str], events: &[&str], until: i64, expected: &[&str]) {
    let catalog = catalog(conditions);
    let rules = TopicRules { key_required: false, control: true, ..TopicRules::default() };
    let decoder = Decoder::new(catalog.interest(), &rules);
    let settings = Settings { dedup_millis: vec![600_000], grace_millis: None, forget_after: None, seed: 7 };
    let mut replay = Replay::new(Arc::clone(&catalog), &settings);
    let mut lines = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let mut words = event.split_whitespace();
        let time: i64 = words.next().unwrap().parse().unwrap();
        let (customer, kind) = (words.next().unwrap(), words.next().unwrap());
        let properties: serde_json::Map<String, serde_json::Value> = words
            .map(|word| word.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| value.into())))
            .collect();
        let json = serde_json::json!({
            "id": index.to_string(), "type": kind, "customer_id": customer,
            "time": START + time, "properties": properties
        });
        let bytes = json.to_string();
        let record = Record { key: None, value: Some(bytes.as_bytes()), headers: &[], timestamp: None };
        let event = decoder.decode(&record).unwrap();
        replay.event(0, event, |transition| lines.push(line(&transition)));
    }
    replay.finish(Instant::from_millis(START + until), |transition| lines.push(line(&transition)));
    assert_eq!(lines, expected, "{conditions:?}");
}

#[test]
fn a_window_is_left_at_the_exact_millisecond() {
    check(
        &["count(page_view, 10ms) >= 2"],
        &["0 c page_view", "4 c page_view", "9 c page_view"],
        100,
        &["4 c entered s0 event", "14 c exited s0 time"],
    );
}

#[test]
fn untouched_for_a_while_is_entered_by_time_and_left_by_purchase() {
    check(
        &["count(purchase, since last(cart_add)) == 0 \
            and since(last(cart_add)) >= (if count(purchase, 1h) > 0 then 24ms else 4ms)"],
        &["0 c cart_add", "10 c purchase", "20 c cart_add"],
        100,
        &["4 c entered s0 time", "10 c exited s0 event", "44 c entered s0 time"],
    );
}

#[test]
fn for_some_looks_at_one_value_at_a_time() {
    check(
        &["for some product_id (count(page_view, 20ms) >= 2 and count(purchase) == 0)"],
        &[
            "0 c page_view product_id=a",
            "1 c page_view product_id=b",
            "2 c page_view product_id=a",
            "5 c purchase product_id=a",
            "8 c page_view product_id=b",
        ],
        100,
        &["2 c entered s0 event", "5 c exited s0 event", "8 c entered s0 event", "21 c exited s0 time"],
    );
}

#[test]
fn sums_sequences_and_traits() {
    check(
        &[
            "sum(purchase.total, 10ms) >= 15.5",
            "sequence(page_view, purchase within 3ms; 10ms)",
            "profile.vip == true and avg(purchase.total) > 7",
        ],
        &[
            "0 c page_view",
            "2 c purchase total=10",
            "5 c purchase total=5.5",
            "7 c profile vip=true",
            "9 c profile vip=false",
        ],
        100,
        &[
            "2 c entered s1 event",
            "5 c entered s0 event",
            "7 c entered s2 event",
            "9 c exited s2 event",
            "12 c exited s0 time",
            "12 c exited s1 time",
        ],
    );
}

/// The processor's way: every event decided at once, the clock told between; a segment that waits 30 ms longer than the
/// clock.
fn check_waiting(condition: &str, steps: &[(&str, i64)], expected: &[&str]) {
    check_forgetting(None, condition, steps, expected);
}

/// The same, customers forgotten so many milliseconds after their newest event.
fn check_forgetting(after: Option<i64>, condition: &str, steps: &[(&str, i64)], expected: &[&str]) {
    let catalog = waiting_catalog(&[condition], 31);
    let rules = TopicRules { key_required: false, control: true, ..TopicRules::default() };
    let decoder = Decoder::new(catalog.interest(), &rules);
    let settings =
        Settings { dedup_millis: vec![0], grace_millis: Some(1), forget_after: after.map(Length::fixed), seed: 7 };
    let mut engine = Engine::new(catalog, &settings);
    let mut effects = Effects::default();
    for (kind, time) in steps {
        let input = if *kind == "clock" {
            Input::Clock(Instant::from_millis(START + time))
        } else {
            let json = serde_json::json!({"type": kind, "customer_id": "c", "time": START + time}).to_string();
            let record = Record { value: Some(json.as_bytes()), ..Record::default() };
            Input::Event { topic: 0, event: decoder.decode(&record).unwrap() }
        };
        engine.apply(input, &mut effects);
    }
    let lines: Vec<String> = effects.transitions.iter().map(line).collect();
    assert_eq!(lines, expected, "{condition}");
}

#[test]
fn a_segment_that_waits_is_decided_by_its_customers_next_event_or_by_the_later_clock() {
    let condition = "count(page_view, 10ms) >= 1";
    check_waiting(
        condition,
        &[("page_view", 0), ("page_view", 15)],
        &["0 c entered s0 event", "10 c exited s0 time", "15 c entered s0 event"],
    );
    check_waiting(condition, &[("page_view", 0), ("clock", 40)], &["0 c entered s0 event"]);
    check_waiting(condition, &[("page_view", 0), ("clock", 41)], &["0 c entered s0 event", "10 c exited s0 time"]);
}

#[test]
fn a_late_event_still_counts_for_a_segment_that_waits_for_it() {
    check_waiting(
        "count(page_view, 10ms) >= 2",
        &[("page_view", 66), ("clock", 100), ("page_view", 65)],
        &["70 c entered s0 late"],
    );
}

#[test]
fn an_erased_customer_leaves_everything_and_its_past_is_refused() {
    let conditions = ["count(purchase) >= 2", "count(any) >= 1"];
    let events = [
        "100 c1 purchase",
        "100 c2 purchase",
        "200 c1 purchase",
        "300 c1 erase",
        "300 c1 purchase",
        "350 c2 purchase",
        "250 c1 purchase",
        "400 c1 purchase",
        "500 nobody erase",
        "450 nobody purchase",
    ];
    let expected = [
        "100 c1 entered s1 event",
        "100 c2 entered s1 event",
        "200 c1 entered s0 event",
        "300 c1 exited s0 erasure",
        "300 c1 exited s1 erasure",
        "350 c2 entered s0 event",
        "400 c1 entered s1 event",
    ];
    check(&conditions, &events, 1_000, &expected);
}

#[test]
fn erasure_event_by_event_is_the_same() {
    let steps =
        [("purchase", 100), ("erase", 300), ("purchase", 250), ("clock", 350), ("purchase", 400), ("erase", 320)];
    let expected =
        ["100 c entered s0 event", "300 c exited s0 erasure", "400 c entered s0 event", "400 c exited s0 erasure"];
    check_waiting("count(any) >= 1", &steps, &expected);
}

#[test]
fn a_change_that_still_waits_comes_before_its_customer_is_forgotten() {
    let steps = [("purchase", 100), ("clock", 161), ("clock", 200)];
    let expected = ["100 c entered s0 event", "150 c exited s0 time"];
    check_forgetting(Some(60), "count(purchase, 50ms) >= 1", &steps, &expected);
    let expected = ["100 c entered s0 event", "160 c exited s0 forgotten"];
    check_forgetting(Some(60), "count(purchase) >= 1", &steps, &expected);
}

/// An engine with what these events bring about, one after the other.
fn engine_after(catalog: Arc<Catalog>, steps: &[(&str, i64)]) -> (Engine, Settings, Effects) {
    let rules = TopicRules { key_required: false, control: true, ..TopicRules::default() };
    let decoder = Decoder::new(catalog.interest(), &rules);
    let settings = Settings { dedup_millis: vec![0], grace_millis: None, forget_after: None, seed: 7 };
    let mut engine = Engine::new(catalog, &settings);
    let mut effects = Effects::default();
    for (kind, time) in steps {
        let json = serde_json::json!({"type": kind, "customer_id": "c", "time": START + time}).to_string();
        let record = Record { value: Some(json.as_bytes()), ..Record::default() };
        engine.apply(Input::Event { topic: 0, event: decoder.decode(&record).unwrap() }, &mut effects);
    }
    (engine, settings, effects)
}

#[test]
fn leaving_what_is_no_longer_defined_names_no_definition() {
    let conditions = ["count(purchase) >= 1", "count(page_view) >= 1"];
    let (engine, settings, effects) = engine_after(catalog(&conditions), &[("purchase", 0), ("page_view", 1)]);
    let shown = |transition: &Transition| -> serde_json::Value {
        serde_json::from_slice(&crate::wire::transition_value(transition, 1 << 20)).unwrap()
    };
    assert!(effects.transitions.iter().all(|entry| shown(entry)["definition"].is_string()));
    let (_, exits) = engine.adopted(&catalog(&conditions[..1]), &settings).unwrap();
    let [exit] = exits.as_slice() else { panic!("one segment is gone: {exits:?}") };
    assert_eq!((&*exit.segment, exit.change.as_str()), ("s1", "exited"));
    assert_eq!(shown(exit).get("definition"), None);
}

#[test]
fn what_an_erased_customer_had_left_is_deleted_without_a_transition() {
    let mut declarations = builtin_declarations();
    let text = "count(page_view, 10ms) >= 1";
    let resting = SegmentDefinition {
        name: "rests".into(),
        description: None,
        condition: condition(text, &mut declarations, &Zone::UTC).unwrap(),
        latch: Some(LatchDefinition { leave: None, stay: None, rest: Some(Length::fixed(1_000)) }),
        grace_millis: 0,
        attach: Vec::new(),
        labels: std::collections::BTreeMap::new(),
        zone: Zone::UTC,
    };
    let definitions = Definitions { declarations, segments: vec![resting], ..Definitions::default() };
    let catalog = Arc::new(Catalog::compile(&definitions));
    let steps = [("page_view", 0), ("purchase", 20), ("erase", 30)];
    let (_, _, effects) = engine_after(catalog, &steps);
    let lines: Vec<String> = effects.transitions.iter().map(line).collect();
    assert_eq!(lines, ["0 c entered rests event", "10 c exited rests time"]);
    let deleted: Vec<_> = effects.deleted.iter().map(|(id, segment)| (id.as_str(), &**segment)).collect();
    assert_eq!(deleted, [("c", "rests")]);
}

#[test]
fn lists_of_a_transition_say_how_much_they_leave_out() {
    let counts = (1..=120).map(|seconds| format!("count(page_view, {seconds}s) >= 1")).collect::<Vec<_>>();
    let some = "for some product_id (count(page_view) >= 1)";
    let catalog = catalog(&[&format!("{} and {some}", counts.join(" and "))]);
    let decoder = Decoder::new(catalog.interest(), &TopicRules { key_required: false, ..TopicRules::default() });
    let items = (0..130).map(|number| serde_json::json!({ "product_id": format!("p{number}") })).collect::<Vec<_>>();
    let json = serde_json::json!({
        "id": "e", "type": "page_view", "customer_id": "c", "time": START, "properties": { "items": items }
    });
    let bytes = json.to_string();
    let event = decoder.decode(&Record { value: Some(bytes.as_bytes()), ..Record::default() }).unwrap();
    let settings = Settings { dedup_millis: vec![0], grace_millis: None, forget_after: None, seed: 7 };
    let mut effects = Effects::default();
    Engine::new(catalog, &settings).apply(Input::Event { topic: 0, event }, &mut effects);
    let [transition] = &effects.transitions[..] else { panic!("one transition") };
    let value: serde_json::Value = serde_json::from_slice(&crate::wire::transition_value(transition, 1 << 20)).unwrap();
    let shown = |list: &str| (value[list].as_array().map(Vec::len), value[format!("{list}_more")].as_u64());
    assert_eq!(shown("because"), (Some(100), Some(21)));
    assert_eq!(shown("witnesses"), (Some(100), Some(30)));
}

#[test]
fn looking_further_back_than_customers_are_remembered_is_found() {
    let catalog = catalog(&[
        "count(purchase, 25mo) >= 1",
        "count(purchase, 26mo) >= 1 or count(purchase, 3y) >= 2",
        "since(last(purchase)) >= 3y",
        "since(last(purchase)) >= 800d and count(purchase) >= 1",
        "since(first(purchase)) >= 3y",
        "not (sum(purchase.total, since last(cart_add, 1100d)) > 5)",
    ]);
    let found = catalog.looks_beyond(Length::new(25, 0));
    let texts = found.iter().map(|look| (&*look.segment, look.length.to_string())).collect::<Vec<_>>();
    assert_eq!(
        texts,
        [("s1", "3y"), ("s2", "3y"), ("s3", "800d"), ("s5", "1100d")].map(|(name, length)| (name, length.to_owned()))
    );
    assert_eq!(
        found[0].to_string(),
        "`s1` looks back 3y, in `count(purchase, 3y)`, and customers are forgotten after 2y1mo: shorten it, or raise \
         `forget_after`"
    );
}
