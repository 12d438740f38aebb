//! How it is decided where a customer stands with a segment or a ladder.

use std::sync::Arc;

use super::node::Condition;
use crate::feature::Horizon;

/// What decides.
#[derive(Clone, Debug)]
pub enum Rule {
    /// The customer is inside exactly while the condition holds.
    Holds(Condition),
    /// Whether the customer is inside depends on whether it was: announced state.
    Latch(Arc<Latch>),
    /// The customer is in the first stage that holds.
    Ladder(Ladder),
}

/// Two thresholds, or one that is not obeyed at once.
#[derive(Clone, Debug)]
pub struct Latch {
    /// The segment's position in the catalog.
    pub segment: usize,
    /// Whom it takes in: for whom `enter when` holds and `leave when` does not, so that nobody comes to leave at once.
    pub enter: Condition,
    /// Whom it lets go.
    pub leave: Condition,
    /// At least this long inside.
    pub stay: Option<Horizon>,
    /// At least this long outside before it is entered again.
    pub rest: Option<Horizon>,
}

/// Stages, and where it ends.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// Whom each stage holds for, in order.
    pub stages: Vec<Condition>,
    /// The names of the stages, that of `otherwise` last.
    pub names: Vec<Arc<str>>,
    /// Whether the last name is that of whom no stage holds for.
    pub has_otherwise: bool,
}

impl Rule {
    /// The conditions it consists of, in the order in which they are asked.
    pub fn conditions(&self) -> Vec<&Condition> {
        match self {
            Self::Holds(condition) => vec![condition],
            Self::Latch(latch) => vec![&latch.enter, &latch.leave],
            Self::Ladder(ladder) => ladder.stages.iter().collect(),
        }
    }

    /// How many standings are told apart and counted: being inside, or the stages.
    pub fn places(&self) -> usize {
        match self {
            Self::Holds(_) | Self::Latch(_) => 1,
            Self::Ladder(ladder) => ladder.names.len(),
        }
    }
}
