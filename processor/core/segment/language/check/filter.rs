//! Names that stand alone: properties of the event, inside `where`.

use super::events::Members;
use super::line_items::reaches_items;
use super::typed::Typed;
use super::{Checker, Scope};
use crate::segment::language::ast::Name;
use crate::segment::language::{Diagnostic, PURCHASE_KIND, REFUNDED, Span};
use crate::segment::{Expression, Term, Type};

/// Whether an expression says `refunded`.
pub(super) fn mentions_refunded(filter: &Expression) -> bool {
    filter.term == Term::Refunded || filter.parts().into_iter().any(mentions_refunded)
}

impl Checker<'_> {
    pub(super) fn property(&mut self, names: &[Name], span: Span) -> Option<Typed> {
        if let Scope::Item { of, .. } = &self.scope {
            let of = of.clone();
            return Some(self.item_property(&of, names, span));
        }
        if let Scope::Event(members) = &self.scope {
            let members = members.clone();
            if means_refunded(&members, names) {
                return Some(Typed::new(Term::Refunded, Type::Boolean, span));
            }
            if reaches_items(&members, names) {
                return self.of_items(names, span);
            }
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

    fn of_items<T>(&mut self, names: &[Name], span: Span) -> Option<T> {
        let shown: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
        let message = format!("`{}` is in a list: an event has one for each of its items", shown.join("."));
        let help = "ask whether some item has it: `some items (price > 10)`";
        self.fail(Diagnostic::error("property-of-items", span, message).help(help))
    }

    /// `refunded` is the whole of a filter or one of the parts that `and` joins, as it is or denied, and only one: what
    /// is kept of a purchase does not depend on refunds, which may still come.
    pub(super) fn refunded_in_place(&mut self, filter: &Expression, span: Span) -> Option<()> {
        let parts = if let Term::And(parts) = &filter.term { parts.as_slice() } else { std::slice::from_ref(filter) };
        let plain = |part: &&Expression| {
            part.term == Term::Refunded || matches!(&part.term, Term::Not(inner) if inner.term == Term::Refunded)
        };
        let (plain, others): (Vec<&Expression>, Vec<&Expression>) = parts.iter().partition(plain);
        if plain.len() <= 1 && !others.into_iter().any(mentions_refunded) {
            return Some(());
        }
        let message = "`refunded` stands once, alone or joined by `and`, as it is or with `not`";
        let help = "write `purchase where total > 10 and not refunded`; add up the counts of two forms for an `or`";
        self.fail(Diagnostic::error("misplaced-refunded", span, message).help(help))
    }
}

/// Whether the name is that of no property, and the events are purchases alone.
fn means_refunded(members: &Members<'_>, names: &[Name]) -> bool {
    let ([name], [purchase]) = (names, members.types.as_slice()) else { return false };
    let declared = purchase.properties.contains_key([name.text.clone()].as_slice());
    name.text == REFUNDED && !members.any && purchase.name == PURCHASE_KIND && !declared
}
