//! `some list (..)`: a condition on one item of a list, whose properties take the types they are compared with.

use super::typed::Typed;
use super::{Checker, Scope};
use crate::segment::language::ast::{Name, Node, NodeKind};
use crate::segment::language::{Diagnostic, Span};
use crate::segment::{Path, Term, Type};

impl Checker<'_> {
    pub(super) fn some(&mut self, list: &Node, condition: &Node, span: Span) -> Option<Typed> {
        if let Scope::Item { .. } = self.scope {
            return self.fail(Diagnostic::error("nested-some", span, "`some` does not nest"));
        }
        let (NodeKind::Trait(names) | NodeKind::Property(names)) = &list.kind else { return None };
        let owner = if matches!(list.kind, NodeKind::Trait(_)) { "profile" } else { "" };
        let of = std::iter::once(owner.into()).chain(names.iter().map(|name| name.text.clone())).collect();
        let typed = self.node(list)?;
        let list = Box::new(self.fitted(typed, &Type::List, "`some`")?);
        let in_event = matches!(self.scope, Scope::Event(_));
        let outside = std::mem::replace(&mut self.scope, Scope::Item { of, in_event });
        let condition = self.wanted(condition, &Type::Boolean, "`some`");
        self.scope = outside;
        Some(Typed::new(Term::Some { list, condition: Box::new(condition?) }, Type::Boolean, span))
    }

    /// A property of the items of the list at hand.
    pub(super) fn item_property(&mut self, of: &Path, names: &[Name], span: Span) -> Typed {
        let path: Path = names.iter().map(|name| name.text.clone()).collect();
        let ty = self.traits.of_item(of, &path).cloned();
        Typed { term: Term::Item(path), ty, span, moves: false, calendar: None }
    }
}
