//! Which feature serves a form, and how it is read.
//!
//! The choice keeps as little as the question allows: a counter for a whole life, the newest few instants for a
//! threshold, the newest part of a sum that reaches it, the latest moment of each value, one event for `first` and
//! `last`. What ends in the past, starts after an event that could tie, or is shown to people keeps the window.

use super::features::{Reads, Selector, Wanted};
use super::measure::{Measure, Reading, Sequence, Span};
use crate::event::Number;
use crate::feature::{Extreme, Horizon, Measured, Reach, Rule};
use crate::segment::{ColumnRef, Events, Expression, Form, Selection, Side, Term, Type, Window};
use crate::timer::{Instant, Length, Period, Zone};

use super::compile::Compiler;

/// How exactly a form must be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Only whether it reaches this: a count, or millionths.
    Threshold(i128),
    /// Its value.
    Value,
}

impl Need {
    fn newest(self, otherwise: Rule, delay: Option<&Reach>) -> Rule {
        match self {
            Self::Threshold(limit) => {
                Rule::Newest { count: usize::try_from(limit).unwrap_or(usize::MAX), delay: delay.cloned() }
            }
            Self::Value => otherwise,
        }
    }
}

/// A window prepared for the choice of a feature.
struct Frame {
    span: Span,
    bounds: Option<(Instant, Option<Instant>)>,
    /// The rule that keeps the whole window.
    whole: Rule,
    /// The newer edge, where the window ends in the past.
    delay: Option<Reach>,
    /// The window starts after an event that can tie with those counted.
    ties: bool,
}

impl Frame {
    /// From so far back until now, or until so far back.
    fn back_to(from: Reach, to: Option<Reach>) -> Self {
        let span = Span::Last { from: from.clone(), to: to.clone() };
        Self { span, bounds: None, whole: Rule::Within(from), delay: to, ties: false }
    }

    /// Nothing but fixed instants bounds it.
    const fn is_life(&self) -> bool {
        matches!(self.span, Span::Whole)
    }

    /// What is newest of anything decides: the window is a newest part of history.
    const fn is_newest_part(&self) -> bool {
        self.delay.is_none() && !self.ties
    }
}

impl Compiler<'_> {
    /// The measure of a form other than `sequence`.
    pub(super) fn measure(&mut self, form: &Form, need: Need) -> Measure {
        let text = Expression { term: Term::Form(form.clone()), ty: Type::Number }.to_string().into();
        let (reading, feature, span) = match form {
            Form::Count(events, window) => self.count(events, window, need),
            Form::Days(events, window) => {
                let day = Measured::Day(self.zone.clone());
                self.distinct(events, None, window, need, day)
            }
            Form::Distinct(column, window) => {
                self.distinct(&column.events, Some(column), window, need, Measured::Column)
            }
            Form::Sum(column, window) => self.amounts(Reading::Sum, column, window, need),
            Form::Average(column, window) => self.amounts(Reading::Average, column, window, Need::Value),
            Form::Minimum(column, window) => self.extreme(Extreme::Minimum, column, window),
            Form::Maximum(column, window) => self.extreme(Extreme::Maximum, column, window),
            Form::Moment(side, events, window) => self.moment(*side, events, window, false),
            Form::Pick(side, column, window) => self.pick(*side, column, window),
            Form::Sequence { second, window, .. } => self.moment(Side::Last, second, window, false),
        };
        Measure { reading, feature, span, text }
    }

    fn frame(&mut self, window: &Window, counted: &Events) -> Frame {
        let plain = |span, bounds, whole| Frame { span, bounds, whole, delay: None, ties: false };
        match window {
            Window::Life => plain(Span::Whole, None, Rule::All),
            Window::Between { from, to } => plain(Span::Whole, Some((*from, *to)), Rule::All),
            Window::Last { from, to } => {
                let ago = |length: Length| Reach::Ago(Horizon { length, zone: self.zone.clone() });
                Frame::back_to(ago(*from), (*to != Length::default()).then(|| ago(*to)))
            }
            Window::Period(Period { unit, offset }) => {
                let turns = |count: i32| Reach::Turns { unit: *unit, count, zone: self.zone.clone() };
                Frame::back_to(turns(1 - *offset), (*offset < 0).then(|| turns(-*offset)))
            }
            Window::After(side, anchor, inner) => {
                let ties = can_tie(anchor, counted);
                let (reading, feature, span) = self.moment(*side, anchor, inner, ties);
                let text = Expression {
                    term: Term::Form(Form::Moment(*side, anchor.clone(), (**inner).clone())),
                    ty: Type::Instant,
                };
                let anchor = Measure { reading, feature, span, text: text.to_string().into() };
                Frame { span: Span::After(Box::new(anchor)), bounds: None, whole: Rule::All, delay: None, ties }
            }
        }
    }

    fn serve(&mut self, frame: &Frame, events: &Events, column: Option<&ColumnRef>, wanted: Wanted) -> usize {
        let selector = Selector::of(events, &self.zone, frame.bounds);
        let reads = column.map(|column| Reads { path: column.path.clone(), ty: column.ty.clone() });
        self.feature(Some(&selector), reads.as_ref(), wanted)
    }

    fn count(&mut self, events: &Events, window: &Window, need: Need) -> (Reading, usize, Span) {
        let frame = self.frame(window, events);
        let wanted = if frame.is_life() {
            Wanted::Total
        } else {
            let rule = need.newest(frame.whole.clone(), frame.delay.as_ref());
            if frame.ties { Wanted::Entries { rule, identified: true, measured: None } } else { Wanted::Moments(rule) }
        };
        (Reading::Count, self.serve(&frame, events, None, wanted), frame.span)
    }

    fn distinct(
        &mut self,
        events: &Events,
        column: Option<&ColumnRef>,
        window: &Window,
        need: Need,
        measured: Measured,
    ) -> (Reading, usize, Span) {
        let frame = self.frame(window, events);
        let wanted = if frame.is_newest_part() {
            Wanted::Latest(need.newest(frame.whole.clone(), None), measured)
        } else {
            Wanted::Entries { rule: frame.whole.clone(), identified: frame.ties, measured: Some(measured) }
        };
        (Reading::Distinct, self.serve(&frame, events, column, wanted), frame.span)
    }

    fn amounts(&mut self, reading: Reading, column: &ColumnRef, window: &Window, need: Need) -> (Reading, usize, Span) {
        let frame = self.frame(window, &column.events);
        let reach = match need {
            Need::Threshold(limit) if frame.is_newest_part() => {
                i64::try_from(limit - 1).ok().map(Number::from_millionths)
            }
            Need::Threshold(_) | Need::Value => None,
        };
        let wanted = if frame.is_life() {
            Wanted::Tally
        } else if frame.ties {
            Wanted::Entries { rule: frame.whole.clone(), identified: true, measured: Some(Measured::Column) }
        } else {
            Wanted::Amounts(frame.whole.clone(), reach)
        };
        (reading, self.serve(&frame, &column.events, Some(column), wanted), frame.span)
    }

    fn extreme(&mut self, extreme: Extreme, column: &ColumnRef, window: &Window) -> (Reading, usize, Span) {
        let frame = self.frame(window, &column.events);
        let wanted = if frame.is_life() {
            Wanted::Record(extreme)
        } else if frame.ties {
            Wanted::Entries { rule: frame.whole.clone(), identified: true, measured: Some(Measured::Column) }
        } else if frame.delay.is_some() {
            Wanted::Amounts(frame.whole.clone(), None)
        } else {
            Wanted::Peaks(extreme, frame.whole.clone())
        };
        (Reading::Extreme(extreme), self.serve(&frame, &column.events, Some(column), wanted), frame.span)
    }

    /// The first or last event; `identified` where ties with other events matter.
    pub(super) fn moment(
        &mut self,
        side: Side,
        events: &Events,
        window: &Window,
        identified: bool,
    ) -> (Reading, usize, Span) {
        let frame = self.frame(window, events);
        let identified = identified || frame.ties;
        let wanted = if frame.is_life() || side == Side::Last && frame.delay.is_none() {
            Wanted::Edge { side, identified, valued: false, slides: false }
        } else if identified {
            Wanted::Entries { rule: frame.whole.clone(), identified, measured: None }
        } else {
            Wanted::Moments(frame.whole.clone())
        };
        (Reading::Moment(side), self.serve(&frame, events, None, wanted), frame.span)
    }

    fn pick(&mut self, side: Side, column: &ColumnRef, window: &Window) -> (Reading, usize, Span) {
        let frame = self.frame(window, &column.events);
        let wanted = if frame.is_life() || side == Side::Last && frame.delay.is_none() {
            Wanted::Edge { side, identified: true, valued: true, slides: !frame.is_life() }
        } else {
            Wanted::Entries { rule: frame.whole.clone(), identified: true, measured: Some(Measured::Column) }
        };
        (Reading::Pick(side), self.serve(&frame, &column.events, Some(column), wanted), frame.span)
    }

    /// How a two-step sequence is kept and read.
    pub(super) fn sequence(
        &mut self,
        first: &Events,
        second: &Events,
        within: Option<Length>,
        window: &Window,
    ) -> Sequence {
        let frame = self.frame(window, second);
        let identified = can_tie(first, second) || frame.ties;
        let list = |rule| {
            if identified { Wanted::Entries { rule, identified, measured: None } } else { Wanted::Moments(rule) }
        };
        let within = within.map(|length| Horizon { length, zone: self.zone.clone() });
        let edges_suffice = within.is_none() && frame.delay.is_none();
        let (earlier, later) = if edges_suffice {
            let edge = |side| Wanted::Edge { side, identified, valued: false, slides: false };
            (edge(Side::First), edge(Side::Last))
        } else {
            (list(reach_back(&frame.whole, within.as_ref(), &self.zone)), list(frame.whole.clone()))
        };
        let unbounded = Frame { bounds: None, span: Span::Whole, whole: Rule::All, delay: None, ties: false };
        let step = |events: &Events, side, feature, span| Measure {
            reading: Reading::Moment(side),
            feature,
            span,
            text: events.to_string().into(),
        };
        let earlier = self.serve(&unbounded, first, None, earlier);
        let later = self.serve(&frame, second, None, later);
        let (first, second) =
            (step(first, Side::First, earlier, Span::Whole), step(second, Side::Last, later, frame.span));
        Sequence { first, second, within }
    }
}

/// The rule that keeps every earlier step whose later one can still lie in the window.
fn reach_back(window: &Rule, within: Option<&Horizon>, zone: &Zone) -> Rule {
    /// Two calendar lengths one after the other can end later than their sum by a day cut off at a month's end.
    const CALENDAR_SLACK_MILLIS: i64 = 4 * 86_400_000;
    match (window, within) {
        (Rule::Within(reach), Some(within)) => {
            let (a, b) = (reach.at_most(), within.length);
            let slack = if a.is_calendar() || b.is_calendar() { CALENDAR_SLACK_MILLIS } else { 0 };
            let length = Length::new(a.months() + b.months(), a.millis() + b.millis() + slack);
            Rule::Within(Reach::Ago(Horizon { length, zone: zone.clone() }))
        }
        (Rule::Within(_) | Rule::All | Rule::Newest { .. }, _) => Rule::All,
    }
}

/// Whether an event of one selection can have the time and type of an event of the other.
pub(super) fn can_tie(a: &Events, b: &Events) -> bool {
    match (&a.selection, &b.selection) {
        (Selection::Any, _) | (_, Selection::Any) => true,
        (Selection::Types(a), Selection::Types(b)) => a.iter().any(|name| b.contains(name)),
    }
}
