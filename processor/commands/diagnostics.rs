//! Mistakes in definition files as people and machines read them.
//!
//! For people: the line, a caret under the wrong words, a way out. Not here: what is wrong (`segment::language`).

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity as Gravity, SourceCode};
use serde::Serialize;
use spicchio_core::segment::language::{Diagnostic, Severity, Source};

use super::terminal::Terminal;

/// A diagnostic for machines.
#[derive(Debug, Serialize)]
pub(crate) struct Reported<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    file: &'a str,
    /// From 1.
    line: usize,
    /// From 1, in characters.
    column: usize,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

/// The word for a severity.
const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Advice => "advice",
    }
}

fn text_of<'a>(sources: &'a [Source], file: &str) -> &'a str {
    sources.iter().find(|source| source.name == file).map_or("", |source| &source.text)
}

/// A diagnostic as an entry of a JSON report.
pub(crate) fn reported<'a>(diagnostic: &'a Diagnostic, sources: &[Source]) -> Reported<'a> {
    let position = diagnostic.position(text_of(sources, &diagnostic.file));
    Reported {
        code: diagnostic.code,
        severity: word(diagnostic.severity),
        message: &diagnostic.message,
        file: &diagnostic.file,
        line: position.line,
        column: position.column,
        label: &diagnostic.label,
        help: diagnostic.help.as_deref(),
    }
}

/// Shows diagnostics to people.
pub(crate) fn show(diagnostics: &[Diagnostic], sources: &[Source], terminal: Terminal) {
    let theme = if terminal.color() { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false);
    for diagnostic in diagnostics {
        let source = NamedSource::new(&diagnostic.file, text_of(sources, &diagnostic.file).to_owned());
        let mut shown = String::new();
        match handler.render_report(&mut shown, &Report { diagnostic, source }) {
            Ok(()) => terminal.say(shown.trim_end()),
            // Its place lies outside the text, for a file that could not be shown.
            Err(fmt::Error) => terminal.say(&format!("{}: {}", diagnostic.file, diagnostic.message)),
        }
    }
}

/// A diagnostic with the text it is about.
#[derive(Debug)]
struct Report<'a> {
    diagnostic: &'a Diagnostic,
    source: NamedSource<String>,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!("{}: {}", word(self.diagnostic.severity), self.diagnostic.code)))
    }

    fn severity(&self) -> Option<Gravity> {
        Some(match self.diagnostic.severity {
            Severity::Error => Gravity::Error,
            Severity::Advice => Gravity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.diagnostic.span;
        let label = Some(self.diagnostic.label.clone()).filter(|label| !label.is_empty());
        let length = span.end.saturating_sub(span.start);
        Some(Box::new(std::iter::once(LabeledSpan::new(label, span.start, length))))
    }
}
