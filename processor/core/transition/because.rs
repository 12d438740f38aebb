//! Which conditions decided a transition, with the values and the kept events behind them.
//!
//! A condition decided when the answer rests on it (all parts of an `and` that holds, the failing parts of one that
//! fails, and so on) and when it is what changed: for time, it answered otherwise a millisecond before; for an event,
//! it reads what the event was folded into. Where nothing of that kind is found, all conditions the answer rests on
//! count.

use std::sync::Arc;

use smallvec::SmallVec;

use super::{Because, Evidence, Shown};
use crate::customer::Place;
use crate::event::{Identity, Value};
use crate::feature::{Fold, Item, State};
use crate::segment::evaluate::{Datum, View, answer, in_window, test, value, witnesses};
use crate::segment::plan::{Catalog, Condition, Leaf, Mask, Measure, Operand, Test};

/// What changed.
#[derive(Clone, Copy, Debug)]
pub enum Changed<'a> {
    /// Time moved on to now.
    Time,
    /// An event was folded into these features.
    Features(&'a Mask),
    /// Neither: definitions, history.
    Nothing,
}

/// Everything that explains an answer.
#[derive(Debug, Default)]
pub struct Reasons {
    /// The conditions.
    pub because: Vec<Because>,
    /// How many more conditions there are.
    pub because_more: u64,
    /// The events behind them, newest first.
    pub evidence: Vec<Evidence>,
    /// How many more events there are.
    pub evidence_more: u64,
    /// The values for which a `for some` holds.
    pub witnesses: Vec<(Arc<str>, Value)>,
    /// How many more values there are.
    pub witnesses_more: u64,
    /// Whether a list they read was full.
    pub truncated: bool,
}

/// Few conditions and events stand behind most transitions: these lists mostly need no memory of their own.
type Leaves<'a> = SmallVec<[&'a Leaf; 8]>;
type Items<'a> = SmallVec<[Item<'a>; 8]>;
type Measures<'a> = SmallVec<[(&'a Measure, View<'a>); 2]>;

/// The most entries of each list in a payload.
pub const LISTED_MAX: usize = 100;

/// Why `condition` answers as it does at the view's now.
pub fn reasons(catalog: &Catalog, condition: &Condition, view: &View<'_>, changed: Changed<'_>) -> Reasons {
    let mut decisive = Leaves::new();
    collect(condition, answer(condition, view).holds, view, &mut decisive);
    let flipped: Leaves<'_> = decisive.iter().copied().filter(|leaf| is_change(leaf, view, changed)).collect();
    let mut reasons = Reasons::default();
    let mut items = Items::new();
    for leaf in if flipped.is_empty() { &decisive } else { &flipped } {
        if reasons.because.len() < LISTED_MAX {
            reasons.because.push(because(catalog, leaf, view));
        } else {
            reasons.because_more += 1;
        }
        if let Test::ForSome { feature, property, condition } = &leaf.test {
            let values = witnesses(*feature, condition, view);
            reasons.witnesses.extend(values.into_iter().map(|value| (Arc::clone(property), value.clone())));
        }
        for (measure, scope) in leaf_measures(leaf, view) {
            reasons.truncated |= is_truncated(measure, &scope);
            items.extend(in_window(measure, &scope));
        }
    }
    reasons.witnesses_more = beyond(reasons.witnesses.len());
    reasons.witnesses.truncate(LISTED_MAX);
    (reasons.evidence, reasons.evidence_more) = listed(catalog, items);
    reasons
}

/// Whether a list behind a measure was full.
fn is_truncated(measure: &Measure, view: &View<'_>) -> bool {
    let refunds = measure.refunds.as_ref().and_then(|refunds| view.customer.state(refunds.feature));
    view.scope.state(measure.feature).into_iter().chain(refunds).any(State::truncated)
}

/// The kept events behind a leaf, newest first, and how many more.
pub fn evidence_of(catalog: &Catalog, leaf: &Leaf, view: &View<'_>) -> (Vec<Evidence>, u64) {
    let measures = leaf_measures(leaf, view);
    listed(catalog, measures.iter().flat_map(|(measure, scope)| in_window(measure, scope)).collect())
}

fn listed(catalog: &Catalog, mut items: Items<'_>) -> (Vec<Evidence>, u64) {
    items.sort_unstable_by(|a, b| (b.moment, b.identity).cmp(&(a.moment, a.identity)));
    items.dedup_by(|a, b| a.moment == b.moment && a.identity == b.identity);
    let more = beyond(items.len());
    let listed = items
        .iter()
        .take(LISTED_MAX)
        .map(|item| Evidence {
            kind: catalog.kind_name(item.moment.rank()).cloned().unwrap_or_else(|| Evidence::UNDECLARED.into()),
            time: item.moment.time(),
            id: item.identity.and_then(Identity::id).map(Into::into),
        })
        .collect();
    (listed, more)
}

/// How many entries of so many are not listed.
fn beyond(entries: usize) -> u64 {
    u64::try_from(entries.saturating_sub(LISTED_MAX)).unwrap_or(u64::MAX)
}

/// The leaves on which the answer rests, which is `holds`.
fn collect<'a>(condition: &'a Condition, holds: bool, view: &View<'_>, found: &mut Leaves<'a>) {
    match condition {
        Condition::Constant(_) => {}
        Condition::Not(inner) => collect(inner, !holds, view, found),
        Condition::And(parts) | Condition::Or(parts) => {
            for part in parts {
                if answer(part, view).holds == holds {
                    collect(part, holds, view, found);
                }
            }
        }
        Condition::If(branches) => {
            let [condition, then, otherwise] = &**branches;
            let decided = answer(condition, view).holds;
            collect(condition, decided, view, found);
            collect(if decided { then } else { otherwise }, holds, view, found);
        }
        Condition::Leaf(leaf) => found.push(leaf),
    }
}

fn is_change(leaf: &Leaf, view: &View<'_>, changed: Changed<'_>) -> bool {
    match changed {
        Changed::Time => test(&leaf.test, view).holds != test(&leaf.test, &view.at(view.now.plus(-1))).holds,
        Changed::Features(features) => leaf.features.iter().any(|feature| features.contains(*feature)),
        Changed::Nothing => false,
    }
}

fn because(catalog: &Catalog, leaf: &Leaf, view: &View<'_>) -> Because {
    let shown = match &leaf.shown {
        Some((operand, ty)) => value(operand, view).0.shown(ty, view.now),
        None => Some(Shown::Value(Value::Boolean(test(&leaf.test, view).holds))),
    };
    let measure = leaf
        .shown
        .as_ref()
        .and_then(|(operand, _)| if let Operand::Measure(measure) = operand { Some(measure) } else { None });
    let at_least = measure.is_some_and(|measure| is_lower_bound(catalog, measure, view));
    Because { condition: Arc::clone(&leaf.text), value: shown, at_least }
}

/// Whether more events may lie in the window than are kept: everything kept lies inside and the list drops what exceeds
/// the thresholds.
pub fn is_lower_bound(catalog: &Catalog, measure: &Measure, view: &View<'_>) -> bool {
    let Some(state) = view.scope.state(measure.feature) else { return false };
    let shortened = match (catalog.features().get(measure.feature).map(|feature| &feature.fold), state) {
        (Some(Fold::Moments(retention) | Fold::Entries { retention, .. } | Fold::Latest { retention, .. }), _) => {
            retention.newest_only().is_some_and(|count| state.kept_len() >= count)
        }
        (_, State::Amounts(amounts)) => amounts.shortened(),
        (_, _) => false,
    };
    shortened && in_window(measure, view).count() == state.kept_len()
}

/// What a leaf measures, each with the scope it is measured in.
fn leaf_measures<'a>(leaf: &'a Leaf, view: &View<'a>) -> Measures<'a> {
    let mut measures = Measures::new();
    of_test(&leaf.test, view, &mut measures);
    measures
}

fn of_test<'a>(test: &'a Test, view: &View<'a>, found: &mut Measures<'a>) {
    match test {
        Test::Reach { measure, .. } => found.push((measure, *view)),
        Test::Order(_, left, right) => found.extend([(left, *view), (right, *view)]),
        Test::Compare(_, left, right)
        | Test::Contains(left, right)
        | Test::StartsWith(left, right)
        | Test::EndsWith(left, right) => {
            of_operand(left, view, found);
            of_operand(right, view, found);
        }
        Test::Distance { instant: operand, .. }
        | Test::Period(operand, ..)
        | Test::In(operand, ..)
        | Test::Matches(operand, _)
        | Test::Missing(operand, _)
        | Test::Truth(operand) => {
            of_operand(operand, view, found);
        }
        Test::Chain(chain) => found.extend(chain.happening().map(|measure| (measure, *view))),
        Test::Member(latch) => {
            let inside = view.memberships.standing(latch.segment).place == Place::Inside;
            of_condition(if inside { &latch.enter } else { &latch.leave }, view, found);
        }
        Test::Some(list, condition) => {
            let (Datum::Other(Value::List(items)), _) = value(list, view) else { return };
            for item in &**items {
                let at_hand = View { item: Some(item), ..*view };
                if answer(condition, &at_hand).holds {
                    of_condition(condition, &at_hand, found);
                }
            }
        }
        Test::Sequence(sequence) => found.extend([(&sequence.first, *view), (&sequence.second, *view)]),
        Test::ForSome { feature, condition, .. } => {
            let Some(State::Keyed(keyed)) = view.customer.state(*feature) else { return };
            for one in &keyed.values {
                let scope = View { scope: &one.features, ..*view };
                if answer(condition, &scope).holds {
                    of_condition(condition, &scope, found);
                }
            }
        }
    }
}

fn of_condition<'a>(condition: &'a Condition, view: &View<'a>, found: &mut Measures<'a>) {
    let mut leaves = Leaves::new();
    collect(condition, answer(condition, view).holds, view, &mut leaves);
    for leaf in leaves {
        of_test(&leaf.test, view, found);
    }
}

fn of_operand<'a>(operand: &'a Operand, view: &View<'a>, found: &mut Measures<'a>) {
    match operand {
        Operand::Measure(measure) => found.push((measure, *view)),
        Operand::Constant(_)
        | Operand::Millis(_)
        | Operand::Trait(_)
        | Operand::SetAt(_)
        | Operand::Property(_)
        | Operand::Clock(..)
        | Operand::Metres(_)
        | Operand::Item(..)
        | Operand::Bucket(..) => {}
        Operand::Arithmetic(_, left, right) | Operand::Distance(left, right) => {
            of_operand(left, view, found);
            of_operand(right, view, found);
        }
        Operand::Negate(inner)
        | Operand::Lower(inner)
        | Operand::DateOf(inner, _)
        | Operand::StartOf(inner, _)
        | Operand::Age(inner, _)
        | Operand::DaysUntil(inner, _)
        | Operand::Anniversary(inner, _)
        | Operand::Since(inner)
        | Operand::Until(inner) => of_operand(inner, view, found),
        Operand::If(condition, then, otherwise) => {
            of_condition(condition, view, found);
            of_operand(then, view, found);
            of_operand(otherwise, view, found);
        }
        Operand::Condition(condition) => of_condition(condition, view, found),
    }
}
