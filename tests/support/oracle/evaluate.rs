//! The meaning of every term but comparisons and forms.

use spicchio_core::event::Value;
use spicchio_core::segment::{Declarations, Expression, Path, Term, Type};
use spicchio_core::timer::{Instant, Zone};

use super::history::Happening;
use super::quantity::{Exact, Quantity, millisecond, whole};
use super::traits::trait_value;
use crate::build::{forms, selections};

/// Everything an expression may look at.
#[derive(Clone)]
pub(super) struct Sight<'a> {
    /// The whole history of one customer, in the order of events.
    pub(super) events: &'a [Happening],
    pub(super) now: Instant,
    pub(super) declarations: &'a Declarations,
    pub(super) zone: &'a Zone,
    /// What the surrounding `for some` restricts events to.
    pub(super) only: Vec<(&'a Path, &'a Type, Value)>,
    /// The event a filter is asked about.
    pub(super) at_hand: Option<&'a Happening>,
}

impl<'a> Sight<'a> {
    /// Whether a condition holds; none does not.
    pub(super) fn holds(&self, condition: &'a Expression) -> bool {
        self.evaluate(condition) == Some(Quantity::Boolean(true))
    }

    /// The value of an expression, or none.
    pub(super) fn evaluate(&self, expression: &'a Expression) -> Option<Quantity> {
        match &expression.term {
            Term::Constant(value) => Some(value.into()),
            Term::Length(length) if length.is_calendar() => Some(Quantity::Calendar(*length)),
            Term::Length(length) => Some(Quantity::Duration(whole(length.millis()))),
            Term::If { condition, then, otherwise } => {
                self.evaluate(if self.holds(condition) { then } else { otherwise })
            }
            Term::Arithmetic(operation, left, right) => {
                self.evaluate(left)?.combined(*operation, self.evaluate(right)?)
            }
            Term::Negate(value) => self.evaluate(value).map(Quantity::negated),
            Term::Lower(text) => Some(Quantity::Text(self.text(text)?.to_lowercase())),
            Term::DateOf(instant) => Some(Quantity::Date(self.zone.date(millisecond(&self.instant(instant)?)))),
            Term::StartOf(date) => {
                let date = self.evaluate(date)?;
                let Quantity::Date(date) = date else { unreachable!("no date: {date:?}") };
                Some(Quantity::instant(self.zone.start_of(date)))
            }
            Term::Since(instant) => Some(Quantity::Duration(whole(self.now.millis()) - self.instant(instant)?)),
            Term::Until(instant) => Some(Quantity::Duration(self.instant(instant)? - whole(self.now.millis()))),
            Term::Trait(path) => trait_value(self.events, path, self.declarations).as_ref().map(Into::into),
            Term::Property(path) => self.at_hand?.property(path, self.declarations).as_ref().map(Into::into),
            Term::Form(form) => self.measure(form),
            Term::SetAt(..) | Term::Member(_) | Term::Stage(_) | Term::Score(_) => {
                unreachable!("not generated: {:?}", expression.term)
            }
            Term::And(_)
            | Term::Or(_)
            | Term::Not(_)
            | Term::Compare(..)
            | Term::Between(..)
            | Term::In { .. }
            | Term::Contains(..)
            | Term::StartsWith(..)
            | Term::EndsWith(..)
            | Term::Missing(_)
            | Term::Exists(_)
            | Term::ForSome { .. } => Some(Quantity::Boolean(self.is_true(&expression.term))),
        }
    }

    /// Whether a term that is always true or false is true.
    fn is_true(&self, term: &'a Term) -> bool {
        match term {
            Term::And(parts) => parts.iter().all(|part| self.holds(part)),
            Term::Or(parts) => parts.iter().any(|part| self.holds(part)),
            Term::Not(condition) => !self.holds(condition),
            Term::Compare(relation, left, right) => self.compare(*relation, left, right),
            Term::Between(value, low, high) => self.between(value, low, high),
            Term::In { value, list, negated } => self.is_among(value, list) != *negated,
            Term::Contains(whole, part) => self.contains(whole, part),
            Term::StartsWith(text, start) => {
                matches!((self.text(text), self.text(start)), (Some(text), Some(start)) if text.starts_with(&start))
            }
            Term::EndsWith(text, end) => {
                matches!((self.text(text), self.text(end)), (Some(text), Some(end)) if text.ends_with(&end))
            }
            Term::Missing(value) => self.evaluate(value).is_none(),
            Term::Exists(value) => self.evaluate(value).is_some(),
            Term::ForSome { property, ty, condition } => self.for_some(property, ty, condition),
            Term::Constant(_)
            | Term::Length(_)
            | Term::If { .. }
            | Term::Arithmetic(..)
            | Term::Negate(_)
            | Term::Lower(_)
            | Term::DateOf(_)
            | Term::StartOf(_)
            | Term::Since(_)
            | Term::Until(_)
            | Term::Trait(_)
            | Term::SetAt(..)
            | Term::Member(_)
            | Term::Stage(_)
            | Term::Score(_)
            | Term::Property(_)
            | Term::Form(_) => unreachable!("a value: {term:?}"),
        }
    }

    fn for_some(&self, property: &'a Path, ty: &'a Type, condition: &'a Expression) -> bool {
        let selections = forms(condition).into_iter().flat_map(selections);
        let candidates = selections.flat_map(|events| self.selected(events));
        candidates.flat_map(|event| event.values(property, ty, self.declarations)).any(|value| {
            let mut inside = self.clone();
            inside.only.push((property, ty, value));
            inside.holds(condition)
        })
    }

    /// An instant, in milliseconds since the epoch.
    pub(super) fn instant(&self, expression: &'a Expression) -> Option<Exact> {
        let value = self.evaluate(expression)?;
        let Quantity::Instant(instant) = value else { unreachable!("no instant: {value:?}") };
        Some(instant)
    }

    fn text(&self, expression: &'a Expression) -> Option<String> {
        let value = self.evaluate(expression)?;
        let Quantity::Text(text) = value else { unreachable!("no text: {value:?}") };
        Some(text)
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
