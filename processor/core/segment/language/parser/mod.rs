//! Words and signs to a tree, by recursive descent: one function for each rule of the grammar.
//!
//! A mistake is reported once; reading goes on at the next `and` or `or` beside it. Depth is bounded, so no text can
//! exhaust the stack. Not here: names and types.

mod cursor;
mod events;
mod expression;
mod form;
mod measures;

use super::ast::Node;
use super::{Diagnostic, token};

/// How deep parentheses, `not`, minus signs and `if` may nest.
pub(super) const NESTING_MAX: usize = 64;
/// How many nodes may lie on one way down an expression: a sum of so many terms, for example.
pub(super) const HEIGHT_MAX: usize = 128;

/// The tree of an expression, with all that was wrong with its words and its grammar.
pub(super) fn parse(text: &str) -> (Node, Vec<Diagnostic>) {
    let (tokens, mut diagnostics) = token::tokens(text);
    let mut cursor = cursor::Cursor::new(text, tokens);
    let node = expression::whole(&mut cursor);
    diagnostics.append(&mut cursor.diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    (node, diagnostics)
}
