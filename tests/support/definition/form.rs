//! Measurements of a customer's events: which events, in which window.

use compact_str::CompactString;
use spicchio_core::timer::{Instant, Length};

use super::{Expression, Path, Period, Type};

/// Which end of a customer's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `first`
    First,
    /// `last`
    Last,
}

/// A measurement of a customer's events.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// `count(E, W)`
    Count(Events, Window),
    /// `days(E, W)`
    Days(Events, Window),
    /// `sum(E.p, W)`
    Sum(ColumnRef, Window),
    /// `avg(E.p, W)`
    Average(ColumnRef, Window),
    /// `min(E.p, W)`
    Minimum(ColumnRef, Window),
    /// `max(E.p, W)`
    Maximum(ColumnRef, Window),
    /// `distinct(E.p, W)`
    Distinct(ColumnRef, Window),
    /// `values(E.p, W)`
    Values(ColumnRef, Window),
    /// `top(E.p, W)`, and `top(E.p by sum(E.q), W)` with a weight.
    Top(ColumnRef, Option<Path>, Window),
    /// `net(E.p, W)`
    Net(ColumnRef, Window),
    /// `first(E, n, W)` and `last(E, n, W)`: 1 is the first or last, and is not written.
    Moment(Side, Events, u32, Window),
    /// `first(E.p, n, W)` and `last(E.p, n, W)`
    Pick(Side, ColumnRef, u32, Window),
    /// `sequence(E1, E2 within D, ..; all within D; W)`
    Sequence {
        /// The first step.
        first: Events,
        /// The steps after it; at least one.
        steps: Vec<Step>,
        /// `all within`
        all_within: Option<Length>,
        /// Where the end lies.
        window: Window,
    },
    /// `visits(E, gap D, W)`
    Visits(Events, Length, Window),
    /// `time_spent(E, gap D, W)`
    TimeSpent(Events, Length, Window),
}

/// A step of a sequence after the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Which events.
    pub events: Events,
    /// Whether it is their absence: `without E within D`.
    pub is_absence: bool,
    /// Less than this after the step before; an absence always has one.
    pub within: Option<Length>,
}

/// Which events: types and a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Events {
    /// The types.
    pub selection: Selection,
    /// A boolean expression over properties.
    pub filter: Option<Box<Expression>>,
}

/// Which event types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Every type but `profile` and `erase`, declared or not.
    Any,
    /// These declared types, in the order of their rank, without repetition.
    Types(Vec<CompactString>),
}

/// A property of selected events.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnRef {
    /// Which events.
    pub events: Events,
    /// Which property; `items.p` is that of their line items.
    pub path: Path,
    /// Its type.
    pub ty: Type,
}

/// The stretch of a customer's history a form looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum Window {
    /// All of it.
    Life,
    /// `D`, or `D1..D2` with `to` other than zero.
    Last {
        /// The older edge.
        from: Length,
        /// The newer edge.
        to: Length,
    },
    /// `since I`, or `A..B`.
    Between {
        /// The first instant included.
        from: Instant,
        /// The first instant after it.
        to: Option<Instant>,
    },
    /// `since first(E, n, W)` or `since last(E, n, W)`.
    After(Side, Events, u32, Box<Window>),
    /// `today`, `this month` and their like.
    During(Period),
}

impl Form {
    /// The window of a form.
    pub fn window(&self) -> &Window {
        match self {
            Self::Count(_, window)
            | Self::Days(_, window)
            | Self::Sum(_, window)
            | Self::Average(_, window)
            | Self::Minimum(_, window)
            | Self::Maximum(_, window)
            | Self::Distinct(_, window)
            | Self::Values(_, window)
            | Self::Top(_, _, window)
            | Self::Net(_, window)
            | Self::Moment(_, _, _, window)
            | Self::Pick(_, _, _, window)
            | Self::Sequence { window, .. }
            | Self::Visits(_, _, window)
            | Self::TimeSpent(_, _, window) => window,
        }
    }

    /// The same, to be changed.
    pub fn window_mut(&mut self) -> &mut Window {
        match self {
            Self::Count(_, window)
            | Self::Days(_, window)
            | Self::Sum(_, window)
            | Self::Average(_, window)
            | Self::Minimum(_, window)
            | Self::Maximum(_, window)
            | Self::Distinct(_, window)
            | Self::Values(_, window)
            | Self::Top(_, _, window)
            | Self::Net(_, window)
            | Self::Moment(_, _, _, window)
            | Self::Pick(_, _, _, window)
            | Self::Sequence { window, .. }
            | Self::Visits(_, _, window)
            | Self::TimeSpent(_, _, window) => window,
        }
    }
}
