//! `and`, `or`, `if`, comparisons, lists, searches, `exists` and `is missing`.

use super::Checker;
use super::calendar;
use super::typed::Typed;
use crate::event::{Number, Value};
use crate::segment::language::ast::{Node, NodeKind, Search};
use crate::segment::language::{Diagnostic, Span};
use crate::segment::{Expression, Form, Relation, Term, Type};

impl Checker<'_> {
    pub(super) fn parts(&mut self, nodes: &[Node], term: fn(Vec<Expression>) -> Term, span: Span) -> Option<Typed> {
        let parts: Vec<Option<Expression>> =
            nodes.iter().map(|node| self.wanted(node, &Type::Boolean, "`and`, `or`, `not` and `when`")).collect();
        let parts: Option<Vec<Expression>> = parts.into_iter().collect();
        Some(Typed::new(term(parts?), Type::Boolean, span))
    }

    pub(super) fn denial(&mut self, part: &Node, span: Span) -> Option<Typed> {
        let part = self.wanted(part, &Type::Boolean, "`not`")?;
        Some(Typed::new(Term::Not(Box::new(part)), Type::Boolean, span))
    }

    pub(super) fn lower(&mut self, part: &Node, span: Span) -> Option<Typed> {
        let part = self.wanted(part, &Type::Text, "`lower`")?;
        Some(Typed::new(Term::Lower(Box::new(part)), Type::Text, span))
    }

    /// `if C then A else B`
    pub(super) fn choice(&mut self, [condition, then, otherwise]: &[Node; 3], span: Span) -> Option<Typed> {
        let condition = self.wanted(condition, &Type::Boolean, "`if`");
        let then = self.node(then);
        let otherwise = self.node(otherwise);
        self.chosen(condition?, then?, otherwise?, span)
    }

    fn chosen(&mut self, condition: Expression, then: Typed, otherwise: Typed, span: Span) -> Option<Typed> {
        let (then, otherwise) = match (&then.ty, &otherwise.ty) {
            (Some(Type::Date), Some(Type::Instant)) | (Some(Type::Instant), Some(Type::Date)) => {
                (self.instant(then)?, self.instant(otherwise)?)
            }
            (Some(ty), None) => (then.clone(), self.assumed(otherwise, ty)?),
            (None, Some(ty)) => (self.assumed(then, ty)?, otherwise.clone()),
            (Some(_), Some(_)) | (None, None) => (then, otherwise),
        };
        if then.ty != otherwise.ty {
            return self.mismatch(&then, &otherwise, "both branches of `if` take one type");
        }
        let (ty, moves) = (then.ty.clone(), then.moves || otherwise.moves);
        let calendar = then.calendar.or(otherwise.calendar);
        let term = Term::If {
            condition: Box::new(condition),
            then: Box::new(then.expression()),
            otherwise: Box::new(otherwise.expression()),
        };
        Some(Typed { term, ty, span, moves, calendar })
    }

    fn mismatch<T>(&mut self, one: &Typed, other: &Typed, rule: &str) -> Option<T> {
        let (first, second) = (one.described(), other.described());
        let message = format!("{first} and {second} cannot be compared");
        let message = if rule.is_empty() { message } else { format!("{rule}, these are {first} and {second}") };
        let literal = literal_help(other, one).or_else(|| literal_help(one, other).filter(|_| rule.is_empty()));
        let help = self.inferred_help(&[one, other]).or(literal);
        self.fail(Diagnostic::error("type-mismatch", other.span, message).label(second).help_if(help))
    }

    /// Both operands in one type; an instant that meets a date has become its day.
    fn agreed(&mut self, one: Typed, other: Typed) -> Option<(Typed, Typed)> {
        let (one, other) = match (&one.ty, &other.ty) {
            (None, None) => (self.settled(one), self.settled(other)),
            (Some(ty), None) => (one.clone(), self.assumed(other, ty)?),
            (None, Some(ty)) => (self.assumed(one, ty)?, other.clone()),
            (Some(Type::Instant), Some(Type::Date)) => {
                self.declared(&one, &Type::Date)?;
                self.declared(&other, &Type::Instant)?;
                (self.day(one)?, other)
            }
            (Some(Type::Date), Some(Type::Instant)) => {
                self.declared(&one, &Type::Instant)?;
                self.declared(&other, &Type::Date)?;
                (one, self.day(other)?)
            }
            (Some(_), Some(_)) => (one, other),
        };
        if one.ty == other.ty { Some((one, other)) } else { self.mismatch(&one, &other, "") }
    }

    pub(super) fn comparison(&mut self, relation: Relation, [one, other]: &[Node; 2], span: Span) -> Option<Typed> {
        let one = self.node(one);
        let other = self.node(other);
        self.advised(relation, one?, other?, span)
    }

    fn advised(&mut self, relation: Relation, one: Typed, other: Typed, span: Span) -> Option<Typed> {
        let typed = self.compared(relation, one, other, span)?;
        self.advise(&typed);
        Some(typed)
    }

    /// A comparison of two checked operands.
    fn compared(&mut self, relation: Relation, one: Typed, other: Typed, span: Span) -> Option<Typed> {
        self.known_stage(&one, &other)?;
        self.known_stage(&other, &one)?;
        let (one, other) = self.agreed(one, other)?;
        self.comparable(&one, !matches!(relation, Relation::Equal | Relation::Unequal))?;
        if !calendar::fits(&one, &other) {
            self.fixed(if one.calendar.is_some() { one } else { other })?;
            return None;
        }
        let term = Term::Compare(relation, Box::new(one.expression()), Box::new(other.expression()));
        Some(Typed::new(term, Type::Boolean, span))
    }

    fn comparable(&mut self, typed: &Typed, ordered: bool) -> Option<()> {
        let (message, help) = match typed.ty {
            Some(Type::List) => {
                ("lists are not compared", "ask whether it holds something: `profile.tags contains \"a\"`")
            }
            Some(Type::Point) => (
                "points are not compared",
                "ask how far apart they are: `distance(profile.home, point(45.46, 9.19)) <= 30km`",
            ),
            Some(Type::Boolean) if ordered => ("true and false have no order", "use `==`, or the condition itself"),
            Some(_) | None => return Some(()),
        };
        self.fail(Diagnostic::error("type-mismatch", typed.span, message).help(help))
    }

    /// `value between low and high`; two comparisons where the bounds differ in type or a calendar length is one.
    pub(super) fn between(&mut self, [value, low, high]: &[Node; 3], span: Span) -> Option<Typed> {
        let value = self.node(value);
        let low = self.node(low);
        let high = self.node(high);
        self.enclosed(value?, low?, high?, span)
    }

    fn enclosed(&mut self, mut value: Typed, mut low: Typed, mut high: Typed, span: Span) -> Option<Typed> {
        let known = [&value, &low, &high].iter().find_map(|typed| typed.ty.clone());
        if let Some(ty) = known {
            value = self.assumed(value, &ty)?;
            low = self.assumed(low, &ty)?;
            high = self.assumed(high, &ty)?;
        }
        let mixed = low.ty != high.ty && value.ty == Some(Type::Instant);
        if mixed || low.calendar.is_some() || high.calendar.is_some() {
            let least = self.compared(Relation::AtLeast, value.clone(), low, span);
            let most = self.compared(Relation::AtMost, value, high, span);
            let both = vec![least?.expression(), most?.expression()];
            return Some(Typed::new(Term::And(both), Type::Boolean, span));
        }
        let (value, low) = self.agreed(value, low)?;
        let (value, high) = self.agreed(value, high)?;
        let value = self.fixed(value)?;
        self.comparable(&value, true)?;
        let [value, low, high] = [value, low, high].map(|typed| Box::new(typed.expression()));
        Some(Typed::new(Term::Between(value, low, high), Type::Boolean, span))
    }

    /// `value in [..]`; comparisons joined where the value is a duration or moves with time.
    pub(super) fn membership(&mut self, value: &Node, items: &[Node], negated: bool, span: Span) -> Option<Typed> {
        let value = self.node(value);
        let items: Vec<Option<Typed>> = items.iter().map(|item| self.item(item)).collect();
        let items: Option<Vec<Typed>> = items.into_iter().collect();
        self.listed(value?, items?, negated, span)
    }

    fn listed(&mut self, mut value: Typed, mut items: Vec<Typed>, negated: bool, span: Span) -> Option<Typed> {
        let first = items.first()?.clone();
        if let Some(odd) = items.iter().find(|item| item.ty != first.ty) {
            return self.mismatch(&first, &odd.clone(), "the items of a list take one type");
        }
        if value.moves || matches!(first.ty, Some(Type::Duration | Type::Distance)) {
            return self.any_of(&value, items, negated, span);
        }
        if (&value.ty, &first.ty) == (&Some(Type::Date), &Some(Type::Instant)) {
            items = items.into_iter().map(|item| self.constant_day(item)).collect();
        }
        let mut list = Vec::new();
        for item in items {
            let (one, other) = self.agreed(value, item)?;
            value = one;
            list.push(other.expression());
        }
        self.comparable(&value, false)?;
        let value = Box::new(self.fixed(value)?.expression());
        Some(Typed::new(Term::In { value, list, negated }, Type::Boolean, span))
    }

    /// One item of a list: a literal.
    fn item(&mut self, node: &Node) -> Option<Typed> {
        let literal = matches!(
            node.kind,
            NodeKind::Boolean(_)
                | NodeKind::Number(_)
                | NodeKind::Text(_)
                | NodeKind::When(_)
                | NodeKind::Duration(_)
                | NodeKind::Kilometres(_)
                | NodeKind::Mistake
        );
        let negative = matches!(&node.kind, NodeKind::Negate(part) if matches!(part.kind, NodeKind::Duration(_)));
        if literal || negative {
            return self.node(node);
        }
        let message = "the items of a list are literals";
        self.fail(Diagnostic::error("list-item", node.span, message).help("compare with `==`, joined by `or`"))
    }

    fn constant_day(&self, item: Typed) -> Typed {
        if let Term::Constant(Value::Instant(instant)) = item.term {
            return Typed::constant(Value::Date(self.zone.date(instant)), Type::Date, item.span);
        }
        item
    }

    fn any_of(&mut self, value: &Typed, items: Vec<Typed>, negated: bool, span: Span) -> Option<Typed> {
        let relation = if negated { Relation::Unequal } else { Relation::Equal };
        let mut parts = Vec::new();
        for item in items {
            parts.push(self.compared(relation, value.clone(), item, span)?.expression());
        }
        let term = match (parts.len(), negated) {
            (1, _) => parts.pop()?.term,
            (_, true) => Term::And(parts),
            (_, false) => Term::Or(parts),
        };
        Some(Typed::new(term, Type::Boolean, span))
    }

    /// `contains`, `starts with`, `ends with`
    pub(super) fn search(&mut self, search: Search, [within, sought]: &[Node; 2], span: Span) -> Option<Typed> {
        let within = self.node(within);
        let sought = self.node(sought);
        self.searched_for(search, within?, sought?, span)
    }

    fn searched_for(&mut self, search: Search, within: Typed, sought: Typed, span: Span) -> Option<Typed> {
        let in_list = search == Search::Contains && within.ty == Some(Type::List);
        let (within, sought) = if in_list {
            let sought = self.settled(sought);
            if sought.moves || matches!(sought.ty, Some(Type::Duration | Type::Distance | Type::List | Type::Point)) {
                let message = format!("a list is not searched for {}", sought.described());
                return self.fail(Diagnostic::error("type-mismatch", sought.span, message));
            }
            (within, sought)
        } else {
            (self.searched(within, search)?, self.searched(sought, search)?)
        };
        let (within, sought) = (Box::new(within.expression()), Box::new(sought.expression()));
        let term = match search {
            Search::Contains => Term::Contains(within, sought),
            Search::StartsWith => Term::StartsWith(within, sought),
            Search::EndsWith => Term::EndsWith(within, sought),
        };
        Some(Typed::new(term, Type::Boolean, span))
    }

    fn searched(&mut self, typed: Typed, search: Search) -> Option<Typed> {
        let typed = self.assumed(typed, &Type::Text)?;
        if typed.ty == Some(Type::Text) {
            return Some(typed);
        }
        let taker = match search {
            Search::Contains => "`contains` takes texts, or a declared list and an item",
            Search::StartsWith => "`starts with` takes texts",
            Search::EndsWith => "`ends with` takes texts",
        };
        let message = format!("{taker}; this is {}", typed.described());
        let help = self.inferred_help(&[&typed]);
        self.fail(Diagnostic::error("type-mismatch", typed.span, message).help_if(help))
    }

    /// `is missing`, `exists`
    pub(super) fn presence(&mut self, node: &Node, term: fn(Box<Expression>) -> Term, span: Span) -> Option<Typed> {
        let typed = self.node(node)?;
        self.present(typed, term, span)
    }

    fn present(&mut self, typed: Typed, term: fn(Box<Expression>) -> Term, span: Span) -> Option<Typed> {
        let typed = self.fixed(typed)?;
        let part = self.settled(typed).expression();
        Some(Typed::new(term(Box::new(part)), Type::Boolean, span))
    }

    /// Says so where a count is compared in a way that always or never holds.
    fn advise(&mut self, typed: &Typed) {
        let Term::Compare(relation, one, other) = &typed.term else { return };
        let is_count = matches!(&one.term, Term::Form(Form::Count(..) | Form::Days(..) | Form::Distinct(..)));
        let Term::Constant(Value::Number(number)) = other.term else { return };
        let zero = Number::default();
        let always = match relation {
            Relation::AtLeast if number <= zero => true,
            Relation::Greater | Relation::Unequal if number < zero => true,
            Relation::Less if number <= zero => false,
            Relation::AtMost | Relation::Equal if number < zero => false,
            Relation::Equal
            | Relation::Unequal
            | Relation::Less
            | Relation::AtMost
            | Relation::Greater
            | Relation::AtLeast => return,
        };
        if is_count {
            let (code, holds) = if always { ("always-true", "always") } else { ("always-false", "never") };
            let message = format!("a count is never negative, so this {holds} holds");
            self.diagnostics.push(Diagnostic::advice(code, typed.span, message));
        }
    }
}

/// The way out where one side is a literal that was written in the wrong way for the other.
fn literal_help(literal: &Typed, other: &Typed) -> Option<String> {
    let value = if let Term::Constant(value) = &literal.term { Some(value) } else { None };
    match (value, &other.ty) {
        (Some(Value::Text(text)), Some(Type::Number)) if Number::parse(text).is_some() => {
            Some(format!("leave out the quotes: `{text}`"))
        }
        (Some(Value::Text(_)), Some(Type::Instant | Type::Date)) => {
            Some("a date is written without quotes: `2026-01-01`".to_owned())
        }
        (Some(Value::Number(number)), Some(Type::Duration)) => Some(format!("a duration has a unit: `{number}d`")),
        (Some(Value::Number(number)), Some(Type::Distance)) => Some(format!("a distance has a unit: `{number}km`")),
        (Some(Value::Number(number)), Some(Type::Text)) => Some(format!("a text stands in quotes: `\"{number}\"`")),
        (_, Some(Type::Instant)) if literal.ty == Some(Type::Duration) => {
            Some("how long ago an instant was is `since(..)`: `since(last(purchase)) > 30d`".to_owned())
        }
        (_, Some(_) | None) => None,
    }
}
