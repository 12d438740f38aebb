//! What follows a date through the calendar: `age`, `days_until`, `anniversary`, `in today` and windows like it.

use super::Checker;
use super::typed::Typed;
use crate::segment::language::ast::{Dated, Node};
use crate::segment::language::{Diagnostic, Span};
use crate::segment::{Term, Type, Window};
use crate::timer::Period;

impl Checker<'_> {
    /// `age(D)`, `anniversary(D)`, `days_until(I)`
    pub(super) fn dated(&mut self, dated: Dated, part: &Node, span: Span) -> Option<Typed> {
        let typed = self.node(part)?;
        self.following(dated, typed, span)
    }

    fn following(&mut self, dated: Dated, typed: Typed, span: Span) -> Option<Typed> {
        let (taker, wanted) = match dated {
            Dated::Age => ("`age`", Type::Date),
            Dated::Anniversary => ("`anniversary`", Type::Date),
            Dated::DaysUntil => ("`days_until`", Type::Instant),
        };
        let typed = self.steady(typed)?;
        let typed = if wanted == Type::Date && typed.ty == Some(Type::Instant) {
            self.declared(&typed, &Type::Date)?;
            self.day(typed)?
        } else {
            typed
        };
        let date = Box::new(self.fitted(typed, &wanted, taker)?);
        Some(match dated {
            Dated::Age => Typed::new(Term::Age(date), Type::Number, span),
            Dated::Anniversary => Typed::new(Term::Anniversary(date), Type::Instant, span),
            Dated::DaysUntil => Typed::new(Term::DaysUntil(date), Type::Number, span),
        })
    }

    /// `I in today`
    pub(super) fn in_period(&mut self, part: &Node, period: Period, span: Span) -> Option<Typed> {
        let typed = self.node(part)?;
        let typed = self.steady(typed)?;
        let instant = self.fitted(typed, &Type::Instant, &format!("`in {period}`"))?;
        Some(Typed::new(Term::InPeriod(Box::new(instant), period), Type::Boolean, span))
    }

    /// A window such as `this month`.
    pub(super) fn period_window(&mut self, period: Period, span: Span) -> Option<Window> {
        if period.offset <= 0 {
            return Some(Window::Period(period));
        }
        let message = format!("this window holds nothing: no event lies in `{period}`");
        let help = "a window lies in the past: `today`, `yesterday`, `this` or `last` `week`, `month`, `year`";
        self.fail(Diagnostic::error("empty-window", span, message).help(help))
    }

    /// Refuses an instant that moves with time.
    fn steady(&mut self, typed: Typed) -> Option<Typed> {
        if !typed.moves {
            return Some(typed);
        }
        let message = "the day of what moves with time is not linear in time";
        let help = "name an instant that stays: `last(purchase)`, a trait, a date";
        self.fail(Diagnostic::error("not-linear", typed.span, message).help(help))
    }
}
