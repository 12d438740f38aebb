//! How a condition reads a feature: what it asks of the kept state, and over which window.

use std::sync::Arc;

use crate::feature::{Extreme, Horizon, Reach};
use crate::segment::Nth;
use crate::timer::Instant;

/// A measurement of one customer.
#[derive(Clone, Debug)]
pub struct Measure {
    /// What is asked.
    pub reading: Reading,
    /// Of which feature.
    pub feature: usize,
    /// Over which window.
    pub span: Span,
    /// Where the property stands among several kept together.
    pub place: Option<usize>,
    /// What refunds do to the purchases it measures.
    pub refunds: Option<Refunds>,
    /// The canonical text of the form.
    pub text: Arc<str>,
}

/// What is asked of a feature's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// How many events.
    Count,
    /// How many different values.
    Distinct,
    /// The sum, in millionths.
    Sum,
    /// The mean.
    Average,
    /// The extreme.
    Extreme(Extreme),
    /// The instant of the n-th event from an end.
    Moment(Nth),
    /// The value on the n-th event from an end.
    Pick(Nth),
    /// The different values.
    Values,
    /// The value that most events have, or whose weights, which stand in the next place, are the most together.
    Top {
        /// Whether there are weights.
        weighed: bool,
    },
    /// How many runs of events less than this apart, in milliseconds.
    Visits(i64),
    /// How long those runs take together.
    TimeSpent(i64),
}

/// Later refunds of the same orders, which are kept apart: every purchase keeps its order in the first place.
#[derive(Clone, Debug)]
pub struct Refunds {
    /// The customer's feature that keeps them, each with its order and, where it counts, its amount behind that.
    pub feature: usize,
    /// What they do.
    pub effect: RefundEffect,
}

/// What later refunds do to a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundEffect {
    /// It counts if, and only if, there is one, or there is none.
    Select {
        /// Whether there has to be one.
        refunded: bool,
    },
    /// They take back of its amount, of the newest purchase of an order first; one without an amount takes back all.
    TakeBack,
}

/// A window as evaluation sees it. Fixed instants are part of the feature: it folds no other events.
#[derive(Clone, Debug)]
pub enum Span {
    /// All that is kept.
    Whole,
    /// An event is inside once `to` has passed since it and while `from` has not.
    Last {
        /// The older edge.
        from: Reach,
        /// The newer edge, where it is not now.
        to: Option<Reach>,
    },
    /// After the event that this measures, or everything where it never happened.
    After(Box<Measure>),
}

/// One event and then a different one.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// The earlier step.
    pub first: Measure,
    /// The later step, in its window.
    pub second: Measure,
    /// The greatest distance, not included; without one, only the first of the earlier and the last of the later are
    /// kept.
    pub within: Option<Horizon>,
}

/// Steps one after the other, each kept as a list of its own.
#[derive(Clone, Debug)]
pub struct Chain {
    /// The first step.
    pub first: Measure,
    /// The others.
    pub steps: Vec<Link>,
    /// The greatest distance from the first step to the end, not included.
    pub all_within: Option<Horizon>,
    /// Where the end lies.
    pub span: Span,
    /// The fixed ends of the window, where it has any.
    pub bounds: Option<(Instant, Option<Instant>)>,
}

/// A step of a chain but the first.
#[derive(Clone, Debug)]
pub enum Link {
    /// An event, less than so much after the step before.
    Event(Measure, Option<Horizon>),
    /// No such event in so much time after the step before.
    Without(Measure, Horizon),
}

impl Chain {
    /// The steps that are events.
    pub fn happening(&self) -> impl Iterator<Item = &Measure> {
        std::iter::once(&self.first).chain(self.steps.iter().filter_map(|link| match link {
            Link::Event(measure, _) => Some(measure),
            Link::Without(..) => None,
        }))
    }

    /// Whether time alone can complete it: it ends with something that does not happen.
    pub fn runs_out(&self) -> bool {
        matches!(self.steps.last(), Some(Link::Without(..)))
    }
}
