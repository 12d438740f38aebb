//! What the examples show: in the tests of every file somebody enters by an event, enters by time, leaves by an event
//! and leaves by time, and moves on a ladder either way; every segment is entered and left, every stage of a ladder
//! reached; and each of them has a sentence for people.

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

/// Every segment is entered and left, and of a ladder every stage is reached, in the tests of its file.
fn every_place_is_reached(loaded: &Loaded, happened: &[Transition], file: &str) {
    for segment in loaded.catalog.segments() {
        let of_it = || happened.iter().filter(|transition| transition.segment == segment.name);
        if segment.stages().is_empty() {
            for change in [Change::Entered, Change::Exited] {
                let shown = of_it().any(|transition| transition.change == change);
                assert!(shown, "{file}: no test shows how somebody {} {}", change.as_str(), segment.name);
            }
        }
        for stage in segment.stages() {
            let shown = of_it().filter_map(|t| t.moved.as_ref()).any(|moved| moved.to.as_ref() == Some(stage));
            assert!(shown, "{file}: no test shows how somebody comes to {stage} of {}", segment.name);
        }
    }
}

#[test]
fn every_example_shows_both_ways_in_and_both_ways_out() {
    for loaded in Loaded::each("schemas/examples/segments") {
        let happened = transitions(&loaded);
        let file = loaded.place(&loaded.scenarios[0]);
        let has = |ladder: bool| loaded.catalog.segments().iter().any(|s| s.stages().is_empty() != ladder);
        let changes = [(Change::Entered, has(false)), (Change::Exited, has(false)), (Change::Moved, has(true))];
        for (change, _) in changes.into_iter().filter(|(_, occurs)| *occurs) {
            for cause in [Cause::Event, Cause::Time] {
                let shown = happened.iter().any(|t| (t.change, t.cause) == (change, cause));
                assert!(shown, "{file}: no test shows {} by {}", change.as_str(), cause.as_str());
            }
        }
        every_place_is_reached(&loaded, &happened, &file);
        for segment in loaded.catalog.segments() {
            let sentence = segment.description.as_deref().unwrap_or_default();
            assert!(sentence.len() > 20 && sentence.ends_with('.'), "{}: `{sentence}` is no sentence", segment.name);
        }
    }
}
