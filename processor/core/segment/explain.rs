//! Why a condition answers as it does: the tree of its parts, each with its answer, the numbers behind it, the events
//! that decided and until when it lasts.
//!
//! The same walk as evaluation, keeping everything. Its JSON form is `wire::explanation`; printed, it is an indented
//! list.

use std::fmt;
use std::sync::Arc;

use super::evaluate::{Outcome, View, answer, outcome, settled, settled_outcome, value};
use super::plan::{Catalog, Condition, Latch, Leaf, Operand, Rule, Test};
use crate::customer::Place;
use crate::feature::State;
use crate::timer::Instant;
use crate::transition::{Evidence, Shown, evidence_of, is_lower_bound};

/// One node of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The text of a test; of an operator, what it asks of its parts.
    pub text: Arc<str>,
    /// Whether it holds.
    pub holds: bool,
    /// Until when that lasts unless an event comes; [`Instant::NEVER`] when time alone does not change it.
    pub until: Instant,
    /// Whether `until` is only a lower bound.
    pub until_is_bound: bool,
    /// What a test measured.
    pub value: Option<Shown>,
    /// Whether the value is a lower bound, because no more than needed is kept.
    pub at_least: bool,
    /// The kept events behind a test, newest first, and how many more.
    pub evidence: (Vec<Evidence>, u64),
    /// The parts.
    pub parts: Vec<Self>,
}

/// The most values of a `for some` that are explained one by one; those that hold come first.
pub const VALUES_EXPLAINED_MAX: usize = 10;

/// Explains where the customer stands with a segment or ladder, as decided: the condition of a plain segment, the two
/// thresholds of one with a memory, the stages of a ladder up to the one that holds.
pub fn explain(catalog: &Catalog, index: usize, view: &View<'_>) -> Option<Explanation> {
    let segment = catalog.segments().get(index)?;
    let standing = view.memberships.standing(index);
    let parts = match &segment.rule {
        Rule::Holds(condition) => return Some(explain_condition(catalog, condition, view)),
        Rule::Latch(latch) => explain_latch(catalog, latch, view).into(),
        Rule::Ladder(ladder) => {
            let Outcome { place, .. } = outcome(&segment.rule, standing, view);
            let asked = place.index().map_or(usize::MAX, |stage| stage + 1);
            let stages = ladder.names.iter().zip(&ladder.stages).take(asked);
            stages.map(|(name, condition)| titled(catalog, name, condition, view)).collect()
        }
    };
    let (found, until_is_bound) = settled_outcome(&segment.rule, standing, view);
    let text: Arc<str> = match &segment.rule {
        Rule::Ladder(ladder) => {
            let name = found.place.index().and_then(|stage| ladder.names.get(stage));
            format!("in stage {}", name.map_or("none", |name| name)).into()
        }
        Rule::Holds(_) | Rule::Latch(_) => Arc::clone(&segment.name),
    };
    let holds = match &segment.rule {
        Rule::Latch(_) => standing.place == Place::Inside,
        Rule::Holds(_) | Rule::Ladder(_) => found.place != Place::Outside,
    };
    let (value, at_least, evidence) = (None, false, (Vec::new(), 0));
    Some(Explanation { text, holds, until: found.until, until_is_bound, value, at_least, evidence, parts })
}

/// The two thresholds of a segment with a memory.
fn explain_latch(catalog: &Catalog, latch: &Latch, view: &View<'_>) -> [Explanation; 2] {
    let thresholds = [("enter when", &latch.enter), ("leave when", &latch.leave)];
    thresholds.map(|(title, condition)| titled(catalog, title, condition, view))
}

fn titled(catalog: &Catalog, title: &str, condition: &Condition, view: &View<'_>) -> Explanation {
    let explained = explain_condition(catalog, condition, view);
    Explanation { text: title.into(), parts: vec![explained.clone()], ..explained }.without_measure()
}

/// Explains `condition` for what `view` sees.
pub fn explain_condition(catalog: &Catalog, condition: &Condition, view: &View<'_>) -> Explanation {
    let (text, parts): (&str, Vec<Explanation>) = match condition {
        Condition::Constant(true) => ("always", Vec::new()),
        Condition::Constant(false) => ("never", Vec::new()),
        Condition::Not(inner) => ("not", vec![explain_condition(catalog, inner, view)]),
        Condition::And(parts) => ("all of", parts.iter().map(|part| explain_condition(catalog, part, view)).collect()),
        Condition::Or(parts) => ("one of", parts.iter().map(|part| explain_condition(catalog, part, view)).collect()),
        Condition::If(branches) => {
            let [asked, then, otherwise] = &**branches;
            let holds = answer(asked, view).holds;
            let branch = explain_condition(catalog, if holds { then } else { otherwise }, view);
            (if holds { "if, then" } else { "if, else" }, vec![explain_condition(catalog, asked, view), branch])
        }
        Condition::Leaf(leaf) => return explain_leaf(catalog, condition, leaf, view),
    };
    Explanation { parts, ..node(text.into(), condition, view) }
}

fn node(text: Arc<str>, condition: &Condition, view: &View<'_>) -> Explanation {
    let (lasting, until_is_bound) = settled(condition, view);
    Explanation {
        text,
        holds: lasting.holds,
        until: lasting.until,
        until_is_bound,
        value: None,
        at_least: false,
        evidence: (Vec::new(), 0),
        parts: Vec::new(),
    }
}

fn explain_leaf(catalog: &Catalog, condition: &Condition, leaf: &Leaf, view: &View<'_>) -> Explanation {
    let shown = leaf.shown.as_ref().and_then(|(operand, ty)| value(operand, view).0.shown(ty, view.now));
    let at_least = match &leaf.shown {
        Some((Operand::Measure(measure), _)) => is_lower_bound(catalog, measure, view),
        Some(_) | None => false,
    };
    Explanation {
        value: shown,
        at_least,
        evidence: evidence_of(catalog, leaf, view),
        parts: explain_values(catalog, &leaf.test, view),
        ..node(Arc::clone(&leaf.text), condition, view)
    }
}

fn explain_values(catalog: &Catalog, asked: &Test, view: &View<'_>) -> Vec<Explanation> {
    if let Test::Member(latch) = asked {
        return explain_latch(catalog, latch, view).into();
    }
    let Test::ForSome { feature, property, condition: wanted } = asked else { return Vec::new() };
    let Some(State::Keyed(keyed)) = view.customer.state(*feature) else { return Vec::new() };
    let explained = keyed.values.iter().map(|one| {
        let scope = View { scope: &one.features, ..*view };
        let title: Arc<str> = format!("{property} = {}", Shown::Value(one.value.clone())).into();
        Explanation { parts: vec![explain_condition(catalog, wanted, &scope)], ..node(title, wanted, &scope) }
    });
    let mut values: Vec<Explanation> = explained.collect();
    values.sort_by_key(|value| !value.holds);
    values.truncate(VALUES_EXPLAINED_MAX);
    values
}

/// One line a node: `+` holds, `-` does not; then the measured value, until when it lasts, and the newest events behind
/// it.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines(f, 0)
    }
}

impl Explanation {
    /// How many events a printed line names.
    const EVENTS_PRINTED_MAX: usize = 3;

    fn without_measure(self) -> Self {
        Self { value: None, at_least: false, evidence: (Vec::new(), 0), ..self }
    }

    fn lines(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        write!(f, "{:indent$}{} {}", "", if self.holds { '+' } else { '-' }, self.text, indent = depth * 2)?;
        if let Some(value) = &self.value {
            write!(f, "   [{}{value}]", if self.at_least { "at least " } else { "" })?;
        }
        if self.until <= Instant::MAX {
            write!(f, "   until {}{}", if self.until_is_bound { "at least " } else { "" }, self.until)?;
        }
        let (events, more) = &self.evidence;
        for event in events.iter().take(Self::EVENTS_PRINTED_MAX) {
            write!(f, "   {} {}", event.kind, event.time)?;
        }
        let unnamed = events.len().saturating_sub(Self::EVENTS_PRINTED_MAX) as u64 + more;
        if unnamed > 0 {
            write!(f, "   and {unnamed} more")?;
        }
        writeln!(f)?;
        self.parts.iter().try_for_each(|part| part.lines(f, depth + 1))
    }
}
