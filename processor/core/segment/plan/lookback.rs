//! How far back segments look, beside how long a customer is remembered.
//!
//! A customer of whom nothing is heard for `forget_after` ceases to exist. A window that is longer would promise what
//! is no longer there, and so would a comparison with the time since a last event: whoever is silent that long is gone
//! first. The time since a *first* event may be longer, for customers who stay active.

use std::fmt;
use std::sync::Arc;

use super::catalog::Catalog;
use super::measure::{Measure, Reading, Span};
use super::node::{Condition, Leaf, Operand, Test};
use crate::segment::Nth;
use crate::timer::{Instant, Length, Zone};

/// A segment that looks further back than a customer is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookback {
    /// The name of the segment or ladder.
    pub segment: Arc<str>,
    /// The form or comparison.
    pub text: Arc<str>,
    /// How far it looks back.
    pub length: Length,
    /// How long a customer is remembered.
    pub forget_after: Length,
}

/// What is wrong, and what to do about it.
impl fmt::Display for Lookback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { segment, text, length, forget_after } = self;
        write!(
            f,
            "`{segment}` looks back {length}, in `{text}`, and customers are forgotten after {forget_after}: \
             shorten it, or raise `forget_after`"
        )
    }
}

impl Catalog {
    /// For each segment that looks back further than `forget_after`, where it looks furthest.
    pub fn looks_beyond(&self, forget_after: Length) -> Vec<Lookback> {
        let beyond = |segment: &super::CompiledSegment| {
            let mut looks = Vec::new();
            for condition in segment.rule.conditions() {
                of_condition(condition, &mut looks);
            }
            for (_, operand, _) in &segment.attach {
                of_operand(operand, &mut looks);
            }
            let furthest = looks.into_iter().filter(|(length, _)| is_longer(*length, forget_after));
            let (length, text) = furthest.max_by_key(|(length, _)| length.millis_at_most())?;
            Some(Lookback { segment: Arc::clone(&segment.name), text: Arc::clone(text), length, forget_after })
        };
        self.segments().iter().filter_map(beyond).collect()
    }
}

/// Whether there is a month, from the first or the last day of which the one length takes longer than the other.
fn is_longer(one: Length, other: Length) -> bool {
    /// Four years of months, a leap year among them.
    const MONTHS: i32 = 48;
    /// 2024-01-01T00:00:00Z.
    const START: Instant = Instant::from_millis(1_704_067_200_000);
    let firsts = (0..MONTHS).map(|months| Length::new(months, 0).after(START, &Zone::UTC));
    let starts = firsts.flat_map(|first| [first, first.plus(-1)]);
    starts.into_iter().any(|start| one.after(start, &Zone::UTC) > other.after(start, &Zone::UTC))
}

type Looks<'a> = Vec<(Length, &'a Arc<str>)>;

fn of_condition<'a>(condition: &'a Condition, found: &mut Looks<'a>) {
    match condition {
        Condition::Constant(_) => {}
        Condition::And(parts) | Condition::Or(parts) => {
            for part in parts {
                of_condition(part, found);
            }
        }
        Condition::Not(inner) => of_condition(inner, found),
        Condition::If(parts) => {
            for part in &**parts {
                of_condition(part, found);
            }
        }
        Condition::Leaf(leaf) => of_leaf(leaf, found),
    }
}

fn of_leaf<'a>(leaf: &'a Leaf, found: &mut Looks<'a>) {
    match &leaf.test {
        Test::Reach { measure, .. } => of_measure(measure, found),
        Test::Order(_, left, right) => {
            of_measure(left, found);
            of_measure(right, found);
        }
        Test::Compare(_, left, right) => {
            match (left, right) {
                (Operand::Since(instant), Operand::Millis(millis))
                | (Operand::Millis(millis), Operand::Since(instant))
                    if is_last(instant) =>
                {
                    found.push((Length::fixed(*millis), &leaf.text));
                }
                (_, _) => {}
            }
            of_operand(left, found);
            of_operand(right, found);
        }
        Test::Distance { instant, ahead, length, .. } => {
            if !ahead && is_last(instant) {
                found.push((length.length, &leaf.text));
            }
            of_operand(instant, found);
        }
        Test::Contains(left, right) | Test::StartsWith(left, right) | Test::EndsWith(left, right) => {
            of_operand(left, found);
            of_operand(right, found);
        }
        Test::In(operand, ..)
        | Test::Missing(operand, _)
        | Test::Truth(operand)
        | Test::Matches(operand, _)
        | Test::Period(operand, ..) => of_operand(operand, found),
        Test::Some(operand, condition) => {
            of_operand(operand, found);
            of_condition(condition, found);
        }
        Test::Sequence(sequence) => {
            of_measure(&sequence.first, found);
            of_measure(&sequence.second, found);
        }
        Test::ForSome { condition, .. } => of_condition(condition, found),
        Test::Chain(chain) => {
            for measure in chain.happening() {
                of_measure(measure, found);
            }
            if let Span::Last { from, .. } = &chain.span {
                found.push((from.at_most(), &leaf.text));
            }
        }
        // What the other segment looks back is said of that one.
        Test::Member(_) => {}
    }
}

fn is_last(operand: &Operand) -> bool {
    matches!(operand, Operand::Measure(measure) if matches!(measure.reading, Reading::Moment(Nth::LAST)))
}

fn of_operand<'a>(operand: &'a Operand, found: &mut Looks<'a>) {
    match operand {
        Operand::Constant(_)
        | Operand::Millis(_)
        | Operand::Trait(_)
        | Operand::SetAt(_)
        | Operand::Property(_)
        | Operand::Metres(_)
        | Operand::Item(..)
        | Operand::Bucket(..)
        | Operand::Clock(..) => {}
        Operand::Measure(measure) => of_measure(measure, found),
        Operand::Arithmetic(_, left, right) | Operand::Distance(left, right) => {
            of_operand(left, found);
            of_operand(right, found);
        }
        Operand::Negate(inner)
        | Operand::Lower(inner)
        | Operand::DateOf(inner, _)
        | Operand::StartOf(inner, _)
        | Operand::Age(inner, _)
        | Operand::DaysUntil(inner, _)
        | Operand::Anniversary(inner, _)
        | Operand::Since(inner)
        | Operand::Until(inner) => of_operand(inner, found),
        Operand::If(condition, then, otherwise) => {
            of_condition(condition, found);
            of_operand(then, found);
            of_operand(otherwise, found);
        }
        Operand::Condition(condition) => of_condition(condition, found),
    }
}

fn of_measure<'a>(measure: &'a Measure, found: &mut Looks<'a>) {
    match &measure.span {
        Span::Whole => {}
        Span::Last { from, .. } => found.push((from.at_most(), &measure.text)),
        Span::After(anchor) => of_measure(anchor, found),
    }
}
