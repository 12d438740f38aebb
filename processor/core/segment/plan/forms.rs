//! Which feature serves a form, and how it is read.
//!
//! The choice keeps as little as the question allows: a counter for a whole life, the newest few instants for a
//! threshold, the newest part of a sum that reaches it, the latest moment of each value, one event for `first` and
//! `last`. What ends in the past, starts after an event that could tie, or is shown to people keeps the window.

use super::features::{Reads, Selector, Wanted};
use super::measure::{Measure, Reading, Refunds, Sequence, Span};
use super::orders::{Together, is_settled};
use crate::event::Number;
use crate::feature::{Extreme, Horizon, Measured, Reach, Rule};
use crate::segment::{ColumnRef, Events, Expression, Form, Nth, Path, Selection, Side, Term, Type, Window};
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
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) span: Span,
    pub(super) bounds: Option<(Instant, Option<Instant>)>,
    /// The rule that keeps the whole window.
    pub(super) whole: Rule,
    /// The newer edge, where the window ends in the past.
    pub(super) delay: Option<Reach>,
    /// The window starts after an event that can tie with those counted.
    pub(super) ties: bool,
}

/// A measure without its text.
pub(super) struct Asked {
    pub(super) reading: Reading,
    pub(super) feature: usize,
    pub(super) span: Span,
    pub(super) place: Option<usize>,
    pub(super) refunds: Option<Refunds>,
}

impl Asked {
    /// The measure that this text stands for.
    pub(super) fn measure(self, text: String) -> Measure {
        let Self { reading, feature, span, place, refunds } = self;
        Measure { reading, feature, span, place, refunds, text: text.into() }
    }
}

impl Frame {
    /// As much as is kept: what a list has not let go yet, though nothing can want it, is no evidence.
    pub(super) fn unbounded(whole: Rule) -> Self {
        let span = match &whole {
            Rule::Within(reach) => Span::Last { from: reach.clone(), to: None },
            Rule::All | Rule::Newest { .. } => Span::Whole,
        };
        Self { bounds: None, span, whole, delay: None, ties: false }
    }

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
        let text = Expression { term: Term::Form(form.clone()), ty: Type::Number }.to_string();
        let asked = match form {
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
            Form::Moment(nth, events, window) => self.moment(*nth, events, window, false),
            Form::Pick(nth, column, window) => self.pick(*nth, column, window),
            Form::Values(column, window) => self.values(column, window),
            Form::Top(column, weight, window) => self.top(column, weight.as_ref(), window),
            Form::Visits(events, gap, window) => self.runs(Reading::Visits(gap.millis()), events, window),
            Form::TimeSpent(events, gap, window) => self.runs(Reading::TimeSpent(gap.millis()), events, window),
            Form::Net(column, window) => self.net(column, window),
            Form::Sequence { second, window, .. } => self.moment(Nth::LAST, second, window, false),
            Form::Chain(chain) => self.moment(Nth::LAST, &chain.first, &chain.window, false),
        };
        asked.measure(text)
    }

    /// The window, with what has to be kept for it.
    pub(super) fn frame(&mut self, window: &Window, counted: &Events) -> Frame {
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
            Window::After(nth, anchor, inner) => {
                let ties = can_tie(anchor, counted);
                let asked = self.moment(*nth, anchor, inner, ties);
                let text = Expression {
                    term: Term::Form(Form::Moment(*nth, anchor.clone(), (**inner).clone())),
                    ty: Type::Instant,
                };
                let anchor = asked.measure(text.to_string());
                Frame { span: Span::After(Box::new(anchor)), bounds: None, whole: Rule::All, delay: None, ties }
            }
        }
    }

    /// A reading of the feature that keeps what is wanted of the events in a window.
    fn ask(
        &mut self,
        reading: Reading,
        frame: Frame,
        events: &Events,
        column: Option<&ColumnRef>,
        wanted: Wanted,
    ) -> Asked {
        let selector = Selector::of(events, &self.zone, frame.bounds);
        let reads = column.map(Reads::column);
        let feature = self.feature(Some(&selector), reads.as_ref(), wanted);
        Asked { reading, feature, span: frame.span, place: None, refunds: None }
    }

    fn count(&mut self, events: &Events, window: &Window, need: Need) -> Asked {
        let frame = self.frame(window, events);
        if let Some(asked) = self.settled(Reading::Count, &frame, events, Together::default()) {
            return asked;
        }
        let wanted = if frame.is_life() {
            Wanted::Total
        } else {
            let rule = need.newest(frame.whole.clone(), frame.delay.as_ref());
            if frame.ties { Wanted::Entries { rule, identified: true, measured: None } } else { Wanted::Moments(rule) }
        };
        self.ask(Reading::Count, frame, events, None, wanted)
    }

    fn distinct(
        &mut self,
        events: &Events,
        column: Option<&ColumnRef>,
        window: &Window,
        need: Need,
        measured: Measured,
    ) -> Asked {
        let frame = self.frame(window, events);
        let day = if let Measured::Day(zone) = &measured { Some(zone.clone()) } else { None };
        let together = Together { columns: column.map(Reads::column).into_iter().collect(), day };
        if let Some(asked) = self.settled(Reading::Distinct, &frame, events, together) {
            return asked;
        }
        let wanted = if frame.is_newest_part() {
            Wanted::Latest(need.newest(frame.whole.clone(), None), measured)
        } else {
            Wanted::Entries { rule: frame.whole.clone(), identified: frame.ties, measured: Some(measured) }
        };
        self.ask(Reading::Distinct, frame, events, column, wanted)
    }

    fn values(&mut self, column: &ColumnRef, window: &Window) -> Asked {
        let asked = self.distinct(&column.events, Some(column), window, Need::Value, Measured::Column);
        Asked { reading: Reading::Values, ..asked }
    }

    fn top(&mut self, column: &ColumnRef, weight: Option<&Path>, window: &Window) -> Asked {
        let frame = self.frame(window, &column.events);
        let reading = Reading::Top { weighed: weight.is_some() };
        let value = Reads::column(column);
        let weight = weight.map(|path| Reads { items: column.items, ..Reads::of(path.clone(), Type::Number) });
        let together = std::iter::once(value.clone()).chain(weight.clone()).collect();
        if let Some(asked) = self.settled(reading, &frame, &column.events, Together::of(together)) {
            return asked;
        }
        let (measured, place) =
            if weight.is_some() { (Measured::Tuple(None), Some(0)) } else { (Measured::Column, None) };
        let wanted = Wanted::Entries { rule: frame.whole.clone(), identified: true, measured: Some(measured) };
        let selector = Selector::of(&column.events, &self.zone, frame.bounds);
        let reads = value.and(weight.into_iter().collect());
        let feature = self.feature(Some(&selector), Some(&reads), wanted);
        Asked { reading, feature, span: frame.span, place, refunds: None }
    }

    /// Sessions need every event of the window: which of them begin one depends on all.
    fn runs(&mut self, reading: Reading, events: &Events, window: &Window) -> Asked {
        let frame = self.frame(window, events);
        if let Some(asked) = self.settled(reading, &frame, events, Together::default()) {
            return asked;
        }
        let rule = frame.whole.clone();
        let wanted =
            if frame.ties { Wanted::Entries { rule, identified: true, measured: None } } else { Wanted::Moments(rule) };
        self.ask(reading, frame, events, None, wanted)
    }

    fn amounts(&mut self, reading: Reading, column: &ColumnRef, window: &Window, need: Need) -> Asked {
        let frame = self.frame(window, &column.events);
        if let Some(asked) = self.settled(reading, &frame, &column.events, Together::of(vec![Reads::column(column)])) {
            return asked;
        }
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
        self.ask(reading, frame, &column.events, Some(column), wanted)
    }

    fn extreme(&mut self, extreme: Extreme, column: &ColumnRef, window: &Window) -> Asked {
        let frame = self.frame(window, &column.events);
        let reading = Reading::Extreme(extreme);
        if let Some(asked) = self.settled(reading, &frame, &column.events, Together::of(vec![Reads::column(column)])) {
            return asked;
        }
        let wanted = if frame.is_life() {
            Wanted::Record(extreme)
        } else if frame.ties {
            Wanted::Entries { rule: frame.whole.clone(), identified: true, measured: Some(Measured::Column) }
        } else if frame.delay.is_some() {
            Wanted::Amounts(frame.whole.clone(), None)
        } else {
            Wanted::Peaks(extreme, frame.whole.clone())
        };
        self.ask(reading, frame, &column.events, Some(column), wanted)
    }

    /// The n-th event from an end; `identified` where ties with other events matter.
    pub(super) fn moment(&mut self, nth: Nth, events: &Events, window: &Window, identified: bool) -> Asked {
        let frame = self.frame(window, events);
        if let Some(asked) = self.settled(Reading::Moment(nth), &frame, events, Together::default()) {
            return asked;
        }
        let identified = identified || frame.ties;
        let wanted = Self::ends(nth, &frame, identified, None);
        self.ask(Reading::Moment(nth), frame, events, None, wanted)
    }

    fn pick(&mut self, nth: Nth, column: &ColumnRef, window: &Window) -> Asked {
        let frame = self.frame(window, &column.events);
        if let Some(asked) =
            self.settled(Reading::Pick(nth), &frame, &column.events, Together::of(vec![Reads::column(column)]))
        {
            return asked;
        }
        let wanted = Self::ends(nth, &frame, true, Some(Measured::Column));
        self.ask(Reading::Pick(nth), frame, &column.events, Some(column), wanted)
    }

    /// As few events from one end as tell the n-th.
    fn ends(nth: Nth, frame: &Frame, identified: bool, measured: Option<Measured>) -> Wanted {
        let Nth { side, ordinal } = nth;
        let valued = measured.is_some();
        let from_the_end = side == Side::Last && frame.delay.is_none();
        let rule = match (ordinal, side) {
            (1, _) if frame.is_life() || from_the_end => {
                return Wanted::Edge { side, identified, valued, slides: valued && !frame.is_life() };
            }
            (_, Side::First) if frame.is_life() => return Wanted::Oldest { count: usize::from(ordinal), valued },
            (_, Side::Last) if from_the_end => Rule::Newest { count: usize::from(ordinal), delay: None },
            (_, Side::First | Side::Last) => frame.whole.clone(),
        };
        if identified || valued { Wanted::Entries { rule, identified, measured } } else { Wanted::Moments(rule) }
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
        let within = within.map(|length| Horizon { length, zone: self.zone.clone() });
        let settles = is_settled(first) || is_settled(second);
        let identified = can_tie(first, second) || frame.ties || settles;
        let list = |rule| {
            if identified { Wanted::Entries { rule, identified, measured: None } } else { Wanted::Moments(rule) }
        };
        let edges_suffice = within.is_none() && frame.delay.is_none() && !settles;
        let reached = reach_back(&frame.whole, within.as_ref(), &self.zone);
        let (earlier, later) = if edges_suffice {
            let edge = |side| Wanted::Edge { side, identified, valued: false, slides: false };
            (edge(Side::First), edge(Side::Last))
        } else {
            (list(reached.clone()), list(frame.whole.clone()))
        };
        let first = self.step(first, Nth::FIRST, &Frame::unbounded(reached), earlier);
        let second = self.step(second, Nth::LAST, &frame, later);
        Sequence { first, second, within }
    }

    /// A step of a sequence, kept as wanted or, where refunds decide about it, as long as the frame says.
    pub(super) fn step(&mut self, events: &Events, nth: Nth, frame: &Frame, wanted: Wanted) -> Measure {
        let reading = Reading::Moment(nth);
        let asked = match self.settled(reading, frame, events, Together::default()) {
            Some(asked) => asked,
            None => self.ask(reading, frame.clone(), events, None, wanted),
        };
        asked.measure(events.to_string())
    }
}

/// The rule that keeps every earlier step whose later one can still lie in the window.
pub(super) fn reach_back(window: &Rule, within: Option<&Horizon>, zone: &Zone) -> Rule {
    match (window, within) {
        (Rule::Within(reach), Some(within)) => {
            let length = one_after_the_other(reach.at_most(), within.length);
            Rule::Within(Reach::Ago(Horizon { length, zone: zone.clone() }))
        }
        (Rule::Within(_) | Rule::All | Rule::Newest { .. }, _) => Rule::All,
    }
}

/// A length that is surely not shorter than both, one after the other.
pub(super) fn one_after_the_other(a: Length, b: Length) -> Length {
    /// Two calendar lengths one after the other can end later than their sum by a day cut off at a month's end.
    const CALENDAR_SLACK_MILLIS: i64 = 4 * 86_400_000;
    let slack = if a.is_calendar() || b.is_calendar() { CALENDAR_SLACK_MILLIS } else { 0 };
    Length::new(a.months() + b.months(), a.millis() + b.millis() + slack)
}

/// Whether an event of one selection can have the time and type of an event of the other.
pub(super) fn can_tie(a: &Events, b: &Events) -> bool {
    match (&a.selection, &b.selection) {
        (Selection::Any, _) | (_, Selection::Any) => true,
        (Selection::Types(a), Selection::Types(b)) => a.iter().any(|name| b.contains(name)),
    }
}
