//! Which event types, and which property of them.

use super::{Checker, Scope};
use crate::segment::language::ast::{ColumnNode, EventsNode, Name, TypeNode};
use crate::segment::language::builtin::is_countable;
use crate::segment::language::suggest::{did_you_mean, listed};
use crate::segment::language::{Diagnostic, REFUNDED, Span};
use crate::segment::{ColumnRef, EventType, Events, Path, Property, Selection, Type};

/// The event types that a filter or a property is about.
#[derive(Clone, Debug)]
pub(super) struct Members<'a> {
    pub(super) types: Vec<&'a EventType>,
    /// All types there are: a property is declared in some of them.
    pub(super) any: bool,
}

/// An event type that a form inside `for some` reads.
#[derive(Clone, Debug)]
pub(super) struct Read<'a> {
    pub(super) members: Members<'a>,
    pub(super) span: Span,
}

impl<'a> Checker<'a> {
    /// Events with their filter.
    pub(super) fn events(&mut self, node: &EventsNode) -> Option<Events> {
        let members = self.members(node)?;
        self.filtered(node, &members)
    }

    fn filtered(&mut self, node: &EventsNode, members: &Members<'a>) -> Option<Events> {
        let filter = match &node.filter {
            None => None,
            Some(filter) => {
                let outside = std::mem::replace(&mut self.scope, Scope::Event(members.clone()));
                let span = filter.span;
                let filter = self.wanted(filter, &Type::Boolean, "`where`");
                self.scope = outside;
                let filter = filter?;
                self.refunded_in_place(&filter, span)?;
                Some(Box::new(filter))
            }
        };
        let selection = if members.any {
            Selection::Any
        } else {
            Selection::Types(members.types.iter().map(|event| event.name.clone()).collect())
        };
        Some(Events { selection, filter })
    }

    /// The types of a union in the order of their rank, without repetition.
    fn members(&mut self, node: &EventsNode) -> Option<Members<'a>> {
        let mut ranks = Vec::new();
        let mut any = false;
        let mut unknown = false;
        for type_node in &node.types {
            match type_node {
                TypeNode::Any(_) => any = true,
                TypeNode::Named(name) => match self.rank(name) {
                    Some(rank) => ranks.push(rank),
                    None => unknown = true,
                },
            }
        }
        if unknown {
            return None;
        }
        ranks.sort_unstable();
        ranks.dedup();
        let types: Vec<&EventType> = if any {
            self.events.iter().filter(|event| is_countable(&event.name)).collect()
        } else {
            ranks.iter().filter_map(|rank| self.events.get(*rank)).collect()
        };
        let span = node.types.iter().map(TypeNode::span).reduce(Span::to).unwrap_or(node.span);
        let members = Members { types, any };
        if let Some(reads) = &mut self.reads {
            reads.push(Read { members: members.clone(), span });
        }
        Some(members)
    }

    fn rank(&mut self, name: &Name) -> Option<usize> {
        if !is_countable(&name.text) {
            let message = format!("`{}` is no event that forms read", name.text);
            let help = "what a `profile` event sets is read as `profile.x`; an erased customer has no events";
            return self.fail(Diagnostic::error("unknown-event-type", name.span, message).help(help));
        }
        let rank = self.events.iter().position(|event| event.name == name.text);
        if rank.is_none() {
            let known = self.events.iter().map(|event| event.name.as_str()).filter(|name| is_countable(name));
            let message = format!("there is no event type `{}`", name.text);
            let help = did_you_mean(&name.text, known)
                .unwrap_or_else(|| format!("declare it: `events: {{{}: {{property: number}}}}`", name.text));
            return self.fail(Diagnostic::error("unknown-event-type", name.span, message).help(help));
        }
        rank
    }

    /// A property of events, with their filter.
    pub(super) fn column(&mut self, node: &ColumnNode) -> Option<ColumnRef> {
        let members = self.members(&node.events)?;
        let events = self.filtered(&node.events, &members);
        let items = super::line_items::reaches_items(&members, &node.path);
        let (path, property) = if items {
            self.line_item_property(&members, &node.path)?
        } else {
            self.member_property(&members, &node.path)?
        };
        let events = events?;
        Some(ColumnRef { events, path, items, ty: property.ty, nonnegative: property.nonnegative })
    }

    /// What all members (of `any`: some) declare under this name, with one type.
    pub(super) fn member_property(&mut self, members: &Members<'_>, names: &[Name]) -> Option<(Path, Property)> {
        let path: Path = names.iter().map(|name| name.text.clone()).collect();
        let span = names.iter().map(|name| name.span).reduce(Span::to).unwrap_or_default();
        let mut found: Option<(&EventType, Property)> = None;
        let mut lacking = None;
        for event in &members.types {
            let Some(property) = event.properties.get(&path) else {
                lacking = lacking.or(Some(*event));
                continue;
            };
            found = match found {
                None => Some((*event, property.clone())),
                Some((_, before)) if before.ty == property.ty => {
                    Some((*event, Property { nonnegative: before.nonnegative && property.nonnegative, ..before }))
                }
                Some((other, before)) => {
                    let message = format!(
                        "`{}` is {} in `{}` and {} in `{}`",
                        path.join("."),
                        before.ty.described(),
                        other.name,
                        property.ty.described(),
                        event.name
                    );
                    return self.fail(Diagnostic::error("type-mismatch", span, message));
                }
            };
        }
        match (found, lacking) {
            (Some((_, property)), None) => Some((path, property)),
            (Some((_, property)), Some(_)) if members.any => Some((path, property)),
            (_, _) => self.lacking(members, lacking, &path, span),
        }
    }

    fn lacking<T>(&mut self, members: &Members<'_>, event: Option<&EventType>, path: &Path, span: Span) -> Option<T> {
        let shown = path.join(".");
        if shown == REFUNDED {
            let message = format!("only a purchase is `{shown}`");
            let help = "write `count(purchase where not refunded)`";
            return self.fail(Diagnostic::error("unknown-property", span, message).help(help));
        }
        let owner = match event {
            Some(event) if !members.any => format!("`{}`", event.name),
            Some(_) | None => "any event type".to_owned(),
        };
        let looked_in = members.types.iter().filter(|other| members.any || event.is_none_or(|e| e.name == other.name));
        let mut known: Vec<String> =
            looked_in.flat_map(|event| event.properties.keys()).map(|path| path.join(".")).collect();
        known.sort();
        known.dedup();
        let help = did_you_mean(&shown, known.iter().map(String::as_str)).unwrap_or_else(|| {
            let shortest = known.iter().take(PROPERTIES_SHOWN_MAX).collect::<Vec<_>>();
            let declare = format!("declare it under `events:` as `{shown}: number`");
            if known.is_empty() || known.len() > PROPERTIES_SHOWN_MAX {
                declare
            } else {
                format!("it has {}; {declare}", listed(&shortest, "and"))
            }
        });
        let message = format!("there is no property `{shown}` in {owner}");
        self.fail(Diagnostic::error("unknown-property", span, message).help(help))
    }
}

/// A help line that names the properties of a type names no more than these.
const PROPERTIES_SHOWN_MAX: usize = 8;
