//! Forms over events that take more than a window: an ordinal, a weight, a gap, steps.

use super::Checker;
use super::filter::mentions_refunded;
use super::typed::Typed;
use crate::event::Number;
use crate::segment::language::ast::{ColumnNode, EventsNode, NthNode, Sessions, StepNode, WindowNode};
use crate::segment::language::{Diagnostic, PURCHASE_KIND, REFUND_KIND, Span};
use crate::segment::{Chain, ChainStep, ColumnRef, Form, Nth, Selection, Term, Type, Window};
use crate::timer::Length;

impl Checker<'_> {
    /// Which event from an end.
    pub(super) fn nth(&mut self, node: NthNode) -> Option<Nth> {
        let Some((number, span)) = node.ordinal else { return Some(node.side.into()) };
        let whole = number.millionths() / Number::SCALE;
        let ordinal = u16::try_from(whole).ok().filter(|ordinal| (1..=Nth::ORDINAL_MAX).contains(ordinal));
        match ordinal {
            Some(ordinal) if number.millionths() % Number::SCALE == 0 => Some(Nth { side: node.side, ordinal }),
            Some(_) | None => {
                let message = format!("which event is a whole number from 1 to {}", Nth::ORDINAL_MAX);
                let help = "`last(purchase, 3)` is the third newest purchase";
                self.fail(Diagnostic::error("wrong-ordinal", span, message).help(help))
            }
        }
    }

    /// A column of single values.
    fn single(&mut self, node: &ColumnNode, taker: &str) -> Option<ColumnRef> {
        let column = self.column(node)?;
        if matches!(column.ty, Type::List | Type::Point | Type::Duration) {
            let message = format!("`{taker}` takes a single value, this is {}", column.ty.described());
            return self.fail(Diagnostic::error("type-mismatch", node.place(), message));
        }
        Some(column)
    }

    pub(super) fn values(&mut self, node: &ColumnNode, window: Option<&WindowNode>, span: Span) -> Option<Typed> {
        let column = self.single(node, "values");
        let window = self.window(window);
        Some(Typed::new(Term::Form(Form::Values(column?, window?)), Type::List, span))
    }

    pub(super) fn top(
        &mut self,
        node: &ColumnNode,
        weight: Option<&ColumnNode>,
        window: Option<&WindowNode>,
        span: Span,
    ) -> Option<Typed> {
        let column = self.single(node, "top");
        let summed = weight.map(|weight| self.column(weight));
        let window = self.window(window);
        let (column, window) = (column?, window?);
        let weight = match (weight, summed) {
            (Some(weight), Some(summed)) => Some(self.weight(&column, weight, summed?)?),
            (_, _) => None,
        };
        let ty = column.ty.clone();
        Some(Typed::new(Term::Form(Form::Top(column, weight, window)), ty, span))
    }

    fn weight(&mut self, column: &ColumnRef, node: &ColumnNode, summed: ColumnRef) -> Option<crate::segment::Path> {
        if summed.ty != Type::Number {
            let message = format!("`sum` takes a number, this is {}", summed.ty.described());
            return self.fail(Diagnostic::error("type-mismatch", node.place(), message));
        }
        if summed.events.selection != column.events.selection || summed.items != column.items {
            let message = "the weight is a property of the same events, or of the same line items, as the value";
            let help = "write `top(purchase.category by sum(purchase.total))`, or \
                        `top(purchase.items.category by sum(purchase.items.price))`";
            return self.fail(Diagnostic::error("foreign-weight", node.events.span, message).help(help));
        }
        Some(summed.path)
    }

    /// `net(purchase.total, W)`
    pub(super) fn net(&mut self, node: &ColumnNode, window: Option<&WindowNode>, span: Span) -> Option<Typed> {
        let column = self.column(node);
        let window = self.window(window);
        let (column, window) = (column?, window?);
        let purchases = Selection::Types(vec![PURCHASE_KIND.into()]);
        if column.events.selection != purchases || column.items {
            let message = format!("`net` takes a property of purchases, which a `{REFUND_KIND}` takes back");
            let help = "write `net(purchase.total)`";
            return self.fail(Diagnostic::error("not-a-purchase", node.events.span, message).help(help));
        }
        if column.ty != Type::Number {
            let message = format!("`net` takes a number, this is {}", column.ty.described());
            return self.fail(Diagnostic::error("type-mismatch", node.place(), message));
        }
        if column.events.filter.as_ref().is_some_and(|filter| mentions_refunded(filter)) {
            let message = "`net` counts refunds already: `refunded` has no place in its filter";
            let help = "for purchases without any refund write `sum(purchase.total where not refunded)`";
            return self.fail(Diagnostic::error("refunded-in-net", node.events.span, message).help(help));
        }
        Some(Typed::new(Term::Form(Form::Net(column, window)), Type::Number, span))
    }

    /// `visits(E, gap D, W)`, `time_spent(E, gap D, W)`
    pub(super) fn sessions(
        &mut self,
        asked: Sessions,
        events: &EventsNode,
        gap: (Length, Span),
        window: Option<&WindowNode>,
        span: Span,
    ) -> Option<Typed> {
        let events = self.events(events);
        let window = self.window(window);
        let (length, place) = gap;
        if length.is_calendar() {
            self.fixed(Typed::length(length, place))?;
        }
        let gap = self.some_time(gap, "no events are less than no time apart");
        let (events, window, gap) = (events?, window?, gap?);
        Some(match asked {
            Sessions::Visits => Typed::new(Term::Form(Form::Visits(events, gap, window)), Type::Number, span),
            Sessions::TimeSpent => Typed::new(Term::Form(Form::TimeSpent(events, gap, window)), Type::Duration, span),
        })
    }

    /// A length in which something can happen.
    fn some_time(&mut self, (length, place): (Length, Span), message: &str) -> Option<Length> {
        if length == Length::fixed(0) {
            return self.fail(Diagnostic::error("empty-window", place, message));
        }
        Some(length)
    }

    pub(super) fn sequence(
        &mut self,
        first: &EventsNode,
        nodes: &[StepNode],
        all_within: Option<(Length, Span)>,
        window: Option<&WindowNode>,
        span: Span,
    ) -> Option<Typed> {
        let first = self.events(first);
        let steps: Vec<Option<ChainStep>> = nodes.iter().map(|node| self.step(node)).collect();
        let bounded = all_within.is_some() || nodes.iter().any(|node| node.within.is_some()) || window.is_some();
        let all = all_within.map(|all| self.some_time(all, "nothing happens within no time"));
        let window = self.window(window);
        if nodes.len() >= Chain::STEPS_MAX {
            let message = format!("a sequence has at the most {} steps", Chain::STEPS_MAX);
            return self.fail(Diagnostic::error("too-many-steps", span, message).help("split it into several"));
        }
        let (first, window) = (first?, window?);
        let mut steps: Vec<ChainStep> = steps.into_iter().collect::<Option<_>>()?;
        let all_within = match all {
            Some(all) => Some(all?),
            None => None,
        };
        if nodes.len() > 1 && !bounded {
            let message = "a sequence of three steps or more without any `within` needs a window";
            let help = "say how far apart the steps may be, or how long ago the last: `sequence(a, b, c; 90d)`";
            return self.fail(Diagnostic::error("unbounded-sequence", span, message).help(help));
        }
        let form = match (steps.as_slice(), all_within) {
            ([ChainStep::Event(..)], None) => pair(first, steps.pop()?, window),
            (_, _) => Form::Chain(Box::new(Chain { first, steps, all_within, window })),
        };
        Some(Typed::new(Term::Form(form), Type::Boolean, span))
    }

    fn step(&mut self, node: &StepNode) -> Option<ChainStep> {
        let events = self.events(&node.events);
        let message = "nothing happens within no time: a step comes less than this after the one before";
        let within = match node.within {
            Some(within) => Some(self.some_time(within, message)?),
            None => None,
        };
        let events = events?;
        match (node.without, within) {
            (true, Some(within)) => Some(ChainStep::Without(events, within)),
            (_, within) => Some(ChainStep::Event(events, within)),
        }
    }
}

/// Two events, of which the newest part of history alone says whether they happened: unless a calendar length lies
/// between them, which can reach further from an earlier day of a longer month.
fn pair(first: crate::segment::Events, second: ChainStep, window: Window) -> Form {
    match second {
        ChainStep::Event(second, within) if within.is_none_or(|within| !within.is_calendar()) => {
            Form::Sequence { first, second, within, window }
        }
        step @ (ChainStep::Event(..) | ChainStep::Without(..)) => {
            Form::Chain(Box::new(Chain { first, steps: vec![step], all_within: None, window }))
        }
    }
}
