//! A tree to a typed expression: names resolved, every operand of a type that fits.
//!
//! Every mistake of an expression is reported, not only the first: what could not be typed is left out and asks nothing
//! of what stands around it. Not here: grammar (`parser`) and what expressions mean.

mod arithmetic;
mod calendar;
mod dates;
mod events;
mod filter;
mod forms;
mod items;
mod line_items;
mod measures;
mod operators;
mod pattern;
mod place;
mod reference;
mod traits;
mod typed;
mod window;

pub(super) use reference::Names;
pub(super) use traits::Traits;

use super::Diagnostic;
use super::ast::{Node, NodeKind, When};
use crate::event::Value;
use crate::segment::{EventType, Expression, Path, Term, Type};
use crate::timer::Zone;
use events::Read;
use typed::Typed;

/// What a name can mean where it stands.
#[derive(Clone, Debug)]
enum Scope<'a> {
    /// A condition on a customer: traits and forms.
    Customer,
    /// A filter on events of these types: their properties.
    Event(events::Members<'a>),
    /// A condition on one item of a list: its properties.
    Item {
        /// Which list: `profile` or nothing, and its path.
        of: Path,
        /// The list is one of an event, inside a filter.
        in_event: bool,
    },
}

/// Types the expressions of one file.
pub(super) struct Checker<'a> {
    events: &'a [EventType],
    traits: &'a mut Traits,
    zone: &'a Zone,
    names: &'a Names,
    scope: Scope<'a>,
    /// Inside `for some`: which event types its forms read so far.
    reads: Option<Vec<Read<'a>>>,
    /// What was wrong or doubtful so far.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A condition: a boolean expression.
pub(super) fn condition(checker: &mut Checker<'_>, node: &Node) -> Option<Expression> {
    checker.wanted(node, &Type::Boolean, "a condition")
}

/// A number.
pub(super) fn number(checker: &mut Checker<'_>, node: &Node) -> Option<Expression> {
    checker.wanted(node, &Type::Number, "a score")
}

/// An expression of any type.
pub(super) fn value(checker: &mut Checker<'_>, node: &Node) -> Option<Expression> {
    let typed = checker.node(node)?;
    let typed = checker.fixed(typed)?;
    Some(checker.settled(typed).expression())
}

impl<'a> Checker<'a> {
    pub(super) fn new(events: &'a [EventType], traits: &'a mut Traits, zone: &'a Zone, names: &'a Names) -> Self {
        Self { events, traits, zone, names, scope: Scope::Customer, reads: None, diagnostics: Vec::new() }
    }

    /// An expression of one type; `taker` says who wants it. A date becomes its first moment where an instant is
    /// wanted.
    fn wanted(&mut self, node: &Node, ty: &Type, taker: &str) -> Option<Expression> {
        let typed = self.node(node)?;
        self.fitted(typed, ty, taker)
    }

    fn fitted(&mut self, typed: Typed, ty: &Type, taker: &str) -> Option<Expression> {
        let typed = self.fixed(typed)?;
        let typed = self.assumed(typed, ty)?;
        let typed = if *ty == Type::Instant { self.instant(typed)? } else { typed };
        if typed.ty.as_ref() == Some(ty) {
            return Some(typed.expression());
        }
        let message = format!("{taker} takes {}, this is {}", ty.described(), typed.described());
        let diagnostic = Diagnostic::error("type-mismatch", typed.span, message).help_if(self.inferred_help(&[&typed]));
        self.fail(diagnostic)
    }

    fn fail<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }

    /// Any part of an expression. What does not call itself again is done elsewhere, to keep the frame of this small.
    fn node(&mut self, node: &Node) -> Option<Typed> {
        let span = node.span;
        match &node.kind {
            NodeKind::Mistake
            | NodeKind::Boolean(_)
            | NodeKind::Number(_)
            | NodeKind::Duration(_)
            | NodeKind::Text(_)
            | NodeKind::When(_) => literal(node),
            NodeKind::Or(parts) => self.parts(parts, Term::Or, span),
            NodeKind::And(parts) => self.parts(parts, Term::And, span),
            NodeKind::Not(part) => self.denial(part, span),
            NodeKind::If(parts) => self.choice(parts, span),
            NodeKind::Compare(relation, pair) => self.comparison(*relation, pair, span),
            NodeKind::Between(parts) => self.between(parts, span),
            NodeKind::In { value, items, negated } => self.membership(value, items, *negated, span),
            NodeKind::Search(search, pair) => self.search(*search, pair, span),
            NodeKind::Missing(part) => self.presence(part, Term::Missing, span),
            NodeKind::Exists(part) => self.presence(part, Term::Exists, span),
            NodeKind::Arithmetic(..) => self.arithmetic(node),
            NodeKind::Negate(part) => self.negation(part, span),
            NodeKind::Lower(part) => self.lower(part, span),
            NodeKind::Matches(text, pattern) => self.matching(text, pattern, span),
            NodeKind::Some { list, condition } => self.some(list, condition, span),
            NodeKind::Kilometres(metres) => Some(Typed::new(Term::Metres(*metres), Type::Distance, span)),
            NodeKind::Point(degrees) => self.point(degrees, span),
            NodeKind::Property(path) => self.property(path, span),
            NodeKind::Trait(_)
            | NodeKind::Form(_)
            | NodeKind::ForSome { .. }
            | NodeKind::Held(_)
            | NodeKind::Reference(..)
            | NodeKind::Since(_)
            | NodeKind::Until(_)
            | NodeKind::InPeriod(..)
            | NodeKind::Clock(_)
            | NodeKind::Dated(..)
            | NodeKind::Distance(_)
            | NodeKind::Bucket(..) => self.of_customer(node),
        }
    }

    /// What says something about the customer, and has no place in a filter on events.
    fn of_customer(&mut self, node: &Node) -> Option<Typed> {
        let span = node.span;
        if let Scope::Event(_) | Scope::Item { in_event: true, .. } = self.scope {
            let message = "inside `where` there are only properties of the event, literals and `lower`";
            let help = "compare with the customer outside of the form, or with a literal";
            return self.fail(Diagnostic::error("not-in-where", span, message).help(help));
        }
        match &node.kind {
            NodeKind::Trait(path) => self.customer_trait(path, span),
            NodeKind::Form(form) => self.form(form, span),
            NodeKind::ForSome { property, condition } => self.for_some(property, condition, span),
            NodeKind::Since(part) => self.distance(part, Term::Since, "`since`", span),
            NodeKind::Until(part) => self.distance(part, Term::Until, "`until`", span),
            NodeKind::Distance(points) => self.apart(points, span),
            NodeKind::Bucket(buckets, salt) => self.bucket(*buckets, salt, span),
            NodeKind::InPeriod(part, period) => self.in_period(part, *period, span),
            NodeKind::Clock(dial) => Some(Typed::new(Term::Clock(*dial), Type::Number, span)),
            NodeKind::Dated(dated, part) => self.dated(*dated, part, span),
            NodeKind::Held(path) => self.held(path, span),
            NodeKind::Reference(about, name) => self.reference(*about, name, span),
            NodeKind::Mistake
            | NodeKind::Boolean(_)
            | NodeKind::Number(_)
            | NodeKind::Duration(_)
            | NodeKind::Text(_)
            | NodeKind::When(_)
            | NodeKind::If(_)
            | NodeKind::Or(_)
            | NodeKind::And(_)
            | NodeKind::Not(_)
            | NodeKind::Compare(..)
            | NodeKind::Between(_)
            | NodeKind::In { .. }
            | NodeKind::Search(..)
            | NodeKind::Missing(_)
            | NodeKind::Exists(_)
            | NodeKind::Arithmetic(..)
            | NodeKind::Negate(_)
            | NodeKind::Property(_)
            | NodeKind::Lower(_)
            | NodeKind::Kilometres(_)
            | NodeKind::Point(_)
            | NodeKind::Matches(..)
            | NodeKind::Some { .. } => None,
        }
    }
}

/// A literal; nothing for a mistake.
fn literal(node: &Node) -> Option<Typed> {
    let (value, ty) = match &node.kind {
        NodeKind::Duration(length) => return Some(Typed::length(*length, node.span)),
        NodeKind::Boolean(value) => (Value::Boolean(*value), Type::Boolean),
        NodeKind::Number(number) => (Value::Number(*number), Type::Number),
        NodeKind::Text(text) => (Value::Text(text.clone()), Type::Text),
        NodeKind::When(When::Date(date)) => (Value::Date(*date), Type::Date),
        NodeKind::When(When::Instant(instant)) => (Value::Instant(*instant), Type::Instant),
        NodeKind::Mistake
        | NodeKind::If(_)
        | NodeKind::Or(_)
        | NodeKind::And(_)
        | NodeKind::Not(_)
        | NodeKind::Compare(..)
        | NodeKind::Between(_)
        | NodeKind::In { .. }
        | NodeKind::Search(..)
        | NodeKind::Missing(_)
        | NodeKind::Exists(_)
        | NodeKind::Arithmetic(..)
        | NodeKind::Negate(_)
        | NodeKind::Trait(_)
        | NodeKind::Property(_)
        | NodeKind::Form(_)
        | NodeKind::ForSome { .. }
        | NodeKind::Lower(_)
        | NodeKind::Since(_)
        | NodeKind::Until(_)
        | NodeKind::InPeriod(..)
        | NodeKind::Clock(_)
        | NodeKind::Dated(..)
        | NodeKind::Kilometres(_)
        | NodeKind::Point(_)
        | NodeKind::Distance(_)
        | NodeKind::Matches(..)
        | NodeKind::Bucket(..)
        | NodeKind::Some { .. }
        | NodeKind::Held(_)
        | NodeKind::Reference(..) => return None,
    };
    Some(Typed::constant(value, ty, node.span))
}
