//! One expression on its own, without a file around it.

use super::ast::Node;
use super::check::{self, Checker, Names, Traits};
use super::{Diagnostic, Severity, builtin, parser};
use crate::segment::{Declarations, Expression};
use crate::timer::Zone;

/// The event types that everybody has, and no traits.
pub fn builtin_declarations() -> Declarations {
    builtin::declarations()
}

/// Reads a condition. Undeclared traits are added to `declarations` with the type that their use decided.
///
/// # Errors
/// Everything that is wrong with it; the places count from the beginning of `text`.
pub fn condition(text: &str, declarations: &mut Declarations, zone: &Zone) -> Result<Expression, Vec<Diagnostic>> {
    read(text, declarations, zone, check::condition)
}

/// Reads an expression of any type, as in `attach`. Undeclared traits are added to `declarations`.
///
/// # Errors
/// Everything that is wrong with it; the places count from the beginning of `text`.
pub fn expression(text: &str, declarations: &mut Declarations, zone: &Zone) -> Result<Expression, Vec<Diagnostic>> {
    read(text, declarations, zone, check::value)
}

fn read(
    text: &str,
    declarations: &mut Declarations,
    zone: &Zone,
    check: fn(&mut Checker<'_>, &Node) -> Option<Expression>,
) -> Result<Expression, Vec<Diagnostic>> {
    let (node, mut mistakes) = parser::parse(text);
    let names = Names::default();
    let mut traits = Traits::new(declarations.traits.clone());
    let (typed, found) = loop {
        let mut checker = Checker::new(&declarations.events, &mut traits, zone, &names);
        let typed = check(&mut checker, &node);
        let found = checker.diagnostics;
        if !traits.again() {
            break (typed, found);
        }
    };
    mistakes.extend(found.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error));
    mistakes.sort_by_key(|diagnostic| diagnostic.span);
    match typed {
        Some(expression) if mistakes.is_empty() => {
            declarations.traits = traits.all();
            Ok(expression)
        }
        Some(_) | None => Err(mistakes),
    }
}
