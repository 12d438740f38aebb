//! Values that begin with a name: traits, properties, and the forms by their names.

use compact_str::CompactString;

use super::super::ast::{About, Counting, Dated, FormNode, Measure, Name, Node, NodeKind, Sessions};
use super::super::suggest::did_you_mean;
use super::super::token::{Sign, Token, TokenKind, is_reserved};
use super::super::{Diagnostic, Span};
use super::cursor::{Cursor, Failed, Parsed};
use super::events::{column, events, optional_window};
use super::expression::{expr, sign, text};
use super::measures;
use crate::segment::Side;
use crate::timer::Dial;

/// The names of all forms that stand before parentheses.
const FORMS: [&str; 32] = [
    "count",
    "days",
    "sum",
    "avg",
    "min",
    "max",
    "distinct",
    "values",
    "net",
    "first",
    "last",
    "top",
    "sequence",
    "visits",
    "time_spent",
    "some",
    "since",
    "until",
    "days_until",
    "age",
    "anniversary",
    "lower",
    "held",
    "member",
    "stage",
    "score",
    "distance",
    "point",
    "weekday",
    "hour",
    "day_of_month",
    "bucket",
];

/// A trait, a property or a form.
pub(super) fn named(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    let Token { kind, span } = cursor.peek().clone();
    let called = cursor.ahead(1).kind == TokenKind::Sign(Sign::Open);
    let word = kind.word().unwrap_or_default();
    match word {
        "profile" => trait_path(cursor),
        "for" => for_some(cursor),
        "some" => some(cursor),
        "since" if called => form(cursor, word, span),
        "since" => Err(cursor.expected("a value; `since` takes parentheses: `since(last(purchase))`")),
        "if" => {
            let help = "put it in parentheses: `(if .. then .. else ..)`";
            let message = "`if` inside an expression takes parentheses";
            Err(cursor.fail(Diagnostic::error("if-needs-parentheses", span, message).help(help)))
        }
        "not" => {
            let help = "`not` binds looser than a comparison; put it in parentheses: `(not x)`";
            let message = "`not` cannot stand here";
            Err(cursor.fail(Diagnostic::error("misplaced-not", span, message).help(help)))
        }
        _ if is_reserved(word) => Err(cursor.expected("a value")),
        _ if called && !word.is_empty() => form(cursor, word, span),
        _ => property(cursor),
    }
}

fn trait_path(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    let start = cursor.word("profile")?;
    let path = cursor.path(1)?;
    cursor.node(NodeKind::Trait(path), start, 0)
}

fn property(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    let start = cursor.peek().span;
    let mut path = vec![cursor.name("a value")?];
    path.append(&mut cursor.path(0)?);
    cursor.node(NodeKind::Property(path), start, 0)
}

/// `for some P (C)`.
fn for_some(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    let start = cursor.word("for")?;
    cursor.word("some")?;
    let property = cursor.name("a property")?;
    let opened = cursor.sign(Sign::Open)?;
    let condition = Box::new(expr(cursor)?);
    cursor.close(Sign::Close, opened)?;
    let below = condition.height;
    cursor.node(NodeKind::ForSome { property, condition }, start, below)
}

/// `some list (C)`.
fn some(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    let start = cursor.word("some")?;
    let list = if cursor.is_word("profile") {
        trait_path(cursor)?
    } else {
        let name = cursor.name("a list")?;
        let span = name.span;
        cursor.node(NodeKind::Property(vec![name]), span, 0)?
    };
    let opened = cursor.sign(Sign::Open)?;
    let condition = expr(cursor)?;
    cursor.close(Sign::Close, opened)?;
    let below = list.height.max(condition.height);
    cursor.node(NodeKind::Some { list: Box::new(list), condition: Box::new(condition) }, start, below)
}

/// What stands in the parentheses of a form, and how high it is.
type Inside = (NodeKind, usize);

/// A form by its name: `name(..)`.
fn form(cursor: &mut Cursor<'_>, name: &str, start: Span) -> Parsed<Node> {
    cursor.next();
    let opened = cursor.sign(Sign::Open)?;
    let (kind, below) = match name {
        "count" => counting(cursor, Counting::Count, name),
        "days" => counting(cursor, Counting::Days, name),
        "sum" => measure(cursor, Measure::Sum),
        "avg" => measure(cursor, Measure::Average),
        "min" => measure(cursor, Measure::Minimum),
        "max" => measure(cursor, Measure::Maximum),
        "distinct" => measure(cursor, Measure::Distinct),
        "values" => measures::values(cursor).map(over_events),
        "net" => measures::net(cursor).map(over_events),
        "first" => measures::side(cursor, Side::First).map(over_events),
        "last" => measures::side(cursor, Side::Last).map(over_events),
        "top" => measures::top(cursor).map(over_events),
        "sequence" => measures::sequence(cursor).map(over_events),
        "visits" => measures::sessions(cursor, Sessions::Visits).map(over_events),
        "time_spent" => measures::sessions(cursor, Sessions::TimeSpent).map(over_events),
        "since" => of_one(cursor, NodeKind::Since),
        "until" => of_one(cursor, NodeKind::Until),
        "lower" => of_one(cursor, NodeKind::Lower),
        "days_until" => of_one(cursor, |node| NodeKind::Dated(Dated::DaysUntil, node)),
        "age" => of_one(cursor, |node| NodeKind::Dated(Dated::Age, node)),
        "anniversary" => of_one(cursor, |node| NodeKind::Dated(Dated::Anniversary, node)),
        "held" => held(cursor),
        "member" => reference(cursor, About::Segment),
        "stage" => reference(cursor, About::Ladder),
        "score" => reference(cursor, About::Score),
        "distance" => pair(cursor, expr, NodeKind::Distance),
        "point" => pair(cursor, sign, NodeKind::Point),
        "weekday" => Ok((NodeKind::Clock(Dial::Weekday), 0)),
        "hour" => Ok((NodeKind::Clock(Dial::Hour), 0)),
        "day_of_month" => Ok((NodeKind::Clock(Dial::DayOfMonth), 0)),
        "bucket" => bucket(cursor),
        _ => Err(unknown(cursor, name, start)),
    }?;
    cursor.close(Sign::Close, opened)?;
    cursor.node(kind, start, below)
}

fn held(cursor: &mut Cursor<'_>) -> Parsed<Inside> {
    cursor.word("profile")?;
    Ok((NodeKind::Held(cursor.path(1)?), 0))
}

fn reference(cursor: &mut Cursor<'_>, about: About) -> Parsed<Inside> {
    let span = cursor.peek().span;
    let text = text(cursor)?;
    Ok((NodeKind::Reference(about, Name { text, span }), 0))
}

fn over_events((form, below): (FormNode, usize)) -> Inside {
    (measured(form), below)
}

fn measured(form: FormNode) -> NodeKind {
    NodeKind::Form(Box::new(form))
}

fn unknown(cursor: &mut Cursor<'_>, name: &str, span: Span) -> Failed {
    let diagnostic = Diagnostic::error("unknown-form", span, format!("there is no form `{name}(..)`"));
    cursor.fail(diagnostic.help_if(did_you_mean(name, FORMS)))
}

fn counting(cursor: &mut Cursor<'_>, counting: Counting, name: &str) -> Parsed<Inside> {
    let events = events(cursor, name)?;
    let window = optional_window(cursor)?;
    let below = events.height.max(window.as_ref().map_or(0, |window| window.height));
    Ok((measured(FormNode::Counting(counting, events, window)), below))
}

fn measure(cursor: &mut Cursor<'_>, measure: Measure) -> Parsed<Inside> {
    let column = column(cursor, measure.name())?;
    let window = optional_window(cursor)?;
    let below = column.events.height.max(window.as_ref().map_or(0, |window| window.height));
    Ok((measured(FormNode::Column(measure, column, window)), below))
}

fn of_one(cursor: &mut Cursor<'_>, kind: impl FnOnce(Box<Node>) -> NodeKind) -> Parsed<Inside> {
    let node = expr(cursor)?;
    let below = node.height;
    Ok((kind(Box::new(node)), below))
}

fn pair(
    cursor: &mut Cursor<'_>,
    operand: fn(&mut Cursor<'_>) -> Parsed<Node>,
    kind: fn(Box<[Node; 2]>) -> NodeKind,
) -> Parsed<Inside> {
    let first = operand(cursor)?;
    cursor.sign(Sign::Comma)?;
    let second = operand(cursor)?;
    let below = first.height.max(second.height);
    Ok((kind(Box::new([first, second])), below))
}

fn bucket(cursor: &mut Cursor<'_>) -> Parsed<Inside> {
    let TokenKind::Number(buckets) = cursor.peek().kind else {
        return Err(cursor.expected("a number of buckets"));
    };
    cursor.next();
    let mut salt = Name { text: CompactString::default(), span: cursor.peek().span };
    if cursor.eat_sign(Sign::Comma) {
        let span = cursor.peek().span;
        salt = Name { text: text(cursor)?, span };
    }
    Ok((NodeKind::Bucket(buckets, salt), 0))
}
