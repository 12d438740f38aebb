//! The entry of a segment with its expressions parsed, ready to be checked together with all others.

use compact_str::CompactString;

use super::ast::{Node, NodeKind};
use super::file::{SegmentEntry, Style, Written, located};
use super::load::Opened;
use super::token::{self, TokenKind};
use super::{Diagnostic, Span, parser};
use crate::timer::Zone;

/// The longest name of a segment or of an attached value, in bytes.
const NAME_BYTES_MAX: usize = 200;

/// How many mistakes of one expression are reported: finding their places costs its length each.
const EXPRESSION_MISTAKES_MAX: usize = 100;

/// A segment as written, its expressions parsed.
pub(super) struct Prepared<'a> {
    pub(super) source: &'a Opened<'a>,
    pub(super) zone: Zone,
    pub(super) entry: SegmentEntry,
    pub(super) when: Option<Parsed>,
    pub(super) attach: Vec<(CompactString, Parsed)>,
    pub(super) grace_millis: i64,
}

/// An expression and the scalar it was written in.
pub(super) struct Parsed {
    pub(super) node: Node,
    written: Written,
}

/// Parses the expressions of a segment and reads its other values.
pub(super) fn prepare<'a>(
    source: &'a Opened<'a>,
    zone: &Zone,
    entry: SegmentEntry,
    diagnostics: &mut Vec<Diagnostic>,
) -> Prepared<'a> {
    let mut mistakes = Vec::new();
    let mut parsed = |written: &Written| {
        let (node, found) = parser::parse(&written.text);
        mistakes.extend(
            found.into_iter().take(EXPRESSION_MISTAKES_MAX).map(|mistake| relocated(mistake, written, source.text)),
        );
        mistakes.extend(quotes(written, &node));
        Parsed { node, written: written.clone() }
    };
    let when = entry.when.as_ref().map(&mut parsed);
    let attach = entry.attach.iter().map(|entry| (entry.name.text.as_str().into(), parsed(&entry.value))).collect();
    let names = std::iter::once(&entry.segment).chain(entry.attach.iter().map(|entry| &entry.name));
    mistakes.extend(names.filter_map(wrong_name));
    let grace = entry.grace.as_ref().map(|written| grace(written, source.text));
    let grace_millis = grace.unwrap_or(Ok(0)).unwrap_or_else(|mistake| {
        mistakes.push(*mistake);
        0
    });
    let prepared = Prepared { source, zone: zone.clone(), entry, when, attach, grace_millis };
    diagnostics.extend(mistakes.into_iter().map(|mistake| prepared.of_file(mistake)));
    prepared
}

impl Prepared<'_> {
    /// A mistake whose place counts in the file.
    pub(super) fn of_file(&self, mistake: Diagnostic) -> Diagnostic {
        Diagnostic { file: self.source.name.to_owned(), ..mistake }
    }

    /// Mistakes whose places count in an expression.
    pub(super) fn of_expression(&self, mistakes: Vec<Diagnostic>, parsed: &Parsed) -> impl Iterator<Item = Diagnostic> {
        let mistakes = mistakes.into_iter().take(EXPRESSION_MISTAKES_MAX);
        mistakes.map(|mistake| self.of_file(relocated(mistake, &parsed.written, self.source.text)))
    }
}

/// The mistake at its place in the file; says so where YAML took the rest of the expression for a comment.
fn relocated(mistake: Diagnostic, written: &Written, file: &str) -> Diagnostic {
    let span = located(file, written, mistake.span);
    let cut = written.style == Style::Plain && {
        let line = file.get(written.span.end..).unwrap_or_default().lines().next().unwrap_or_default();
        line.starts_with([' ', '\t']) && line.trim_start().starts_with('#')
    };
    let unclosed = matches!(mistake.code, "unclosed-text" | "unclosed-name" | "unclosed-parenthesis");
    let at_end = mistake.code == "syntax" && span.start >= written.span.end;
    if cut && (unclosed || at_end) {
        let help = "in YAML a space and `#` begin a comment: put the whole expression in single quotes or in a block";
        return Diagnostic { span, ..mistake }.help(help);
    }
    Diagnostic { span, ..mistake }
}

/// Advice where YAML takes the whole expression for a value of another type.
fn quotes(written: &Written, node: &Node) -> Option<Diagnostic> {
    let taken_for = if let NodeKind::Boolean(_) = node.kind {
        "boolean"
    } else if let NodeKind::Number(_) = node.kind {
        "number"
    } else {
        return None;
    };
    let message = format!("for YAML this is a {taken_for}, not the text of an expression");
    let advice = Diagnostic::advice("yaml-quotes", written.span, message);
    (written.style == Style::Plain).then(|| advice.help(format!("put it in quotes: '{}'", written.text)))
}

/// Names go into topics and headers: no control characters, and not too long.
fn wrong_name(written: &Written) -> Option<Diagnostic> {
    let name = written.text.as_str();
    let wrong = name.trim().is_empty() || name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control);
    let message = format!("a name has 1 to {NAME_BYTES_MAX} bytes and no control characters");
    wrong.then(|| Diagnostic::error("wrong-name", written.span, message))
}

/// The milliseconds of `grace:`, one fixed duration.
fn grace(written: &Written, file: &str) -> Result<i64, Box<Diagnostic>> {
    let (tokens, mistakes) = token::tokens(&written.text);
    if let Some(mistake) = mistakes.into_iter().next() {
        return Err(Box::new(relocated(mistake, written, file)));
    }
    let length = match tokens.as_slice() {
        [token, _] => {
            if let TokenKind::Duration(length) = token.kind {
                Some(length)
            } else {
                None
            }
        }
        _ => None,
    };
    let fixed = length.filter(|length| !length.is_calendar()).map(crate::timer::Length::millis);
    fixed.ok_or_else(|| {
        let span = located(file, written, Span::new(0, written.text.len()));
        let message = "`grace` is a fixed duration";
        let help = "write `grace: 30s`; months and years have no fixed length";
        Box::new(Diagnostic::error("wrong-grace", span, message).help(help))
    })
}
