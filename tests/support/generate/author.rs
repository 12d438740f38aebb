//! Who writes random conditions: what may stand where, and how deep.
//!
//! A condition is typed by construction. Every kind of term has its own file: this one knows the parts they share.

use crate::definition::{Declarations, Expression, Term, Type};
use compact_str::CompactString;

use super::{Random, Scale};

/// An author of random conditions about the events of a shop.
#[derive(Debug)]
pub struct Author<'a> {
    pub(super) random: &'a mut Random,
    pub(super) scale: &'a Scale,
    pub(super) declarations: &'a Declarations,
    /// The types that may be read here: inside `for some` those that may have its property.
    pub(super) types: Vec<CompactString>,
    /// Whether this is inside `for some`, where `any` is not used.
    pub(super) is_restricted: bool,
    /// Whether instants here must stand still, because their day is asked for.
    pub(super) is_still: bool,
    /// The segments that may be asked about.
    pub(super) segments: Vec<CompactString>,
    /// The ladders that may be asked about, each with its stages.
    pub(super) ladders: Vec<(CompactString, Vec<CompactString>)>,
    /// The scores that may be asked about.
    pub(super) scores: Vec<CompactString>,
}

impl<'a> Author<'a> {
    /// An author who reads the types that histories are made of.
    pub fn new(random: &'a mut Random, scale: &'a Scale, declarations: &'a Declarations) -> Self {
        let types = super::vocabulary::READ.iter().map(|name| (*name).into()).collect();
        Self {
            random,
            scale,
            declarations,
            types,
            is_restricted: false,
            is_still: false,
            segments: Vec::new(),
            ladders: Vec::new(),
            scores: Vec::new(),
        }
    }

    /// `if condition then .. else ..` of two values of one type.
    pub(super) fn branch(&mut self, depth: u8, value: impl Fn(&mut Self, u8) -> Expression) -> Expression {
        let condition = self.condition(depth).into();
        let (then, otherwise) = (value(self, depth), value(self, depth));
        let ty = then.ty.clone();
        Expression { term: Term::If { condition, then: then.into(), otherwise: otherwise.into() }, ty }
    }

    /// A trait of that type, where one is declared.
    pub(super) fn trait_of(&mut self, ty: &Type) -> Option<Expression> {
        let paths = self.declarations.traits.iter().filter(|(_, declared)| *declared == ty).map(|(path, _)| path);
        let paths = paths.collect::<Vec<_>>();
        let path = (!paths.is_empty()).then(|| (*self.random.pick(&paths)).clone())?;
        Some(Expression { term: Term::Trait(path), ty: ty.clone() })
    }
}

/// An expression of a type.
pub(super) const fn typed(term: Term, ty: Type) -> Expression {
    Expression { term, ty }
}

/// A boolean expression.
pub(super) const fn truth(term: Term) -> Expression {
    typed(term, Type::Boolean)
}
