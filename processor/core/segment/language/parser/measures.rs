//! Forms over events that take more than a window: an ordinal, a weight, a gap, steps.

use super::super::ast::{ColumnNode, EventsNode, FormNode, NthNode, Sessions, StepNode};
use super::super::token::{Sign, TokenKind};
use super::super::{Diagnostic, Span};
use super::cursor::{Cursor, Parsed};
use super::events::{SourceNode, column, duration, events, optional_window, source, window};
use super::expression;
use crate::segment::Side;

/// What stands in the parentheses of a form, and how high it is.
type Inside = (FormNode, usize);

/// `first(E, 2, W)`, `last(E.p, W)`.
pub(super) fn side(cursor: &mut Cursor<'_>, side: Side) -> Parsed<Inside> {
    let source = source(cursor)?;
    let mut below = source.height();
    let (ordinal, goes_on) = ordinal(cursor);
    let window_node = if goes_on { Some(window(cursor)?) } else { None };
    below = below.max(window_node.as_ref().map_or(0, |window| window.height));
    let nth = NthNode { side, ordinal };
    let form = match source {
        SourceNode::Events(events) => FormNode::Moment(nth, events, window_node),
        SourceNode::Column(column) => FormNode::Pick(nth, column, window_node),
    };
    Ok((form, below))
}

/// `, 3`, where a number is next behind a comma, and whether a window follows.
pub(super) fn ordinal(cursor: &mut Cursor<'_>) -> (Option<(crate::event::Number, Span)>, bool) {
    if !cursor.eat_sign(Sign::Comma) {
        return (None, false);
    }
    let TokenKind::Number(number) = cursor.peek().kind else { return (None, true) };
    let span = cursor.next().span;
    (Some((number, span)), cursor.eat_sign(Sign::Comma))
}

/// `values(E.p, W)`
pub(super) fn values(cursor: &mut Cursor<'_>) -> Parsed<Inside> {
    of_column(cursor, "values", FormNode::Values)
}

/// `net(purchase.total, W)`
pub(super) fn net(cursor: &mut Cursor<'_>) -> Parsed<Inside> {
    of_column(cursor, "net", FormNode::Net)
}

fn of_column(
    cursor: &mut Cursor<'_>,
    name: &str,
    form: fn(ColumnNode, Option<super::super::ast::WindowNode>) -> FormNode,
) -> Parsed<Inside> {
    let column = column(cursor, name)?;
    let window = optional_window(cursor)?;
    let below = column.events.height.max(window.as_ref().map_or(0, |window| window.height));
    Ok((form(column, window), below))
}

/// `top(E.p by sum(E.q) where C, W)`: the filter comes after the weight.
pub(super) fn top(cursor: &mut Cursor<'_>) -> Parsed<Inside> {
    let mut value = column(cursor, "top")?;
    let mut weight = None;
    if cursor.is_word("by") {
        unfiltered(cursor, &value.events)?;
        cursor.next();
        cursor.word("sum")?;
        let opened = cursor.sign(Sign::Open)?;
        let summed = column(cursor, "sum")?;
        unfiltered(cursor, &summed.events)?;
        cursor.close(Sign::Close, opened)?;
        weight = Some(summed);
        if cursor.eat_word("where") {
            let filter = expression::expr(cursor)?;
            value.events.height = filter.height;
            value.events.filter = Some(Box::new(filter));
        }
    }
    let window = optional_window(cursor)?;
    let below = value.events.height.max(window.as_ref().map_or(0, |window| window.height));
    Ok((FormNode::Top { value, weight, window }, below))
}

fn unfiltered(cursor: &mut Cursor<'_>, events: &EventsNode) -> Parsed<()> {
    let Some(filter) = &events.filter else { return Ok(()) };
    let message = "the filter of `top` comes behind its weight, once for both";
    let help = "write `top(purchase.category by sum(purchase.total) where coupon exists, 90d)`";
    Err(cursor.fail(Diagnostic::error("misplaced-where", filter.span, message).help(help)))
}

/// `visits(E, gap D, W)`, `time_spent(E, gap D, W)`
pub(super) fn sessions(cursor: &mut Cursor<'_>, asked: Sessions) -> Parsed<Inside> {
    let events = events(cursor, asked.name())?;
    cursor.sign(Sign::Comma)?;
    cursor.word("gap")?;
    let gap = duration(cursor)?;
    let window = optional_window(cursor)?;
    let below = events.height.max(window.as_ref().map_or(0, |window| window.height));
    Ok((FormNode::Sessions { asked, events, gap, window }, below))
}

/// `sequence(E1, E2 within D, without E3 within D; all within D; W)`
pub(super) fn sequence(cursor: &mut Cursor<'_>) -> Parsed<Inside> {
    let first = events(cursor, "sequence")?;
    let mut below = first.height;
    let mut steps = Vec::new();
    while cursor.eat_sign(Sign::Comma) {
        let step = step(cursor)?;
        below = below.max(step.events.height);
        steps.push(step);
    }
    if steps.is_empty() {
        return Err(cursor.expected("`,` and a second step"));
    }
    let mut goes_on = cursor.eat_sign(Sign::Semicolon);
    let mut all_within = None;
    if goes_on && cursor.eat_word("all") {
        cursor.word("within")?;
        all_within = Some(duration(cursor)?);
        goes_on = cursor.eat_sign(Sign::Semicolon);
    }
    let window = if goes_on { Some(window(cursor)?) } else { None };
    below = below.max(window.as_ref().map_or(0, |window| window.height));
    Ok((FormNode::Sequence { first, steps, all_within, window }, below))
}

fn step(cursor: &mut Cursor<'_>) -> Parsed<StepNode> {
    let without = cursor.eat_word("without");
    let events = events(cursor, "sequence")?;
    let within = if without || cursor.is_word("within") {
        cursor.word("within")?;
        Some(duration(cursor)?)
    } else {
        None
    };
    Ok(StepNode { without, events, within })
}
