//! Names that stand alone: properties of the event, inside `where`.

use super::typed::Typed;
use super::{Checker, Scope};
use crate::segment::Term;
use crate::segment::language::ast::Name;
use crate::segment::language::{Diagnostic, Span};

impl Checker<'_> {
    pub(super) fn property(&mut self, names: &[Name], span: Span) -> Option<Typed> {
        if let Scope::Item { of, .. } = &self.scope {
            let of = of.clone();
            return Some(self.item_property(&of, names, span));
        }
        if let Scope::Event(members) = &self.scope {
            let members = members.clone();
            let (path, property) = self.member_property(&members, names)?;
            return Some(Typed::new(Term::Property(path), property.ty, span));
        }
        let shown: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
        let first = shown.first().copied().unwrap_or_default();
        let help = if shown.len() > 1 && self.events.iter().any(|event| event.name == first) {
            format!("a property of events stands inside a form: `last({})`", shown.join("."))
        } else if self.events.iter().any(|event| event.name == first) {
            format!("an event type stands inside a form: `count({first}) > 0`")
        } else {
            format!("a trait of the customer is `profile.{}`; a text stands in double quotes", shown.join("."))
        };
        let message = format!("`{}` means nothing outside of `where`", shown.join("."));
        self.fail(Diagnostic::error("property-outside-where", span, message).help(help))
    }
}
