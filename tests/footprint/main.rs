//! The bytes that `check --explain-cost` names against those that the allocator hands out.
#![expect(clippy::panic, reason = "what is written here is legal and well-formed")]

use std::alloc::System;
use std::sync::Arc;

use spicchio_core::engine::{Effects, Engine, Input};
use spicchio_core::event::{Decoder, Event, Record, TopicRules};
use spicchio_core::feature::customer_bytes;
use spicchio_core::replay::settings;
use spicchio_core::segment::{Catalog, language};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many customers share what the table and the timers take at once.
const CUSTOMERS: usize = 2_000;

/// Events of every customer.
const EVENTS: [usize; 3] = [1, 4, 30];

fn catalog(condition: &str) -> Arc<Catalog> {
    let text = format!("segments:\n  - segment: s\n    when: '{condition}'\n");
    let loaded = language::load(&[language::Source { name: "s.yaml".to_owned(), text }]);
    Arc::new(Catalog::compile(&loaded.unwrap_or_else(|mistakes| panic!("{mistakes:?}")).definitions))
}

/// The bytes that stay allocated for one customer after it had so many events.
fn measured(catalog: &Arc<Catalog>, each: usize) -> usize {
    let rules =
        TopicRules { key_required: false, max_ahead_millis: None, max_late_millis: None, ..TopicRules::default() };
    let decoder = Decoder::new(catalog.interest(), &rules);
    let region = Region::new(ALLOCATOR);
    let mut engine = Engine::new(Arc::clone(catalog), &settings(None));
    let mut effects = Effects::default();
    for number in 0..each * CUSTOMERS {
        engine.apply(Input::Event { topic: 0, event: event(&decoder, number) }, &mut effects);
        effects.transitions.clear();
    }
    drop(effects);
    let change = region.change();
    assert_eq!(engine.table().len(), CUSTOMERS);
    change.bytes_allocated.saturating_sub(change.bytes_deallocated) / CUSTOMERS
}

/// Round by round, every customer has one purchase.
fn event(decoder: &Decoder, number: usize) -> Event {
    let (round, customer) = (number / CUSTOMERS, number % CUSTOMERS);
    let properties = serde_json::json!({"total": 100 - round, "product_id": format!("p{round}")});
    let line = serde_json::json!({
        "type": "purchase", "customer_id": format!("customer-{customer:07}"),
        "time": 1_767_225_600_000_u64 + number as u64, "properties": properties,
    });
    let line = line.to_string();
    let record = Record { value: Some(line.as_bytes()), ..Record::default() };
    decoder.decode(&record).unwrap_or_else(|rejection| panic!("{rejection}"))
}

#[test]
fn what_is_named_is_what_is_allocated() {
    for condition in [
        "count(purchase) >= 1000000",
        "count(purchase, 3650d) >= 1000",
        "sum(purchase.total, 3650d) > 1000000",
        "max(purchase.total, 3650d) > 1000000",
        "distinct(purchase.product_id, 3650d) >= 150",
        "last(purchase.total) == 7",
        "for some product_id (count(purchase) >= 1000)",
    ] {
        let catalog = catalog(condition);
        for each in EVENTS {
            let inner = catalog.groups().first().map_or(&[][..], Vec::as_slice);
            let features: usize = catalog.features().iter().map(|feature| feature.fold.bytes(each, inner)).sum();
            let (said, measured) = (customer_bytes("customer-0000000".len()) + features, measured(&catalog, each));
            assert!(
                measured >= said / 2 && measured <= 2 * said + 64,
                "{condition}, {each} events: {said} bytes said, {measured} measured"
            );
        }
    }
}
