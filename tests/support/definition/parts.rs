//! Taking a condition apart: its operands, and what its forms read.

use super::{Events, Expression, Form, Term, Window};

impl Expression {
    /// The expressions it is made of, in the order of its text; not the filters of events, nor what is asked of items.
    pub fn parts(&self) -> Vec<&Self> {
        match &self.term {
            Term::Constant(_)
            | Term::Length(_)
            | Term::Kilometres(_)
            | Term::Clock(_)
            | Term::Bucket(..)
            | Term::Trait(_)
            | Term::Held(..)
            | Term::Property(_)
            | Term::Refunded
            | Term::Member(_)
            | Term::Stage(_)
            | Term::Score(_)
            | Term::Form(_) => Vec::new(),
            Term::And(parts) | Term::Or(parts) => parts.iter().collect(),
            Term::If { condition, then, otherwise } => vec![condition, then, otherwise],
            Term::Between(value, low, high) => vec![value, low, high],
            Term::In { value, list, .. } => std::iter::once(&**value).chain(list).collect(),
            Term::Compare(_, left, right)
            | Term::Contains(left, right)
            | Term::StartsWith(left, right)
            | Term::EndsWith(left, right)
            | Term::Distance(left, right)
            | Term::Arithmetic(_, left, right) => vec![left, right],
            Term::Not(part)
            | Term::During(part, _)
            | Term::Matches(part, _)
            | Term::Missing(part)
            | Term::Exists(part)
            | Term::Negate(part)
            | Term::Lower(part)
            | Term::DateOf(part)
            | Term::StartOf(part)
            | Term::Since(part)
            | Term::Until(part)
            | Term::DaysUntil(part)
            | Term::Age(part)
            | Term::Anniversary(part)
            | Term::SomeItem(part, _)
            | Term::ForSome { condition: part, .. } => vec![part],
        }
    }

    /// The same, to be changed.
    pub fn parts_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.term {
            Term::Constant(_)
            | Term::Length(_)
            | Term::Kilometres(_)
            | Term::Clock(_)
            | Term::Bucket(..)
            | Term::Trait(_)
            | Term::Held(..)
            | Term::Property(_)
            | Term::Refunded
            | Term::Member(_)
            | Term::Stage(_)
            | Term::Score(_)
            | Term::Form(_) => Vec::new(),
            Term::And(parts) | Term::Or(parts) => parts.iter_mut().collect(),
            Term::If { condition, then, otherwise } => vec![condition, then, otherwise],
            Term::Between(value, low, high) => vec![value, low, high],
            Term::In { value, list, .. } => std::iter::once(&mut **value).chain(list).collect(),
            Term::Compare(_, left, right)
            | Term::Contains(left, right)
            | Term::StartsWith(left, right)
            | Term::EndsWith(left, right)
            | Term::Distance(left, right)
            | Term::Arithmetic(_, left, right) => vec![left, right],
            Term::Not(part)
            | Term::During(part, _)
            | Term::Matches(part, _)
            | Term::Missing(part)
            | Term::Exists(part)
            | Term::Negate(part)
            | Term::Lower(part)
            | Term::DateOf(part)
            | Term::StartOf(part)
            | Term::Since(part)
            | Term::Until(part)
            | Term::DaysUntil(part)
            | Term::Age(part)
            | Term::Anniversary(part)
            | Term::SomeItem(part, _)
            | Term::ForSome { condition: part, .. } => vec![part],
        }
    }
}

impl Form {
    /// The events that a form selects, those that open its window after its own.
    pub fn selections(&self) -> Vec<&Events> {
        let mut selections = match self {
            Self::Count(events, _)
            | Self::Days(events, _)
            | Self::Moment(_, events, _, _)
            | Self::Visits(events, _, _)
            | Self::TimeSpent(events, _, _) => vec![events],
            Self::Sum(column, _)
            | Self::Average(column, _)
            | Self::Minimum(column, _)
            | Self::Maximum(column, _)
            | Self::Distinct(column, _)
            | Self::Values(column, _)
            | Self::Top(column, _, _)
            | Self::Net(column, _)
            | Self::Pick(_, column, _, _) => vec![&column.events],
            Self::Sequence { first, steps, .. } => {
                std::iter::once(first).chain(steps.iter().map(|step| &step.events)).collect()
            }
        };
        let mut window = self.window();
        while let Window::After(_, events, _, inner) = window {
            selections.push(events);
            window = inner;
        }
        selections
    }

    /// The same events, to be changed.
    pub fn selections_mut(&mut self) -> Vec<&mut Events> {
        let (mut selections, mut window) = match self {
            Self::Count(events, window)
            | Self::Days(events, window)
            | Self::Moment(_, events, _, window)
            | Self::Visits(events, _, window)
            | Self::TimeSpent(events, _, window) => (vec![events], window),
            Self::Sum(column, window)
            | Self::Average(column, window)
            | Self::Minimum(column, window)
            | Self::Maximum(column, window)
            | Self::Distinct(column, window)
            | Self::Values(column, window)
            | Self::Top(column, _, window)
            | Self::Net(column, window)
            | Self::Pick(_, column, _, window) => (vec![&mut column.events], window),
            Self::Sequence { first, steps, window, .. } => {
                (std::iter::once(first).chain(steps.iter_mut().map(|step| &mut step.events)).collect(), window)
            }
        };
        while let Window::After(_, events, _, inner) = window {
            selections.push(events);
            window = inner;
        }
        selections
    }
}
