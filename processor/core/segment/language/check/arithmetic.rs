//! `+ - * /` and unary minus: which types go together, and that the result stays linear in time.

use super::Checker;
use super::typed::Typed;
use crate::event::{Number, Value};
use crate::segment::language::ast::{Node, NodeKind};
use crate::segment::language::{Diagnostic, Span};
use crate::segment::{Arithmetic, Expression, Term, Type};

impl Checker<'_> {
    /// `one + other + ..`: a chain leans to the left, and is walked along and not down.
    pub(super) fn arithmetic(&mut self, node: &Node) -> Option<Typed> {
        let mut chain = Vec::new();
        let mut first = node;
        while let NodeKind::Arithmetic(operator, pair) = &first.kind {
            let [one, other] = &**pair;
            chain.push((*operator, other, first.span));
            first = one;
        }
        let mut result = self.node(first);
        while let Some((operator, other, span)) = chain.pop() {
            let other = self.node(other);
            result = match (result, other) {
                (Some(one), Some(other)) => self.combined(operator, one, other, span),
                (_, _) => None,
            };
        }
        result
    }

    fn combined(&mut self, operator: Arithmetic, one: Typed, other: Typed, span: Span) -> Option<Typed> {
        let (one, other) = (self.fixed(one), self.fixed(other));
        let (one, other) = (one?, other?);
        let (one, other) = (self.instant(one), self.instant(other));
        let (one, other) = (one?, other?);
        let (one_wants, other_wants) = wants(operator, one.ty.as_ref(), other.ty.as_ref());
        let (one, other) = (self.assumed(one, &one_wants)?, self.assumed(other, &other_wants)?);
        let Some(ty) = result(operator, one.ty.as_ref(), other.ty.as_ref()) else {
            let (verb, link) = match operator {
                Arithmetic::Add => ("added", "and"),
                Arithmetic::Subtract => ("subtracted", "and"),
                Arithmetic::Multiply => ("multiplied", "and"),
                Arithmetic::Divide => ("divided", "by"),
            };
            let message = format!("{} {link} {} cannot be {verb}", one.described(), other.described());
            let help = self.inferred_help(&[&one, &other]);
            return self.fail(Diagnostic::error("type-mismatch", span, message).help_if(help));
        };
        self.linear(operator, &one, &other, span)?;
        let moves = one.moves || other.moves;
        // A number before a duration and a duration before an instant change places, so that there is one form of each.
        let swapped = match (&one.ty, &other.ty) {
            (Some(Type::Number), Some(Type::Duration)) | (Some(Type::Duration), Some(Type::Instant)) => true,
            (_, _) => false,
        };
        let (one, other) = if swapped { (other, one) } else { (one, other) };
        let (one, other): (Expression, Expression) = (one.expression(), other.expression());
        Some(Typed::new(Term::Arithmetic(operator, Box::new(one), Box::new(other)), ty, span).moving(moves))
    }

    /// Refuses what a comparison could not be solved for, and division by nothing.
    fn linear(&mut self, operator: Arithmetic, one: &Typed, other: &Typed, span: Span) -> Option<()> {
        let by_zero = matches!(&other.term, Term::Constant(Value::Number(number)) if *number == Number::default())
            || matches!(&other.term, Term::Length(length) if length.millis() == 0);
        if operator == Arithmetic::Divide && by_zero {
            return self.fail(Diagnostic::error("division-by-zero", other.span, "this divides by zero"));
        }
        let lengths = (&one.ty, &other.ty) == (&Some(Type::Duration), &Some(Type::Duration));
        if operator == Arithmetic::Divide && lengths && !is_length(&other.term) {
            let message = "a duration is divided by a duration written out, such as `1d`";
            return self.fail(Diagnostic::error("not-linear", other.span, message));
        }
        let product = operator == Arithmetic::Multiply && one.moves && other.moves;
        let quotient = operator == Arithmetic::Divide && other.moves;
        if product || quotient {
            let message = "this is not linear in time: `since(..)` or `until(..)` on both sides of it";
            let message =
                if product { message } else { "this is not linear in time: it divides by what moves with time" };
            let help = "compare each of them on its own";
            return self.fail(Diagnostic::error("not-linear", span, message).help(help));
        }
        Some(())
    }

    /// Unary minus.
    pub(super) fn negation(&mut self, node: &Node, span: Span) -> Option<Typed> {
        let typed = self.node(node)?;
        self.negated(typed, span)
    }

    fn negated(&mut self, typed: Typed, span: Span) -> Option<Typed> {
        let typed = self.fixed(typed)?;
        let typed = self.assumed(typed, &Type::Number)?;
        let Some(ty @ (Type::Number | Type::Duration)) = typed.ty.clone() else {
            let message = format!("a minus sign takes a number or a duration, this is {}", typed.described());
            let help = self.inferred_help(&[&typed]);
            return self.fail(Diagnostic::error("type-mismatch", typed.span, message).help_if(help));
        };
        let moves = typed.moves;
        Some(Typed::new(Term::Negate(Box::new(typed.expression())), ty, span).moving(moves))
    }
}

fn is_length(term: &Term) -> bool {
    let inside = if let Term::Negate(inside) = term { &inside.term } else { term };
    matches!(inside, Term::Length(_))
}

/// The types that undeclared traits take on either side.
fn wants(operator: Arithmetic, one: Option<&Type>, other: Option<&Type>) -> (Type, Type) {
    let shifts = matches!(operator, Arithmetic::Add | Arithmetic::Subtract);
    let beside = |ty: Option<&Type>, first: bool| match ty {
        Some(Type::Duration) if shifts && (first || operator == Arithmetic::Add) => Type::Instant,
        Some(Type::Instant) if operator == Arithmetic::Subtract => Type::Instant,
        Some(_) | None => Type::Number,
    };
    (beside(other, true), beside(one, false))
}

/// The type of the result, where the operands go together.
fn result(operator: Arithmetic, one: Option<&Type>, other: Option<&Type>) -> Option<Type> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    match (operator, one?, other?) {
        (Add | Subtract | Multiply | Divide, Type::Number, Type::Number) | (Divide, Type::Duration, Type::Duration) => {
            Some(Type::Number)
        }
        (Add | Subtract, Type::Duration, Type::Duration)
        | (Subtract, Type::Instant, Type::Instant)
        | (Multiply | Divide, Type::Duration, Type::Number)
        | (Multiply, Type::Number, Type::Duration) => Some(Type::Duration),
        (Add | Subtract, Type::Instant, Type::Duration) | (Add, Type::Duration, Type::Instant) => Some(Type::Instant),
        (_, _, _) => None,
    }
}
