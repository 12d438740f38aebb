//! The types of traits: declared, or decided by use.
//!
//! An undeclared trait takes the type it is compared with or that the form around it wants. Where two undeclared
//! traits meet, neither is known yet; all expressions are then checked again with what was learned, until nothing new
//! is learned, and what is still open is text.

use std::collections::BTreeMap;

use super::typed::Typed;
use super::{Checker, Scope};
use crate::segment::language::ast::Name;
use crate::segment::language::suggest::did_you_mean;
use crate::segment::language::{Diagnostic, Span};
use crate::segment::{Path, Term, Type};

/// How often expressions are checked again to learn types of traits from each other; what is open then is text.
const ROUNDS_MAX: usize = 16;

/// What is known about traits.
#[derive(Clone, Debug, Default)]
pub(in crate::segment::language) struct Traits {
    declared: BTreeMap<Path, Type>,
    inferred: BTreeMap<Path, Type>,
    /// Of properties of lists' items, by list and path.
    items: BTreeMap<(Path, Path), Type>,
    learned: bool,
    open: bool,
    last_round: bool,
    rounds: usize,
}

impl Traits {
    pub(in crate::segment::language) fn new(declared: BTreeMap<Path, Type>) -> Self {
        Self { declared, ..Self::default() }
    }

    /// Whether all expressions have to be checked once more. Begins that round.
    pub(in crate::segment::language) fn again(&mut self) -> bool {
        let again = self.open && !self.last_round;
        self.rounds += 1;
        self.last_round = again && (!self.learned || self.rounds >= ROUNDS_MAX);
        (self.open, self.learned) = (false, false);
        again
    }

    /// All traits with their types.
    pub(in crate::segment::language) fn all(self) -> BTreeMap<Path, Type> {
        let mut all = self.declared;
        all.extend(self.inferred);
        all
    }

    /// What the use of a property of a list's items decided.
    pub(super) fn of_item(&self, list: &Path, path: &Path) -> Option<&Type> {
        self.items.get(&(list.clone(), path.clone()))
    }

    fn of(&self, path: &[compact_str::CompactString]) -> Option<&Type> {
        self.declared.get(path).or_else(|| self.inferred.get(path))
    }
}

impl Checker<'_> {
    /// `profile.a.b`
    pub(super) fn customer_trait(&mut self, names: &[Name], span: Span) -> Option<Typed> {
        let path: Path = names.iter().map(|name| name.text.clone()).collect();
        let prefix = (1..path.len()).find_map(|length| {
            let prefix = path.get(..length)?;
            Some((prefix.join("."), self.traits.declared.get(prefix)?.described()))
        });
        if let Some((prefix, described)) = prefix {
            let message = format!("`profile.{prefix}` is declared as {described}, which has no parts");
            return self.fail(Diagnostic::error("unknown-trait", span, message));
        }
        let ty = self.traits.of(&path).cloned();
        if !self.traits.declared.contains_key(&path) {
            let shown = path.join(".");
            let known: Vec<String> = self.traits.declared.keys().map(|path| path.join(".")).collect();
            if let Some(help) = did_you_mean(&shown, known.iter().map(String::as_str)) {
                let message = format!("`profile.{shown}` is not declared under `traits:`");
                self.diagnostics.push(Diagnostic::advice("undeclared-trait", span, message).help(help));
            }
        }
        Some(Typed { term: Term::Trait(path), ty, span, moves: false, calendar: None })
    }

    /// The part with this type, where it was an undeclared trait.
    pub(super) fn assumed(&mut self, mut typed: Typed, ty: &Type) -> Option<Typed> {
        if typed.ty.is_some() {
            return Some(typed);
        }
        if let (Term::Item(path), Type::Duration | Type::Distance | Type::List | Type::Point) = (&typed.term, ty) {
            let message = format!("`{}`, a property of a list's items, cannot be {}", path.join("."), ty.described());
            return self.fail(Diagnostic::error("type-mismatch", typed.span, message));
        }
        if matches!(ty, Type::Duration | Type::Distance | Type::List) {
            let message = format!("a trait that nobody declared cannot be {}", ty.described());
            let help = "declare it under `traits:`; a trait is a boolean, number, text, instant, date, list or point";
            return self.fail(Diagnostic::error("undeclared-trait", typed.span, message).help(help));
        }
        self.assume(&mut typed.term, ty);
        typed.ty = Some(ty.clone());
        Some(typed)
    }

    fn assume(&mut self, term: &mut Term, ty: &Type) {
        if let Term::If { then, otherwise, .. } = term {
            for branch in [then, otherwise] {
                branch.ty = ty.clone();
                self.assume(&mut branch.term, ty);
            }
        } else if let Term::Trait(path) = term {
            self.traits.inferred.insert(path.clone(), ty.clone());
            self.traits.learned = true;
        } else if let (Term::Item(path), Scope::Item { of, .. }) = (&*term, &self.scope) {
            self.traits.items.insert((of.clone(), path.clone()), ty.clone());
            self.traits.learned = true;
        }
    }

    /// The part with a type; an undeclared trait that nothing says anything about stays open, and is text in the end.
    pub(super) fn settled(&mut self, typed: Typed) -> Typed {
        if typed.ty.is_some() {
            return typed;
        }
        self.traits.open = true;
        let mut typed = typed;
        if self.traits.last_round && !matches!(typed.term, Term::Item(_)) {
            let message = "nothing says of what type this trait is: it is taken for a text";
            let advice = Diagnostic::advice("trait-type-assumed", typed.span, message);
            self.diagnostics.push(advice.help("declare it: `traits: {name: number}`"));
            self.assume(&mut typed.term, &Type::Text);
        }
        typed.ty = Some(Type::Text);
        typed
    }

    /// Refuses a trait whose use decided its type and that is now wanted with another: dates and instants give way to
    /// each other only where the author said which of them it is.
    pub(super) fn declared(&mut self, typed: &Typed, wanted: &Type) -> Option<()> {
        let Some(help) = self.inferred_help(&[typed]) else { return Some(()) };
        let message = format!("this trait is {} elsewhere and {} here", typed.described(), wanted.described());
        self.fail(Diagnostic::error("type-mismatch", typed.span, message).help(help))
    }

    /// The way out of a mismatch, where an undeclared trait takes part in it.
    pub(super) fn inferred_help(&self, parts: &[&Typed]) -> Option<String> {
        parts.iter().find_map(|typed| {
            if let (Term::Item(path), Scope::Item { of, .. }) = (&typed.term, &self.scope) {
                let (shown, ty) = (path.join("."), self.traits.of_item(of, path)?);
                return Some(format!("`{shown}` of these items was used as {} before", ty.described()));
            }
            let Term::Trait(path) = &typed.term else { return None };
            let ty = self.traits.inferred.get(path)?;
            let shown = path.join(".");
            Some(format!(
                "`profile.{shown}` is not declared and was used as {} before: declare it under `traits:`",
                ty.described()
            ))
        })
    }
}
