//! Measurements of events, `since` and `until`, and `for some`.

use super::Checker;
use super::events::Read;
use super::typed::Typed;
use crate::segment::language::ast::{
    ColumnNode, Counting, EventsNode, FormNode, Measure, Name, Node, NthNode, WindowNode,
};
use crate::segment::language::suggest::did_you_mean;
use crate::segment::language::{Diagnostic, LINE_ITEMS, Span};
use crate::segment::{Expression, Form, Term, Type};

impl Checker<'_> {
    pub(super) fn form(&mut self, form: &FormNode, span: Span) -> Option<Typed> {
        match form {
            FormNode::Counting(counting, events, window) => self.counting(*counting, events, window.as_ref(), span),
            FormNode::Column(measure, column, window) => self.measure(*measure, column, window.as_ref(), span),
            FormNode::Moment(nth, events, window) => self.moment(*nth, events, window.as_ref(), span),
            FormNode::Pick(nth, column, window) => self.pick(*nth, column, window.as_ref(), span),
            FormNode::Values(column, window) => self.values(column, window.as_ref(), span),
            FormNode::Net(column, window) => self.net(column, window.as_ref(), span),
            FormNode::Top { value, weight, window } => self.top(value, weight.as_ref(), window.as_ref(), span),
            FormNode::Sessions { asked, events, gap, window } => {
                self.sessions(*asked, events, *gap, window.as_ref(), span)
            }
            FormNode::Sequence { first, steps, all_within, window } => {
                self.sequence(first, steps, *all_within, window.as_ref(), span)
            }
        }
    }

    fn counting(
        &mut self,
        counting: Counting,
        events: &EventsNode,
        window: Option<&WindowNode>,
        span: Span,
    ) -> Option<Typed> {
        let events = self.events(events);
        let window = self.window(window);
        let (events, window) = (events?, window?);
        let form = match counting {
            Counting::Count => Form::Count(events, window),
            Counting::Days => Form::Days(events, window),
        };
        Some(Typed::new(Term::Form(form), Type::Number, span))
    }

    fn measure(
        &mut self,
        measure: Measure,
        node: &ColumnNode,
        window: Option<&WindowNode>,
        span: Span,
    ) -> Option<Typed> {
        let column = self.column(node);
        let window = self.window(window);
        let (column, window) = (column?, window?);
        let numeric = measure != Measure::Distinct;
        let plain = !matches!(column.ty, Type::List | Type::Point | Type::Duration | Type::Distance);
        if (numeric && column.ty != Type::Number) || !plain {
            let place = node.place();
            let wanted = if numeric { "a number" } else { "a single value" };
            let message = format!("`{}` takes {wanted}, this is {}", measure.name(), column.ty.described());
            return self.fail(Diagnostic::error("type-mismatch", place, message));
        }
        let form = match measure {
            Measure::Sum => Form::Sum(column, window),
            Measure::Average => Form::Average(column, window),
            Measure::Minimum => Form::Minimum(column, window),
            Measure::Maximum => Form::Maximum(column, window),
            Measure::Distinct => Form::Distinct(column, window),
        };
        Some(Typed::new(Term::Form(form), Type::Number, span))
    }

    fn moment(&mut self, nth: NthNode, events: &EventsNode, window: Option<&WindowNode>, span: Span) -> Option<Typed> {
        let events = self.events(events);
        let (nth, window) = (self.nth(nth), self.window(window));
        let form = Form::Moment(nth?, events?, window?);
        Some(Typed::new(Term::Form(form), Type::Instant, span))
    }

    fn pick(&mut self, nth: NthNode, node: &ColumnNode, window: Option<&WindowNode>, span: Span) -> Option<Typed> {
        let column = self.column(node);
        let (nth, window) = (self.nth(nth), self.window(window));
        let (nth, column, window) = (nth?, column?, window?);
        if column.items {
            let message = "an event has a value of this for each of its line items, not one";
            let help = "take the list of all of them: `values(purchase.items.product_id)`";
            return self.fail(Diagnostic::error("type-mismatch", node.place(), message).help(help));
        }
        let ty = column.ty.clone();
        Some(Typed::new(Term::Form(Form::Pick(nth, column, window)), ty, span))
    }

    /// `since(I)` or `until(I)`
    pub(super) fn distance(
        &mut self,
        node: &Node,
        term: fn(Box<Expression>) -> Term,
        taker: &str,
        span: Span,
    ) -> Option<Typed> {
        let instant = self.wanted(node, &Type::Instant, taker)?;
        Some(Typed::new(term(Box::new(instant)), Type::Duration, span).moving(true))
    }

    /// `for some P (C)`
    pub(super) fn for_some(&mut self, name: &Name, condition: &Node, span: Span) -> Option<Typed> {
        if self.reads.is_some() {
            let message = "`for some` does not nest";
            return self.fail(Diagnostic::error("nested-for-some", span, message));
        }
        self.reads = Some(Vec::new());
        let condition = self.wanted(condition, &Type::Boolean, "`for some`");
        let reads = self.reads.take().unwrap_or_default();
        let condition = Box::new(condition?);
        let ty = self.witness_type(name, &reads)?;
        let property = vec![name.text.clone()];
        Some(Typed::new(Term::ForSome { property, ty, condition }, Type::Boolean, span))
    }

    /// The one type that the property of `for some` has in everything that its condition reads.
    fn witness_type(&mut self, name: &Name, reads: &[Read<'_>]) -> Option<Type> {
        let path = [name.text.clone()];
        if reads.is_empty() {
            let message = "there is no form inside: no event has a value to try";
            return self.fail(Diagnostic::error("for-some-without-events", name.span, message));
        }
        let all = || reads.iter().flat_map(|read| read.members.types.iter());
        let types: Vec<&Type> =
            all().filter_map(|event| event.properties.get(path.as_slice())).map(|property| &property.ty).collect();
        let Some(ty) = types.first().map(|ty| (*ty).clone()) else {
            let mut known: Vec<&str> =
                all().flat_map(|event| event.properties.keys()).filter_map(|path| only(path)).collect();
            known.sort_unstable();
            let message = format!("no event type inside has a property `{}`", name.text);
            let help = did_you_mean(&name.text, known);
            return self.fail(Diagnostic::error("unknown-property", name.span, message).help_if(help));
        };
        if types.iter().any(|other| **other != ty) {
            let message = format!("`{}` is not of one type in all event types inside", name.text);
            return self.fail(Diagnostic::error("type-mismatch", name.span, message));
        }
        if matches!(ty, Type::List | Type::Point | Type::Duration | Type::Distance) {
            let message = format!("`for some` tries single values, `{}` is {}", name.text, ty.described());
            return self.fail(Diagnostic::error("type-mismatch", name.span, message));
        }
        let items = [LINE_ITEMS.into()];
        let reaches = |event: &crate::segment::EventType| {
            event.properties.contains_key(path.as_slice()) || event.properties.contains_key(items.as_slice())
        };
        for read in reads.iter().filter(|read| !read.members.any) {
            if let Some(event) = read.members.types.iter().find(|event| !reaches(event)) {
                let message =
                    format!("there is no property `{}` in `{}`, so no such event counts", name.text, event.name);
                let help = "move this form out of `for some`, or declare the property under `events:`";
                return self.fail(Diagnostic::error("unknown-property", read.span, message).help(help));
            }
        }
        Some(ty)
    }
}

fn only(path: &[compact_str::CompactString]) -> Option<&str> {
    if let [name] = path { Some(name.as_str()) } else { None }
}
