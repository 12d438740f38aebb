//! What the examples show: in the tests of every file somebody enters by an event, enters by time, leaves by an event
//! and leaves by time; every segment is entered and left; and every segment has a sentence for people.

use std::collections::BTreeSet;
use std::sync::Arc;

use spicchio_core::event::{Decoder, Event, Record, TopicRules};
use spicchio_core::replay::{Replay, settings};
use spicchio_core::segment::language::Scenario;
use spicchio_core::transition::{Cause, Change, Transition};

use crate::files::Loaded;

/// Everything that happens in the tests of a file.
fn transitions(loaded: &Loaded) -> Vec<Transition> {
    let mut all = Vec::new();
    for scenario in &loaded.scenarios {
        let mut replay = Replay::new(Arc::clone(&loaded.catalog), &settings(None));
        for event in events(loaded, scenario) {
            replay.event(0, event, |transition| all.push(transition));
        }
        if let Some(until) = scenario.until {
            replay.finish(until, |transition| all.push(transition));
        }
    }
    all
}

fn events(loaded: &Loaded, scenario: &Scenario) -> Vec<Event> {
    let rules =
        TopicRules { max_ahead_millis: None, max_late_millis: None, key_required: false, ..TopicRules::default() };
    let decoder = Decoder::new(loaded.catalog.interest(), &rules);
    let events = scenario.given.iter().map(|given| {
        let record = serde_json::json!({
            "id": given.id,
            "type": given.kind.as_str(),
            "customer_id": given.customer.as_str(),
            "time": given.at.to_string(),
            "properties": given.properties,
        });
        let value = record.to_string();
        decoder.decode(&Record { value: Some(value.as_bytes()), ..Record::default() }).expect("a test's event is valid")
    });
    events.collect()
}

#[test]
fn every_example_shows_both_ways_in_and_both_ways_out() {
    let all: BTreeSet<_> = [Change::Entered, Change::Exited]
        .into_iter()
        .flat_map(|change| [Cause::Event, Cause::Time].map(|cause| (change, cause)))
        .collect();
    for loaded in Loaded::each("schemas/examples/segments") {
        let happened = transitions(&loaded);
        let shown: BTreeSet<_> = happened.iter().map(|transition| (transition.change, transition.cause)).collect();
        let file = loaded.place(&loaded.scenarios[0]);
        let missing: Vec<_> = all.difference(&shown).collect();
        assert!(missing.is_empty(), "{file}: no test shows {missing:?}");
        for segment in loaded.catalog.segments() {
            for change in [Change::Entered, Change::Exited] {
                let shown = happened.iter().any(|t| t.segment == segment.name && t.change == change);
                assert!(shown, "{file}: no test shows how somebody {} {}", change.as_str(), segment.name);
            }
            let sentence = segment.description.as_deref().unwrap_or_default();
            assert!(sentence.len() > 20 && sentence.ends_with('.'), "{}: `{sentence}` is no sentence", segment.name);
        }
    }
}
