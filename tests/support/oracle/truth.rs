//! Which conditions hold, comparisons aside.

use std::cell::RefCell;
use std::collections::BTreeMap;

use regex::Regex;
use spicchio_core::event::Value;

use super::calendar;
use super::evaluate::Sight;
use super::quantity::{Quantity, whole};
use super::traits::trait_json;
use crate::build::forms;
use crate::definition::{Expression, Form, Path, Period, Term, Type};
use crate::given::Json;

impl<'a> Sight<'a> {
    /// Whether a term that is always true or false is true.
    pub(super) fn is_true(&self, term: &'a Term) -> bool {
        match term {
            Term::And(parts) => parts.iter().all(|part| self.holds(part)),
            Term::Or(parts) => parts.iter().any(|part| self.holds(part)),
            Term::Not(condition) => !self.holds(condition),
            Term::Compare(relation, left, right) => self.compare(*relation, left, right),
            Term::Between(value, low, high) => self.between(value, low, high),
            Term::In { value, list, negated } => self.is_among(value, list) != *negated,
            Term::During(instant, period) => self.lies_in(instant, *period),
            Term::Contains(whole, part) => self.contains(whole, part),
            Term::StartsWith(text, start) => {
                matches!((self.text(text), self.text(start)), (Some(text), Some(start)) if text.starts_with(&start))
            }
            Term::EndsWith(text, end) => {
                matches!((self.text(text), self.text(end)), (Some(text), Some(end)) if text.ends_with(&end))
            }
            Term::Matches(text, pattern) => self.text(text).is_some_and(|text| is_match(pattern, &text)),
            Term::Missing(value) => self.evaluate(value).is_none(),
            Term::Exists(value) => self.evaluate(value).is_some(),
            Term::Refunded => self.at_hand.is_some_and(|purchase| self.is_refunded(purchase)),
            Term::SomeItem(list, condition) => self.some_item(list, condition),
            Term::Member(name) => self.standing.member(name),
            Term::ForSome { property, ty, condition } => self.for_some(property, ty, condition),
            Term::Constant(_)
            | Term::Length(_)
            | Term::Kilometres(_)
            | Term::If { .. }
            | Term::Arithmetic(..)
            | Term::Negate(_)
            | Term::Lower(_)
            | Term::DateOf(_)
            | Term::StartOf(_)
            | Term::Since(_)
            | Term::Until(_)
            | Term::DaysUntil(_)
            | Term::Age(_)
            | Term::Anniversary(_)
            | Term::Clock(_)
            | Term::Bucket(..)
            | Term::Distance(..)
            | Term::Trait(_)
            | Term::Held(..)
            | Term::Property(_)
            | Term::Stage(_)
            | Term::Score(_)
            | Term::Form(_) => unreachable!("a value: {term:?}"),
        }
    }

    fn for_some(&self, property: &'a Path, ty: &'a Type, condition: &'a Expression) -> bool {
        let selections = forms(condition).into_iter().flat_map(Form::selections);
        let candidates = selections.flat_map(|events| self.selected(events));
        candidates.flat_map(|event| event.values(property, ty, self.declarations)).any(|value| {
            let mut inside = self.clone();
            inside.only.push((property, ty, value));
            inside.holds(condition)
        })
    }

    /// Whether one item of a list, a trait or a property of the event at hand, meets a condition on its own fields.
    fn some_item(&self, list: &'a Expression, condition: &'a Expression) -> bool {
        let list = if let Term::Trait(path) = &list.term {
            trait_json(self.events, path, self.declarations)
        } else {
            let Term::Property(path) = &list.term else { unreachable!("no list: {list:?}") };
            self.at_hand.and_then(|event| event.json(path).cloned())
        };
        let Some(Json::List(items)) = list else { return false };
        items.into_iter().any(|item| Self { item: Some(item), ..self.clone() }.holds(condition))
    }

    fn lies_in(&self, instant: &'a Expression, period: Period) -> bool {
        let Some(instant) = self.instant(instant) else { return false };
        let (start, end) = calendar::bounds(period, self.now, self.zone);
        whole(start.millis()) <= instant && instant < whole(end.millis())
    }

    fn is_among(&self, value: &'a Expression, list: &'a [Expression]) -> bool {
        let Some(value) = self.evaluate(value) else { return false };
        list.iter().any(|item| self.evaluate(item) == Some(value.clone()))
    }

    fn contains(&self, whole: &'a Expression, part: &'a Expression) -> bool {
        match (self.evaluate(whole), self.evaluate(part)) {
            (Some(Quantity::Text(whole)), Some(Quantity::Text(part))) => whole.contains(&part),
            (Some(Quantity::Whole(Value::List(items))), Some(part)) => {
                items.iter().any(|item| Quantity::from(item) == part)
            }
            (None, _) | (_, None) => false,
            (whole, part) => unreachable!("contains nothing: {whole:?} {part:?}"),
        }
    }
}

/// Patterns are few, and slow to compile: each thread compiles each of them once.
fn is_match(pattern: &str, text: &str) -> bool {
    thread_local! {
        static COMPILED: RefCell<BTreeMap<String, Regex>> = const { RefCell::new(BTreeMap::new()) };
    }
    COMPILED.with_borrow_mut(|compiled| {
        let compiled = compiled.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).expect("a pattern"));
        compiled.is_match(text)
    })
}
