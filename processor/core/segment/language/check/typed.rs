//! A checked part of an expression, with what its surroundings must know about it.

use super::Checker;
use crate::event::Value;
use crate::segment::language::{Diagnostic, Span};
use crate::segment::{Expression, Term, Type};
use crate::timer::Length;

/// A part with its type, unless it is a trait (or a choice between traits) whose type nobody has decided yet.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) term: Term,
    pub(super) ty: Option<Type>,
    pub(super) span: Span,
    /// Its value changes as time passes, by as much: a comparison of it solves for the crossing.
    pub(super) moves: bool,
    /// Where a calendar length stands that nothing has been compared with yet.
    pub(super) calendar: Option<Span>,
}

impl Typed {
    pub(super) fn new(term: Term, ty: Type, span: Span) -> Self {
        Self { term, ty: Some(ty), span, moves: false, calendar: None }
    }

    pub(super) fn constant(value: Value, ty: Type, span: Span) -> Self {
        Self::new(Term::Constant(value), ty, span)
    }

    pub(super) fn length(length: Length, span: Span) -> Self {
        let calendar = length.is_calendar().then_some(span);
        Self { calendar, ..Self::new(Term::Length(length), Type::Duration, span) }
    }

    pub(super) fn moving(self, moves: bool) -> Self {
        Self { moves, ..self }
    }

    /// The expression; call it once the type is decided.
    pub(super) fn expression(self) -> Expression {
        Expression { term: self.term, ty: self.ty.unwrap_or(Type::Text) }
    }

    /// Its type in words.
    pub(super) fn described(&self) -> &'static str {
        self.ty.as_ref().map_or("a trait of no known type", Type::described)
    }
}

impl Type {
    /// The type in words: `a number`.
    pub(crate) const fn described(&self) -> &'static str {
        match self {
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Instant => "an instant",
            Self::Date => "a date",
            Self::Duration => "a duration",
            Self::List => "a list",
            Self::Point => "a point",
            Self::Distance => "a distance",
        }
    }
}

impl Checker<'_> {
    /// A date as its first moment in the zone; anything else unchanged.
    pub(super) fn instant(&mut self, typed: Typed) -> Option<Typed> {
        if typed.ty != Some(Type::Date) {
            return Some(typed);
        }
        self.declared(&typed, &Type::Instant)?;
        let Typed { term, span, .. } = typed;
        if let Term::Constant(Value::Date(date)) = term {
            return Some(Typed::constant(Value::Instant(self.zone.start_of(date)), Type::Instant, span));
        }
        let day = Expression { term, ty: Type::Date };
        Some(Typed::new(Term::StartOf(Box::new(day)), Type::Instant, span))
    }

    /// An instant as its day in the zone; anything else unchanged.
    pub(super) fn day(&mut self, typed: Typed) -> Option<Typed> {
        if typed.ty != Some(Type::Instant) {
            return Some(typed);
        }
        let span = typed.span;
        if typed.moves {
            let message = "the day of an instant that moves with time is not linear in time";
            let help = "compare it with an instant, such as `2026-01-01T00:00:00Z`";
            return self.fail(Diagnostic::error("not-linear", span, message).help(help));
        }
        Some(Typed::new(Term::DateOf(Box::new(typed.expression())), Type::Date, span))
    }

    /// The part, where no calendar length stands loose in it.
    pub(super) fn fixed(&mut self, typed: Typed) -> Option<Typed> {
        let Some(span) = typed.calendar else { return Some(typed) };
        let message = "a calendar length (`mo`, `y`) has no fixed duration";
        let help = "it is compared with `since(..)` or `until(..)`, or stands in a window; elsewhere use days: `90d`";
        self.fail(Diagnostic::error("calendar-length", span, message).help(help))
    }
}
