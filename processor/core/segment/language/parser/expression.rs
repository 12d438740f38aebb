//! `if`, `or`, `and`, `not`, one comparison, sums, products and signs, from loose to tight.

use compact_str::CompactString;

use super::super::ast::{Name, Node, NodeKind, Search, When};
use super::super::token::{Sign, Token, TokenKind};
use super::super::{Diagnostic, Span};
use super::cursor::{Cursor, Parsed};
use super::form;
use crate::event::Number;
use crate::segment::{Arithmetic, Relation};

/// A whole expression up to the end of the text; a mistake where there is none.
pub(super) fn whole(cursor: &mut Cursor<'_>) -> Node {
    let start = cursor.peek().span;
    let node = expr(cursor).and_then(|node| {
        let ends = cursor.peek().kind == TokenKind::End;
        if ends { Ok(node) } else { Err(cursor.expected("the end of the expression")) }
    });
    node.unwrap_or(Node { kind: NodeKind::Mistake, span: start, height: 1 })
}

/// `if C then A else B`, or what binds tighter.
pub(super) fn expr(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    cursor.deeper(|cursor| {
        let start = cursor.peek().span;
        if !cursor.eat_word("if") {
            return either(cursor);
        }
        let condition = cursor.within_choice(expr)?;
        cursor.word("then")?;
        let then = cursor.within_choice(expr)?;
        cursor.word("else")?;
        let otherwise = expr(cursor)?;
        let below = condition.height.max(then.height).max(otherwise.height);
        cursor.node(NodeKind::If(Box::new([condition, then, otherwise])), start, below)
    })
}

fn either(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    chain(cursor, "or", both, NodeKind::Or)
}

fn both(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    chain(cursor, "and", recovered, NodeKind::And)
}

fn chain(
    cursor: &mut Cursor<'_>,
    link: &str,
    operand: fn(&mut Cursor<'_>) -> Parsed<Node>,
    kind: fn(Vec<Node>) -> NodeKind,
) -> Parsed<Node> {
    let start = cursor.peek().span;
    let first = operand(cursor)?;
    if !cursor.is_word(link) {
        return Ok(first);
    }
    let mut below = first.height;
    let mut nodes = vec![first];
    while cursor.eat_word(link) {
        let node = operand(cursor)?;
        below = below.max(node.height);
        nodes.push(node);
    }
    cursor.node(kind(nodes), start, below)
}

/// An operand of `and`, or a mistake in its place where reading can go on behind it.
fn recovered(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    let mark = cursor.mark();
    let start = cursor.peek().span;
    let operand = negated(cursor).and_then(|node| {
        let ends = cursor.ends_operand();
        if ends { Ok(node) } else { Err(cursor.expected("`and`, `or` or the end")) }
    });
    operand.or_else(|failed| if cursor.recover(mark) { cursor.node(NodeKind::Mistake, start, 0) } else { Err(failed) })
}

fn negated(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    let start = cursor.peek().span;
    if !cursor.eat_word("not") {
        return test(cursor);
    }
    let node = cursor.deeper(negated)?;
    let below = node.height;
    cursor.node(NodeKind::Not(Box::new(node)), start, below)
}

fn test(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    let start = cursor.peek().span;
    let value = sum(cursor)?;
    let Some(node) = relation(cursor, value, start)? else { return Err(foreign_relation(cursor)) };
    if begins_relation(cursor) {
        let span = cursor.peek().span;
        let message = "comparisons do not chain";
        let help = "join two comparisons with `and`: `1 <= x and x <= 5`; or put one in parentheses";
        return Err(cursor.fail(Diagnostic::error("comparison-chain", span, message).help(help)));
    }
    Ok(node)
}

fn comparison_sign(cursor: &Cursor<'_>) -> Option<Relation> {
    const SIGNS: [(Sign, Relation); 6] = [
        (Sign::Equal, Relation::Equal),
        (Sign::Unequal, Relation::Unequal),
        (Sign::Less, Relation::Less),
        (Sign::AtMost, Relation::AtMost),
        (Sign::Greater, Relation::Greater),
        (Sign::AtLeast, Relation::AtLeast),
    ];
    SIGNS.iter().find(|(sign, _)| cursor.is_sign(*sign)).map(|(_, relation)| *relation)
}

fn begins_relation(cursor: &Cursor<'_>) -> bool {
    const WORDS: [&str; 8] = ["between", "in", "contains", "starts", "ends", "matches", "is", "exists"];
    comparison_sign(cursor).is_some() || WORDS.iter().any(|word| cursor.is_word(word))
}

/// What may follow the first operand of a test; nothing where the words that follow are of no relation.
fn relation(cursor: &mut Cursor<'_>, value: Node, start: Span) -> Parsed<Option<Node>> {
    let height = value.height;
    if let Some(relation) = comparison_sign(cursor) {
        cursor.next();
        return pair(cursor, value, start, |pair| NodeKind::Compare(relation, pair)).map(Some);
    }
    for (first, second, search) in [
        ("contains", None, Search::Contains),
        ("starts", Some("with"), Search::StartsWith),
        ("ends", Some("with"), Search::EndsWith),
    ] {
        if cursor.eat_word(first) {
            second.map(|word| cursor.word(word)).transpose()?;
            return pair(cursor, value, start, |pair| NodeKind::Search(search, pair)).map(Some);
        }
    }
    if cursor.eat_word("between") {
        let low = sum(cursor)?;
        cursor.word("and")?;
        let high = sum(cursor)?;
        let below = height.max(low.height).max(high.height);
        return cursor.node(NodeKind::Between(Box::new([value, low, high])), start, below).map(Some);
    }
    if cursor.eat_word("exists") {
        return cursor.node(NodeKind::Exists(Box::new(value)), start, height).map(Some);
    }
    if cursor.eat_word("matches") {
        let span = cursor.peek().span;
        let pattern = Name { text: text(cursor)?, span };
        return cursor.node(NodeKind::Matches(Box::new(value), pattern), start, height).map(Some);
    }
    if cursor.is_word("is") {
        return missing(cursor, value, start).map(Some);
    }
    let negated = cursor.is_word("not");
    if negated && cursor.ahead(1).kind.word() != Some("in") {
        return Ok(None);
    }
    if negated {
        cursor.next();
    }
    if cursor.eat_word("in") {
        return membership(cursor, value, start, negated).map(Some);
    }
    Ok(Some(value))
}

/// `x not contains y`: `not` behind the value, without `in`.
fn foreign_relation(cursor: &mut Cursor<'_>) -> super::cursor::Failed {
    let span = cursor.peek().span;
    let message = "after a value, `not` goes with `in` alone";
    let help = "put `not` before the whole comparison: `not x contains y`";
    cursor.fail(Diagnostic::error("misplaced-not", span, message).help(help))
}

fn pair(
    cursor: &mut Cursor<'_>,
    value: Node,
    start: Span,
    kind: impl FnOnce(Box<[Node; 2]>) -> NodeKind,
) -> Parsed<Node> {
    let other = sum(cursor)?;
    let below = value.height.max(other.height);
    cursor.node(kind(Box::new([value, other])), start, below)
}

fn missing(cursor: &mut Cursor<'_>, value: Node, start: Span) -> Parsed<Node> {
    cursor.next();
    if cursor.is_word("not") {
        let span = cursor.peek().span;
        let help = "write `x exists` instead of `x is not missing`";
        return Err(cursor.fail(Diagnostic::error("syntax", span, "expected `missing`, found `not`").help(help)));
    }
    cursor.word("missing")?;
    let below = value.height;
    cursor.node(NodeKind::Missing(Box::new(value)), start, below)
}

fn membership(cursor: &mut Cursor<'_>, value: Node, start: Span, negated: bool) -> Parsed<Node> {
    let below = value.height;
    let place = cursor.peek().span;
    if let Some(period) = super::events::period(cursor)? {
        if negated {
            let span = cursor.since(place);
            let help = format!("put `not` before the whole comparison: `not x in {period}`");
            let message = "`not in` takes a list";
            return Err(cursor.fail(Diagnostic::error("misplaced-not", span, message).help(help)));
        }
        return cursor.node(NodeKind::InPeriod(Box::new(value), period), start, below);
    }
    let opened = cursor.peek().span;
    if !cursor.eat_sign(Sign::OpenList) {
        let token = cursor.peek().clone();
        if token.kind == TokenKind::Mistake {
            return Err(super::cursor::Failed);
        }
        let message = format!("expected a list, found {}", token.kind.describe());
        let help = "write `x in [1, 2]`; to look into a list trait, write `profile.tags contains x`";
        return Err(cursor.fail(Diagnostic::error("syntax", token.span, message).help(help)));
    }
    let mut items = vec![sum(cursor)?];
    while cursor.eat_sign(Sign::Comma) {
        items.push(sum(cursor)?);
    }
    cursor.close(Sign::CloseList, opened)?;
    let below = items.iter().map(|item| item.height).max().unwrap_or(0).max(below);
    cursor.node(NodeKind::In { value: Box::new(value), items, negated }, start, below)
}

fn sum(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    arithmetic(cursor, product, &[(Sign::Plus, Arithmetic::Add), (Sign::Minus, Arithmetic::Subtract)])
}

fn product(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    arithmetic(cursor, sign, &[(Sign::Star, Arithmetic::Multiply), (Sign::Slash, Arithmetic::Divide)])
}

fn arithmetic(
    cursor: &mut Cursor<'_>,
    operand: fn(&mut Cursor<'_>) -> Parsed<Node>,
    operators: &[(Sign, Arithmetic)],
) -> Parsed<Node> {
    let start = cursor.peek().span;
    let mut node = operand(cursor)?;
    while let Some((sign, operator)) = operators.iter().find(|(sign, _)| cursor.is_sign(*sign)) {
        cursor.sign(*sign)?;
        node = {
            let other = operand(cursor)?;
            let below = node.height.max(other.height);
            cursor.node(NodeKind::Arithmetic(*operator, Box::new([node, other])), start, below)?
        };
    }
    Ok(node)
}

/// Unary minus; before a number it makes a negative literal.
pub(super) fn sign(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    let start = cursor.peek().span;
    if !cursor.eat_sign(Sign::Minus) {
        return value(cursor);
    }
    if let TokenKind::Number(number) = cursor.peek().kind {
        cursor.next();
        return cursor.node(NodeKind::Number(Number::from_millionths(-number.millionths())), start, 0);
    }
    let node = cursor.deeper(sign)?;
    let below = node.height;
    cursor.node(NodeKind::Negate(Box::new(node)), start, below)
}

fn value(cursor: &mut Cursor<'_>) -> Parsed<Node> {
    let Token { kind, span } = cursor.peek().clone();
    let literal = match kind {
        TokenKind::Number(number) => NodeKind::Number(number),
        TokenKind::Duration(length) => NodeKind::Duration(length),
        TokenKind::Kilometres(metres) => NodeKind::Kilometres(metres),
        TokenKind::Text(text) => NodeKind::Text(text),
        TokenKind::Date(date) => NodeKind::When(When::Date(date)),
        TokenKind::Instant(instant) => NodeKind::When(When::Instant(instant)),
        TokenKind::Word(word) if word == "true" => NodeKind::Boolean(true),
        TokenKind::Word(word) if word == "false" => NodeKind::Boolean(false),
        TokenKind::Word(_) | TokenKind::Quoted(_) => return form::named(cursor),
        TokenKind::Sign(Sign::Open) => {
            cursor.next();
            let inside = expr(cursor)?;
            cursor.close(Sign::Close, span)?;
            // The parentheses are part of the place, so that a caret under the operand shows all of it.
            return Ok(Node { span: cursor.since(span), ..inside });
        }
        TokenKind::Sign(_) | TokenKind::Mistake | TokenKind::End => return Err(cursor.expected("a value")),
    };
    cursor.next();
    cursor.node(literal, span, 0)
}

/// A text literal.
pub(super) fn text(cursor: &mut Cursor<'_>) -> Parsed<CompactString> {
    let TokenKind::Text(text) = cursor.peek().kind.clone() else {
        return Err(cursor.expected("a text in double quotes"));
    };
    cursor.next();
    Ok(text)
}
