//! Conditions of one customer against what is computed directly, and `until` against what really happens.

mod calendar;
mod parts;

use std::sync::Arc;

use crate::customer::Customer;
use crate::event::{Decoder, Record, TopicRules};
use crate::replay::{Replay, settings};
use crate::segment::evaluate::{View, answer, settled};
use crate::segment::language::{Diagnostic, builtin_declarations, condition};
use crate::segment::plan::{Answer, Catalog, Condition, Rule};
use crate::segment::{Definitions, SegmentDefinition, Type};
use crate::timer::{Instant, Zone};

/// The customer all histories are about.
const CUSTOMER: &str = "c-1";

/// One customer and one condition.
struct Subject {
    catalog: Arc<Catalog>,
    customer: Customer,
}

impl Subject {
    /// After events `{"type": .., "time": .., "properties": ..}`, in the order of their times.
    fn new(text: &str, zone: &str, events: &[String]) -> Self {
        Self::read(text, zone, events).unwrap_or_else(|mistakes| panic!("{text}: {mistakes:#?}"))
    }

    fn read(text: &str, zone: &str, events: &[String]) -> Result<Self, Vec<Diagnostic>> {
        let zone = Zone::named(zone).unwrap();
        let mut declarations = builtin_declarations();
        for (name, ty) in
            [("birthday", Type::Date), ("ends", Type::Instant), ("home", Type::Point), ("office", Type::Point)]
        {
            declarations.traits.insert(vec![name.into()], ty);
        }
        declarations.traits.insert(vec!["interests".into()], Type::List);
        let segment = SegmentDefinition {
            name: "s".into(),
            description: None,
            condition: condition(text, &mut declarations, &zone)?,
            latch: None,
            grace_millis: 0,
            attach: Vec::new(),
            labels: std::collections::BTreeMap::new(),
            zone,
        };
        let catalog = Arc::new(Catalog::compile(&Definitions {
            declarations,
            segments: vec![segment],
            ..Definitions::default()
        }));
        let decoder = Decoder::new(catalog.interest(), &TopicRules { key_required: false, ..TopicRules::default() });
        let mut replay = Replay::new(Arc::clone(&catalog), &settings(None));
        for event in events {
            let json = event.replacen('{', &format!("{{\"customer_id\":\"{CUSTOMER}\","), 1);
            let record = Record { value: Some(json.as_bytes()), ..Record::default() };
            replay.event(0, decoder.decode(&record).unwrap(), drop);
        }
        replay.finish(Instant::MIN, drop);
        let customer = replay.table().read(CUSTOMER, Customer::clone).unwrap_or_default();
        Ok(Self { catalog, customer })
    }

    fn at(&self, now: Instant) -> Answer {
        answer(self.condition(), &self.view(now))
    }

    /// When the answer at `now` really changes; nothing where that is not found in so many steps.
    fn changes(&self, now: Instant) -> Option<Instant> {
        let (answer, is_bound) = settled(self.condition(), &self.view(now));
        (!is_bound).then_some(answer.until)
    }

    fn condition(&self) -> &Condition {
        let Rule::Holds(condition) = &self.catalog.segments()[0].rule else { panic!("a segment of one condition") };
        condition
    }

    fn view(&self, now: Instant) -> View<'_> {
        View::of(CUSTOMER, &self.customer, now)
    }
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn event(kind: &str, time: &str, properties: &str) -> String {
    format!("{{\"type\":\"{kind}\",\"time\":\"{time}\",\"properties\":{{{properties}}}}}")
}
