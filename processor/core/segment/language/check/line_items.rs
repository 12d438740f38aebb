//! `E.items.p`: a property of the line items of events.
//!
//! Its type is the one declared for `items.p`, or else the event's own `p`: line items carry the properties of products
//! that events of one product carry themselves.

use super::Checker;
use super::events::Members;
use crate::segment::language::ast::Name;
use crate::segment::language::suggest::did_you_mean;
use crate::segment::language::{Diagnostic, LINE_ITEMS, Span};
use crate::segment::{EventType, Path, Property, Type};

/// Whether the path leads through the line items of one of the types.
pub(super) fn reaches_items(members: &Members<'_>, names: &[Name]) -> bool {
    let begins = names.len() > 1 && names.first().is_some_and(|name| name.text == LINE_ITEMS);
    begins && members.types.iter().any(|event| has_items(event))
}

fn has_items(event: &EventType) -> bool {
    event.properties.get([LINE_ITEMS.into()].as_slice()).is_some_and(|items| items.ty == Type::List)
}

impl Checker<'_> {
    /// What all members (of `any`: some) declare of their line items under this name, with one type.
    pub(super) fn line_item_property(&mut self, members: &Members<'_>, names: &[Name]) -> Option<(Path, Property)> {
        let path: Path = names.iter().map(|name| name.text.clone()).collect();
        let span = names.iter().map(|name| name.span).reduce(Span::to).unwrap_or_default();
        let mut found: Option<Property> = None;
        for event in &members.types {
            let declared = event.item_property(path.get(1..).unwrap_or_default());
            found = match (declared, found) {
                (None, found) if members.any => found,
                (None, _) => return self.no_such_item(event, &path, span),
                (Some(property), None) => Some(property.clone()),
                (Some(property), Some(before)) if before.ty == property.ty => {
                    Some(Property { nonnegative: before.nonnegative && property.nonnegative, ..before })
                }
                (Some(_), Some(_)) => {
                    let message = format!("`{}` is not of one type in all these events", path.join("."));
                    return self.fail(Diagnostic::error("type-mismatch", span, message));
                }
            };
        }
        match (found, members.types.first()) {
            (Some(property), _) => Some((path, property)),
            (None, Some(event)) => self.no_such_item(event, &path, span),
            (None, None) => None,
        }
    }

    fn no_such_item<T>(&mut self, event: &EventType, path: &Path, span: Span) -> Option<T> {
        let shown = path.join(".");
        let known: Vec<String> =
            event.properties.keys().map(|known| format!("{LINE_ITEMS}.{}", known.join("."))).collect();
        let declare = || format!("declare it under `events:` as `{shown}: number`");
        let help = did_you_mean(&shown, known.iter().map(String::as_str)).unwrap_or_else(declare);
        let message = format!("there is no property `{shown}` in `{}`", event.name);
        self.fail(Diagnostic::error("unknown-property", span, message).help(help))
    }
}
