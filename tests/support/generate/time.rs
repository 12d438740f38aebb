//! Random instants, durations and dates, and tests of them.
//!
//! On a calendar scale everything that moves with time moves by whole ticks: one `since` or `until` against a constant.

use crate::definition::{Arithmetic, Expression, Form, Term, Type};
use spicchio_core::event::Value;
use spicchio_core::timer::Date;

use super::Author;
use super::author::{truth, typed};
use super::repertoire::has;

impl Author<'_> {
    /// An instant, which may be none and may move.
    pub(super) fn instant(&mut self, depth: u8) -> Expression {
        if self.random.chance(15)
            && let Some(special) = self.special(&Type::Instant)
        {
            return special;
        }
        let deeper = u64::from(depth > 0);
        match self.random.weighted(&[(8, 'm'), (2, 't'), (2, 'p'), (1, 'c'), (deeper, 'a'), (deeper, 'i')]) {
            't' => self.trait_of(&Type::Instant).unwrap_or_else(|| self.moment()),
            'p' => self.pick(&Type::Instant).unwrap_or_else(|| self.moment()),
            'c' => self.moment_written(),
            'a' => {
                let operation = if self.random.chance(60) { Arithmetic::Add } else { Arithmetic::Subtract };
                let moves = !self.scale.is_calendar && !self.is_still && self.random.chance(30);
                let span = if moves { self.duration(depth - 1) } else { self.span_written() };
                let instant = self.instant(depth - 1).into();
                typed(Term::Arithmetic(operation, instant, span.into()), Type::Instant)
            }
            'i' => self.branch(depth - 1, Self::instant),
            _ => self.moment(),
        }
    }

    /// What `since` and `until` count from: an instant, or a date's first moment.
    fn reference(&mut self, depth: u8) -> Expression {
        if self.random.chance(12) {
            let picked = if self.random.chance(50) { self.pick(&Type::Date) } else { None };
            let date = picked.or_else(|| self.trait_of(&Type::Date));
            return date.map_or_else(|| self.instant(depth), |date| typed(Term::StartOf(date.into()), Type::Instant));
        }
        self.instant(depth)
    }

    fn moment(&mut self) -> Expression {
        let form = Form::Moment(self.side(), self.events(), 1, self.window(2));
        typed(Term::Form(form), Type::Instant)
    }

    /// An instant written in the definition.
    pub(super) fn moment_written(&mut self) -> Expression {
        let tick = self.random.between(-20, self.scale.ticks);
        typed(Term::Constant(Value::Instant(self.scale.at(tick))), Type::Instant)
    }

    /// A comparison of instants, most often of two events.
    pub(super) fn about_instants(&mut self, depth: u8) -> Expression {
        let relation = self.relation();
        let (left, right) = match self.random.between(0, 9) {
            0..=4 => (self.moment(), self.moment()),
            5..=7 => (self.instant(depth), self.moment_written()),
            8 => {
                let (low, high) = (self.moment_written(), self.instant(0));
                return truth(Term::Between(self.instant(depth).into(), low.into(), high.into()));
            }
            _ => (self.instant(depth), self.instant(depth)),
        };
        truth(Term::Compare(relation, left.into(), right.into()))
    }

    /// A duration, which may be none and moves more often than not.
    pub(super) fn duration(&mut self, depth: u8) -> Expression {
        if self.random.chance(15)
            && let Some(special) = self.special(&Type::Duration)
        {
            return special;
        }
        let deeper = u64::from(depth > 0 && !self.scale.is_calendar);
        match self.random.weighted(&[(8, 's'), (2, 'u'), (1, 'l'), (deeper * 5, 'a'), (deeper, 'i'), (deeper, 'd')]) {
            'u' => typed(Term::Until(self.reference(depth).into()), Type::Duration),
            'l' => self.span_written(),
            'a' => self.duration_arithmetic(depth - 1),
            'i' => self.branch(depth - 1, Self::duration),
            'd' => {
                let (left, right) = (self.instant(depth - 1), self.instant(depth - 1));
                typed(Term::Arithmetic(Arithmetic::Subtract, left.into(), right.into()), Type::Duration)
            }
            _ => typed(Term::Since(self.reference(depth).into()), Type::Duration),
        }
    }

    fn duration_arithmetic(&mut self, depth: u8) -> Expression {
        use Arithmetic::{Add, Divide, Multiply, Subtract};
        let duration = self.duration(depth);
        let (operation, left, right) = match self.random.between(0, 5) {
            0 => return typed(Term::Negate(duration.into()), Type::Duration),
            1 | 2 => (Multiply, duration, self.number_written(-1, 3)),
            3 => (Divide, duration, self.number_written(1, 3)),
            4 => (Add, duration, self.duration(depth)),
            _ => (Subtract, duration, self.duration(depth)),
        };
        typed(Term::Arithmetic(operation, left.into(), right.into()), Type::Duration)
    }

    /// A fixed length written in the definition.
    pub(super) fn span_written(&mut self) -> Expression {
        let longest = self.random.weighted(&[(2, 10), (2, 50), (1, 200)]);
        let ticks = self.random.between(0, longest);
        typed(Term::Length(self.scale.length(ticks)), Type::Duration)
    }

    /// A comparison of durations; a calendar length only beside `since` and `until`.
    pub(super) fn about_duration(&mut self, depth: u8) -> Expression {
        let relation = self.relation();
        let span = typed(
            if self.random.chance(75) {
                Term::Since(self.reference(depth).into())
            } else {
                Term::Until(self.reference(depth).into())
            },
            Type::Duration,
        );
        if self.scale.is_calendar {
            let held = if has("held") && self.random.chance(25) { Some(self.held()) } else { None };
            let span = held.map_or(span, |held| typed(held, Type::Duration));
            let threshold = self.threshold(depth);
            let (left, right) = if self.random.chance(85) { (span, threshold) } else { (threshold, span) };
            return truth(Term::Compare(relation, left.into(), right.into()));
        }
        let span = if self.random.chance(30) { self.duration(depth) } else { span };
        match self.random.between(0, 9) {
            0..=6 => truth(Term::Compare(relation, span.into(), self.threshold(depth).into())),
            7 => truth(Term::Between(span.into(), self.span_written().into(), self.span_written().into())),
            _ => truth(Term::Compare(relation, span.into(), self.duration(depth).into())),
        }
    }

    /// A length, or a choice between two.
    fn threshold(&mut self, depth: u8) -> Expression {
        if depth > 0 && self.random.chance(25) {
            return self.branch(depth - 1, |author, _| author.threshold(0));
        }
        typed(Term::Length(self.length()), Type::Duration)
    }

    /// A date, which may be none.
    pub(super) fn date(&mut self) -> Expression {
        let picked = if self.random.chance(50) { self.pick(&Type::Date) } else { None };
        picked.or_else(|| self.trait_of(&Type::Date)).unwrap_or_else(|| self.date_written())
    }

    /// A date, or an instant that is compared with one.
    pub(super) fn day(&mut self, depth: u8) -> Expression {
        if self.random.chance(50) {
            return self.date();
        }
        let outside = std::mem::replace(&mut self.is_still, true);
        let instant = self.instant(depth).into();
        self.is_still = outside;
        typed(Term::DateOf(instant), Type::Date)
    }

    fn date_written(&mut self) -> Expression {
        let tick = self.random.between(0, self.scale.ticks);
        let day = self.scale.zone.date(self.scale.at(tick)).days();
        let day = day + i32::from(self.random.chance(20)) - i32::from(self.random.chance(20));
        typed(Term::Constant(Value::Date(Date::from_days(day))), Type::Date)
    }

    /// A test of a date against one that is written.
    pub(super) fn about_date(&mut self, date: Expression) -> Expression {
        if self.random.chance(10) {
            let (low, high) = (self.date_written(), self.date_written());
            return truth(Term::Between(date.into(), low.into(), high.into()));
        }
        truth(Term::Compare(self.relation(), date.into(), self.date_written().into()))
    }
}
