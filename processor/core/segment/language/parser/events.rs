//! Which events, which of their properties, and which stretch of history.

use super::super::ast::{ColumnNode, EventsNode, Name, NthNode, TypeNode, When, WindowKind, WindowNode};
use super::super::token::{Sign, TokenKind, is_word};
use super::super::{Diagnostic, Span};
use super::cursor::{Cursor, Failed, Parsed};
use super::expression;
use super::measures::ordinal;
use crate::segment::Side;
use crate::timer::{Length, Period, Unit};

/// Events, or a property of events.
pub(super) enum SourceNode {
    Events(EventsNode),
    Column(ColumnNode),
}

impl SourceNode {
    /// The height of what it holds.
    pub(super) const fn height(&self) -> usize {
        match self {
            Self::Events(events) => events.height,
            Self::Column(column) => column.events.height,
        }
    }
}

/// Event types or a property of them, with an optional filter.
pub(super) fn source(cursor: &mut Cursor<'_>) -> Parsed<SourceNode> {
    let start = cursor.peek().span;
    let opened = cursor.eat_sign(Sign::Open);
    let types = union(cursor)?;
    if opened {
        cursor.close(Sign::Close, start)?;
    }
    let of_one = types.len() == 1;
    if !opened && !of_one && cursor.is_sign(Sign::Dot) {
        return Err(bare_union(cursor, start, &types));
    }
    let path = if opened || cursor.is_sign(Sign::Dot) { cursor.path(1)? } else { Vec::new() };
    let filter = if cursor.eat_word("where") { Some(Box::new(expression::expr(cursor)?)) } else { None };
    let height = filter.as_ref().map_or(0, |filter| filter.height);
    let events = EventsNode { types, filter, span: cursor.since(start), height };
    Ok(if path.is_empty() { SourceNode::Events(events) } else { SourceNode::Column(ColumnNode { events, path }) })
}

fn union(cursor: &mut Cursor<'_>) -> Parsed<Vec<TypeNode>> {
    let mut types = vec![event_type(cursor)?];
    while cursor.eat_sign(Sign::Bar) {
        types.push(event_type(cursor)?);
    }
    Ok(types)
}

fn event_type(cursor: &mut Cursor<'_>) -> Parsed<TypeNode> {
    let span = cursor.peek().span;
    if cursor.eat_word("any") { Ok(TypeNode::Any(span)) } else { cursor.name("an event type").map(TypeNode::Named) }
}

/// `a | b.p`: without parentheses it is not clear whose property that is.
fn bare_union(cursor: &mut Cursor<'_>, start: Span, types: &[TypeNode]) -> Failed {
    let span = cursor.since(start);
    let names: Vec<String> = types
        .iter()
        .map(|node| match node {
            TypeNode::Any(_) => "any".to_owned(),
            TypeNode::Named(name) => shown(name),
        })
        .collect();
    let help = format!("write `({}).property`", names.join(" | "));
    let message = "a property of a union takes parentheses";
    cursor.fail(Diagnostic::error("bare-union", span, message).help(help))
}

/// A name as it has to be written.
fn shown(name: &Name) -> String {
    if is_word(&name.text) { name.text.to_string() } else { format!("`{}`", name.text) }
}

/// Events, where a property has no place.
pub(super) fn events(cursor: &mut Cursor<'_>, form: &str) -> Parsed<EventsNode> {
    match source(cursor)? {
        SourceNode::Events(events) => Ok(events),
        SourceNode::Column(column) => {
            let span = column.path.first().map_or(column.events.span, |name| name.span);
            let message = format!("`{form}` takes events, not a property of them");
            let help = "leave out the property; to count its different values, use `distinct(..)`";
            Err(cursor.fail(Diagnostic::error("property-unwanted", span, message).help(help)))
        }
    }
}

/// A property of events, where events alone are not enough.
pub(super) fn column(cursor: &mut Cursor<'_>, form: &str) -> Parsed<ColumnNode> {
    match source(cursor)? {
        SourceNode::Column(column) => Ok(column),
        SourceNode::Events(events) => {
            let first = events.types.first().map_or(events.span, TypeNode::span);
            let message = format!("`{form}` takes a property of events");
            let help = format!("name the property behind a dot: `{form}(purchase.total)`");
            Err(cursor.fail(Diagnostic::error("property-wanted", first, message).help(help)))
        }
    }
}

/// `, W`, where there is one.
pub(super) fn optional_window(cursor: &mut Cursor<'_>) -> Parsed<Option<WindowNode>> {
    if cursor.eat_sign(Sign::Comma) { window(cursor).map(Some) } else { Ok(None) }
}

/// A stretch of history.
pub(super) fn window(cursor: &mut Cursor<'_>) -> Parsed<WindowNode> {
    let start = cursor.peek().span;
    let mut height = 0;
    let kind = if let Some(from) = duration_ahead(cursor) {
        let to = if cursor.eat_sign(Sign::Range) { Some(duration(cursor)?.0) } else { None };
        WindowKind::Last { from, to }
    } else if let Some(from) = when_ahead(cursor) {
        if !cursor.eat_sign(Sign::Range) {
            let help = "write `since 2026-01-01` for all from that moment on, or `2026-01-01..2026-02-01`";
            let message = "a single moment is no window";
            return Err(cursor.fail(Diagnostic::error("syntax", start, message).help(help)));
        }
        let to = when_ahead(cursor).ok_or_else(|| cursor.expected("a date or an instant"))?;
        WindowKind::Between(from, to)
    } else if cursor.eat_word("since") {
        let (kind, below) = since(cursor)?;
        height = below;
        kind
    } else if let Some(period) = period(cursor)? {
        WindowKind::Period(period)
    } else {
        return Err(cursor.expected("a window such as `90d` or `since 2026-01-01`"));
    };
    Ok(WindowNode { kind, span: cursor.since(start), height })
}

fn since(cursor: &mut Cursor<'_>) -> Parsed<(WindowKind, usize)> {
    if let Some(from) = when_ahead(cursor) {
        return Ok((WindowKind::Since(from), 0));
    }
    let side = match cursor.peek().kind.word() {
        Some("first") => Side::First,
        Some("last") => Side::Last,
        Some(_) | None => return Err(cursor.expected("a date, an instant, `first(..)` or `last(..)`")),
    };
    cursor.next();
    let opened = cursor.sign(Sign::Open)?;
    let events = events(cursor, if side == Side::First { "first" } else { "last" })?;
    let (ordinal, goes_on) = ordinal(cursor);
    let inner = if goes_on { Some(Box::new(cursor.deeper(window)?)) } else { None };
    cursor.close(Sign::Close, opened)?;
    let below = events.height.max(inner.as_ref().map_or(0, |window| window.height + 1));
    Ok((WindowKind::After(NthNode { side, ordinal }, events, inner), below))
}

/// A calendar period such as `this month`, if one is next.
pub(super) fn period(cursor: &mut Cursor<'_>) -> Parsed<Option<Period>> {
    const UNITS: [Unit; 3] = [Unit::Week, Unit::Month, Unit::Year];
    let (of_days, offset) = match cursor.peek().kind.word() {
        Some("yesterday") => (true, -1),
        Some("today") => (true, 0),
        Some("tomorrow") => (true, 1),
        Some("last") => (false, -1),
        Some("this") => (false, 0),
        Some("next") => (false, 1),
        Some(_) | None => return Ok(None),
    };
    cursor.next();
    let unit = if of_days { Some(Unit::Day) } else { UNITS.into_iter().find(|unit| cursor.eat_word(unit.name())) };
    match unit {
        Some(unit) => Ok(Some(Period { unit, offset })),
        None => Err(cursor.expected("`week`, `month` or `year`")),
    }
}

/// A duration and its place.
pub(super) fn duration(cursor: &mut Cursor<'_>) -> Parsed<(Length, Span)> {
    let span = cursor.peek().span;
    match duration_ahead(cursor) {
        Some(length) => Ok((length, span)),
        None => Err(cursor.expected("a duration such as `30d`")),
    }
}

fn duration_ahead(cursor: &mut Cursor<'_>) -> Option<Length> {
    let TokenKind::Duration(length) = cursor.peek().kind else { return None };
    cursor.next();
    Some(length)
}

fn when_ahead(cursor: &mut Cursor<'_>) -> Option<When> {
    let when = if let TokenKind::Date(date) = cursor.peek().kind {
        When::Date(date)
    } else if let TokenKind::Instant(instant) = cursor.peek().kind {
        When::Instant(instant)
    } else {
        return None;
    };
    cursor.next();
    Some(when)
}
