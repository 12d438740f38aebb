//! `matches "regex"` and `bucket(..)`: what is compiled or bounded when it is loaded.

use super::Checker;
use super::typed::Typed;
use crate::event::Number;
use crate::segment::language::ast::{Name, Node};
use crate::segment::language::{Diagnostic, Span};
use crate::segment::{Pattern, Term, Type};

/// The most buckets that customers are split into.
const BUCKETS_MAX: u32 = 1_000_000_000;

impl Checker<'_> {
    pub(super) fn matching(&mut self, text: &Node, pattern: &Name, span: Span) -> Option<Typed> {
        let text = self.wanted(text, &Type::Text, "`matches`");
        match Pattern::new(&pattern.text) {
            Ok(pattern) => Some(Typed::new(Term::Matches(Box::new(text?), pattern), Type::Boolean, span)),
            Err(unfit) => {
                let message = format!("this is no regular expression that can be used: {unfit}");
                let help = "the dialect is that of the `regex` crate: no backreferences, no looking around";
                self.fail(Diagnostic::error("broken-pattern", pattern.span, message).help(help))
            }
        }
    }

    /// `bucket(100, "salt")`
    pub(super) fn bucket(&mut self, buckets: Number, salt: &Name, span: Span) -> Option<Typed> {
        let whole = buckets.millionths() % Number::SCALE == 0;
        let count = u32::try_from(buckets.millionths() / Number::SCALE).ok();
        if let Some(count) = count.filter(|count| whole && (1..=BUCKETS_MAX).contains(count)) {
            return Some(Typed::new(Term::Bucket { count, salt: salt.text.clone() }, Type::Number, span));
        }
        let message = format!("`{buckets}` is no number of buckets");
        let help = format!("a whole number from 1 to {BUCKETS_MAX}: `bucket(100) < 10` is a tenth of all customers");
        self.fail(Diagnostic::error("bucket-count", span, message).help(help))
    }
}
