//! How a condition reads a feature: what it asks of the kept state, and over which window.

use std::sync::Arc;

use crate::feature::{Extreme, Horizon, Reach};
use crate::segment::Side;

/// A measurement of one customer.
#[derive(Clone, Debug)]
pub struct Measure {
    /// What is asked.
    pub reading: Reading,
    /// Of which feature.
    pub feature: usize,
    /// Over which window.
    pub span: Span,
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
    /// The instant of the first or last event.
    Moment(Side),
    /// The value on the first or last event.
    Pick(Side),
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
