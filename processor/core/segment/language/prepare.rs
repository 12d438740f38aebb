//! The entry of a segment, ladder or score with its expressions parsed, ready to be checked together with all others.

use compact_str::CompactString;

use super::ast::{About, Node, NodeKind};
use super::file::{AttachEntry, LadderEntry, ScoreEntry, SegmentEntry, Style, Written, located};
use super::load::Opened;
use super::token::{self, TokenKind};
use super::{Diagnostic, Span, parser};
use crate::event::Number;
use crate::timer::{Length, Zone};

/// The longest name of a segment, ladder, stage or score, or of an attached value, in bytes.
const NAME_BYTES_MAX: usize = 200;

/// How many mistakes of one expression are reported: finding their places costs its length each.
const EXPRESSION_MISTAKES_MAX: usize = 100;

/// A definition as written, its expressions parsed.
pub(super) struct Prepared<'a> {
    pub(super) source: &'a Opened<'a>,
    pub(super) zone: Zone,
    pub(super) name: Written,
    pub(super) description: Option<String>,
    pub(super) body: Body,
    pub(super) attach: Vec<(CompactString, Parsed)>,
    pub(super) grace_millis: i64,
    pub(super) labels: std::collections::BTreeMap<String, String>,
}

/// What it defines.
pub(super) enum Body {
    /// A segment: who enters it.
    Segment { enter: Option<Parsed>, latch: Option<ParsedLatch> },
    /// A ladder: its stages.
    Ladder { stages: Vec<(CompactString, Parsed)>, otherwise: Option<CompactString> },
    /// A ladder: the scores of its candidates.
    Best { candidates: Vec<(CompactString, Parsed)>, minimum: Option<Number>, otherwise: Option<CompactString> },
    /// A score.
    Score(Parsed),
}

/// What makes leaving a segment another question than entering it.
pub(super) struct ParsedLatch {
    pub(super) leave: Option<Parsed>,
    pub(super) stay: Option<Length>,
    pub(super) rest: Option<Length>,
}

/// An expression and the scalar it was written in.
pub(super) struct Parsed {
    pub(super) node: Node,
    written: Written,
}

/// Parses the expressions of definitions of one file and reads their other values.
pub(super) struct Preparer<'a> {
    source: &'a Opened<'a>,
    zone: Zone,
    mistakes: Vec<Diagnostic>,
}

impl<'a> Preparer<'a> {
    /// For a file with that zone.
    pub(super) fn new(source: &'a Opened<'a>, zone: &Zone) -> Self {
        Self { source, zone: zone.clone(), mistakes: Vec::new() }
    }

    /// What was wrong so far; the places count in the file.
    pub(super) fn mistakes(self) -> impl Iterator<Item = Diagnostic> {
        self.source.own(self.mistakes)
    }

    /// A segment.
    pub(super) fn segment(&mut self, entry: &SegmentEntry) -> Prepared<'a> {
        let enter = entry.enter_when.as_ref().or(entry.when.as_ref());
        let body = Body::Segment { enter: enter.map(|written| self.parsed(written)), latch: self.latch(entry) };
        let prepared = self.prepared(&entry.segment, entry.description.as_ref(), body);
        let attach = self.attach(&entry.attach);
        let grace_millis = self.grace(entry.grace.as_ref());
        Prepared { attach, grace_millis, labels: entry.labels.clone(), ..prepared }
    }

    fn latch(&mut self, entry: &SegmentEntry) -> Option<ParsedLatch> {
        let latched = entry.leave_when.is_some() || entry.stay.is_some() || entry.rest.is_some();
        latched.then(|| ParsedLatch {
            leave: entry.leave_when.as_ref().map(|written| self.parsed(written)),
            stay: entry.stay.as_ref().and_then(|written| self.length(written, "stay")),
            rest: entry.rest.as_ref().and_then(|written| self.length(written, "rest")),
        })
    }

    /// A ladder.
    pub(super) fn ladder(&mut self, entry: &LadderEntry) -> Prepared<'a> {
        let otherwise = entry.otherwise.as_ref().map(|written| written.text.as_str().into());
        let names = entry.stages.iter().map(|stage| &stage.stage).chain(entry.best.iter().map(|one| &one.name));
        self.stage_names(&names.chain(&entry.otherwise).collect::<Vec<_>>());
        let body = if entry.best.is_empty() {
            let stages = entry.stages.iter();
            let stages = stages.map(|stage| (stage.stage.text.as_str().into(), self.parsed(&stage.when))).collect();
            Body::Ladder { stages, otherwise }
        } else {
            let minimum = entry.minimum.as_ref().and_then(|written| self.number(written));
            let candidates = entry.best.iter();
            let candidates = candidates.map(|one| (one.name.text.as_str().into(), self.parsed(&one.score))).collect();
            Body::Best { candidates, minimum, otherwise }
        };
        let prepared = self.prepared(&entry.ladder, entry.description.as_ref(), body);
        let attach = self.attach(&entry.attach);
        let grace_millis = self.grace(entry.grace.as_ref());
        Prepared { attach, grace_millis, labels: entry.labels.clone(), ..prepared }
    }

    /// A score.
    pub(super) fn score(&mut self, entry: &ScoreEntry) -> Prepared<'a> {
        let value = self.parsed(&entry.value);
        self.prepared(&entry.score, entry.description.as_ref(), Body::Score(value))
    }

    fn prepared(&mut self, name: &Written, description: Option<&Written>, body: Body) -> Prepared<'a> {
        self.mistakes.extend(wrong_name(name));
        Prepared {
            source: self.source,
            zone: self.zone.clone(),
            name: name.clone(),
            description: description.map(|description| description.text.trim().to_owned()),
            body,
            attach: Vec::new(),
            grace_millis: 0,
            labels: std::collections::BTreeMap::new(),
        }
    }

    fn parsed(&mut self, written: &Written) -> Parsed {
        let (node, found) = parser::parse(&written.text);
        let text = self.source.text;
        let found = found.into_iter().take(EXPRESSION_MISTAKES_MAX);
        self.mistakes.extend(found.map(|mistake| relocated(mistake, written, text)));
        self.mistakes.extend(quotes(written, &node));
        Parsed { node, written: written.clone() }
    }

    fn attach(&mut self, entries: &[AttachEntry]) -> Vec<(CompactString, Parsed)> {
        self.mistakes.extend(entries.iter().filter_map(|entry| wrong_name(&entry.name)));
        entries.iter().map(|entry| (entry.name.text.as_str().into(), self.parsed(&entry.value))).collect()
    }

    /// Every stage has a name of its own.
    fn stage_names(&mut self, names: &[&Written]) {
        self.mistakes.extend(names.iter().filter_map(|name| wrong_name(name)));
        for (index, name) in names.iter().enumerate() {
            if names.iter().take(index).any(|earlier| earlier.text == name.text) {
                let message = format!("there are two stages `{}`", name.text);
                let mistake = Diagnostic::error("duplicate-stage", name.span, message);
                self.mistakes.push(mistake.help("give one of the two another name; conditions can be joined by `or`"));
            }
        }
    }

    /// The milliseconds of `grace:`, one fixed duration.
    fn grace(&mut self, written: Option<&Written>) -> i64 {
        let Some(written) = written else { return 0 };
        let length = self.length(written, "grace");
        if let Some(length) = length.filter(|length| length.is_calendar()) {
            let span = located(self.source.text, written, Span::new(0, written.text.len()));
            let message = format!("`grace` is a fixed duration, this is {length}");
            let help = "write `grace: 30s`; months and years have no fixed length";
            self.mistakes.push(Diagnostic::error("wrong-duration", span, message).help(help));
            return 0;
        }
        length.map_or(0, Length::millis)
    }

    /// One duration.
    fn length(&mut self, written: &Written, key: &str) -> Option<Length> {
        let (tokens, mistakes) = token::tokens(&written.text);
        if let Some(mistake) = mistakes.into_iter().next() {
            self.mistakes.push(relocated(mistake, written, self.source.text));
            return None;
        }
        if let [token, _] = tokens.as_slice()
            && let TokenKind::Duration(length) = token.kind
        {
            return Some(length);
        }
        let span = located(self.source.text, written, Span::new(0, written.text.len()));
        let message = format!("`{key}` is a duration");
        self.mistakes.push(Diagnostic::error("wrong-duration", span, message).help(format!("write `{key}: 30s`")));
        None
    }

    fn number(&mut self, written: &Written) -> Option<Number> {
        let number = Number::parse(&written.text);
        if number.is_none() {
            let message = "`minimum` is a number with up to six decimal places";
            self.mistakes.push(Diagnostic::error("wrong-minimum", written.span, message));
        }
        number
    }
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

    /// What it defines.
    pub(super) const fn about(&self) -> About {
        match self.body {
            Body::Segment { .. } => About::Segment,
            Body::Ladder { .. } | Body::Best { .. } => About::Ladder,
            Body::Score(_) => About::Score,
        }
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
