//! Why a condition answers as it does: its tree, with the answer and the numbers of every node.
//!
//! The same walk as evaluation, but every part is visited. Not here: which parts decided a transition
//! (`transition::reasons`), and how a tree is shown (`wire`).

use std::fmt;
use std::sync::Arc;

use super::evaluate::{View, settled, value, witnesses};
use super::plan::{Catalog, Condition, Leaf, Operand, Test};
use crate::event::Value;
use crate::timer::Instant;
use crate::transition::{LISTED_MAX, Shown, is_lower_bound};

/// A node of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What it asks: a test's canonical text, or how its parts are joined.
    pub text: Arc<str>,
    /// Whether it holds.
    pub holds: bool,
    /// Until when that does not change without an event; [`Instant::NEVER`] when time alone changes nothing.
    pub until: Instant,
    /// The value of its measured side.
    pub value: Option<Shown>,
    /// Whether the value is a lower bound, because no more than needed is kept.
    pub at_least: bool,
    /// For `for some`: values for which the condition holds, at most 100.
    pub witnesses: Vec<Value>,
    /// Its parts, in the order in which they are written.
    pub parts: Vec<Explanation>,
}

/// Why `condition` answers as it does at the view's now.
pub fn explain(catalog: &Catalog, condition: &Condition, view: &View<'_>) -> Explanation {
    let (answer, _) = settled(condition, view);
    let joined = |text: &str, parts: &[Condition]| Explanation {
        text: text.into(),
        holds: answer.holds,
        until: answer.until,
        value: None,
        at_least: false,
        witnesses: Vec::new(),
        parts: parts.iter().map(|part| explain(catalog, part, view)).collect(),
    };
    match condition {
        Condition::Constant(holds) => joined(if *holds { "true" } else { "false" }, &[]),
        Condition::And(parts) => joined("and", parts),
        Condition::Or(parts) => joined("or", parts),
        Condition::Not(inner) => joined("not", std::slice::from_ref(inner)),
        Condition::If(branches) => joined("if, then, else", &**branches),
        Condition::Leaf(leaf) => {
            let node = joined(&leaf.text, &[]);
            let shown = leaf.shown.as_ref().and_then(|(operand, ty)| value(operand, view).0.shown(ty, view.now));
            Explanation { value: shown, at_least: at_least(catalog, leaf, view), witnesses: found(leaf, view), ..node }
        }
    }
}

fn at_least(catalog: &Catalog, leaf: &Leaf, view: &View<'_>) -> bool {
    match &leaf.shown {
        Some((Operand::Measure(measure), _)) => is_lower_bound(catalog, measure, view),
        Some(_) | None => false,
    }
}

fn found(leaf: &Leaf, view: &View<'_>) -> Vec<Value> {
    let Test::ForSome { feature, condition, .. } = &leaf.test else { return Vec::new() };
    witnesses(*feature, condition, view).into_iter().take(LISTED_MAX).cloned().collect()
}

/// One line for each node, its parts indented below it.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines(f, 0)
    }
}

impl Explanation {
    fn lines(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let mark = if self.holds { "yes" } else { "no " };
        write!(f, "{mark} {:indent$}{}", "", self.text, indent = depth * 2)?;
        if let Some(value) = &self.value {
            write!(f, "   it is {}{value}", if self.at_least { "at least " } else { "" })?;
        }
        for (index, witness) in self.witnesses.iter().enumerate() {
            let before = if index == 0 { "   for " } else { ", " };
            write!(f, "{before}{}", Shown::Value(witness.clone()))?;
        }
        if self.until != Instant::NEVER {
            write!(f, "   until {}", self.until)?;
        }
        writeln!(f)?;
        self.parts.iter().try_for_each(|part| part.lines(f, depth + 1))
    }
}
