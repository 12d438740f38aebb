//! Comparisons: none, never, and calendar lengths.

use std::cmp::Ordering;

use crate::definition::{Expression, Form, Relation, Term};
use spicchio_core::timer::{Instant, Length};

use super::evaluate::Sight;
use super::form::end;
use super::history::Happening;
use super::quantity::{Exact, Quantity, millisecond, whole};
use super::traits::set_at;

impl<'a> Sight<'a> {
    /// `left relation right`.
    pub(super) fn compare(&self, relation: Relation, left: &'a Expression, right: &'a Expression) -> bool {
        if is_moment(left) && is_moment(right) {
            // `Option` puts nothing before everything, which is what never is.
            let (left, right) = (self.moment(left), self.moment(right));
            return admits(relation, left.map(Happening::place).cmp(&right.map(Happening::place)));
        }
        self.order(left, right).map_or(relation == Relation::Unequal, |order| admits(relation, order))
    }

    /// The event that an operand `first(E)` or `last(E)` means, or never.
    fn moment(&self, operand: &'a Expression) -> Option<&'a Happening> {
        let Term::Form(Form::Moment(side, events, nth, window)) = &operand.term else { return None };
        end(*side, *nth, self.inside(events, window))
    }

    /// `value between low and high`.
    pub(super) fn between(&self, value: &'a Expression, low: &'a Expression, high: &'a Expression) -> bool {
        self.compare(Relation::AtLeast, value, low) && self.compare(Relation::AtMost, value, high)
    }

    /// How two operands compare; nothing where one is none.
    fn order(&self, left: &'a Expression, right: &'a Expression) -> Option<Ordering> {
        match (self.evaluate(left)?, self.evaluate(right)?) {
            (_, Quantity::Calendar(length)) => self.against(left, length),
            (Quantity::Calendar(length), _) => self.against(right, length).map(Ordering::reverse),
            (left, right) => Some(left.order(&right)),
        }
    }

    /// How `since(I)`, `until(I)` or `held(..)` compares with a calendar length, by where the calendar puts that length
    /// from the instant.
    fn against(&self, span: &'a Expression, length: Length) -> Option<Ordering> {
        let now = whole(self.now.millis());
        if let Term::Since(instant) = &span.term {
            let end = moved(&self.instant(instant)?, |start| length.after(start, self.zone));
            return Some(now.cmp(&end));
        }
        if let Term::Until(instant) = &span.term {
            let start = moved(&self.instant(instant)?, |end| length.before(end, self.zone));
            return Some(start.cmp(&now));
        }
        if let Term::Held(path, ty) = &span.term {
            let end = length.after(set_at(self.events, path, ty, self.declarations)?, self.zone);
            return Some(now.cmp(&whole(end.millis())));
        }
        let Term::If { condition, then, otherwise } = &span.term else {
            unreachable!("a calendar length beside {span:?}")
        };
        self.against(if self.holds(condition) { then } else { otherwise }, length)
    }
}

/// A calendar moves whole milliseconds; what is beyond one stays beyond it.
fn moved(instant: &Exact, by: impl Fn(Instant) -> Instant) -> Exact {
    let start = millisecond(instant);
    whole(by(start).millis()) + (instant - whole(start.millis()))
}

fn is_moment(operand: &Expression) -> bool {
    matches!(operand.term, Term::Form(Form::Moment(..)))
}

fn admits(relation: Relation, order: Ordering) -> bool {
    match relation {
        Relation::Equal => order.is_eq(),
        Relation::Unequal => order.is_ne(),
        Relation::Less => order.is_lt(),
        Relation::AtMost => order.is_le(),
        Relation::Greater => order.is_gt(),
        Relation::AtLeast => order.is_ge(),
    }
}
