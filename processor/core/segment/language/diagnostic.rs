//! What is wrong or doubtful in a definition file, and where.
//!
//! Plain data: a code, a place, what is wrong and a way out. Not here: how it looks on a terminal.

use std::fmt;

/// A stretch of text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// From the start of this to the end of `other`.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in that line.
    pub column: usize,
}

impl Position {
    /// Where the byte `offset` of `text` lies; the end of the text for an offset beyond it.
    pub fn of(text: &str, offset: usize) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = text.get(..end).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        Self { line, column: 1 + before.get(line_start..).unwrap_or_default().chars().count() }
    }
}

/// Where the lines of a text begin: finds many positions without counting lines anew for each.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// Where the byte `offset` lies.
    pub(super) fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|index| self.starts.get(index)).copied().unwrap_or_default();
        let column = 1 + self.text.get(start..offset).unwrap_or_default().chars().count();
        Position { line, column }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file is taken; its author should look.
    Advice,
}

/// One mistake, or one piece of advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable name for this kind of mistake, such as `unknown-property`.
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong: one sentence without a full stop.
    pub message: String,
    /// The name of the file; empty for an expression that stands alone.
    pub file: String,
    /// The wrong stretch of that file.
    pub span: Span,
    /// A few words that stand under the caret.
    pub label: String,
    /// A way out.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A mistake at `span`, in a file to be named later.
    pub(crate) fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, severity: Severity::Error, message, file: String::new(), span, label: String::new(), help: None }
    }

    /// Advice at `span`, in a file to be named later.
    pub(crate) fn advice(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Advice, ..Self::error(code, span, message) }
    }

    /// The same with words under the caret.
    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same with a way out.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with a way out, where there is one.
    pub(crate) fn help_if(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Line and column of its first character; `text` is the text of its file.
    pub fn position(&self, text: &str) -> Position {
        Position::of(text, self.span.start)
    }
}
