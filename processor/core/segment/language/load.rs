//! Definition files to one catalog of definitions: all mistakes of all files, or none.

use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;

use super::check::{self, Checker, Traits};
use super::declare::declare;
use super::diagnostic::Lines;
use super::file::{self, DefinitionFile, TestEntry};
use super::prepare::{Prepared, prepare};
use super::scenario::{Reader, Scenario};
use super::{Diagnostic, Severity};
use crate::segment::{Declarations, Definitions, SegmentDefinition};
use crate::timer::Zone;

/// How many mistakes and pieces of advice are reported at once; what is beyond is counted.
const DIAGNOSTICS_MAX: usize = 1_000;

/// A file as it was read.
#[derive(Clone, Debug)]
pub struct Source {
    /// What mistakes call it, such as its path.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A file with the places of its lines.
pub(super) struct Opened<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    lines: Lines<'a>,
}

impl<'a> Opened<'a> {
    fn new(source: &'a Source) -> Self {
        Self { name: &source.name, text: &source.text, lines: Lines::new(&source.text) }
    }

    /// A place in it, for a message about another place: `a.yaml:3:5`.
    pub(super) fn place(&self, offset: usize) -> String {
        format!("{}:{}", self.name, self.lines.position(offset))
    }

    /// These mistakes, as mistakes of this file.
    pub(super) fn own(&self, mistakes: Vec<Diagnostic>) -> impl Iterator<Item = Diagnostic> {
        mistakes.into_iter().map(|mistake| Diagnostic { file: self.name.to_owned(), ..mistake })
    }
}

/// What files define.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The definitions of all files together.
    pub definitions: Definitions,
    /// How many segments each file defines, by its name.
    pub segments_by_file: BTreeMap<String, usize>,
    /// The tests, by file and then in the order of the file.
    pub scenarios: Vec<Scenario>,
    /// What their authors should look at.
    pub advice: Vec<Diagnostic>,
}

/// Reads definition files into one catalog. The order in which they are given means nothing: they are taken by name.
///
/// # Errors
/// Every mistake and every piece of advice, by file and place, when there is a mistake.
pub fn load(sources: &[Source]) -> Result<Loaded, Vec<Diagnostic>> {
    let mut opened: Vec<Opened<'_>> = sources.iter().map(Opened::new).collect();
    opened.sort_by_key(|source| source.name);
    let mut diagnostics = Vec::new();
    let mut files = Vec::new();
    for source in &opened {
        let mut found = Vec::new();
        let file = file::definition_file(source.text, &mut found);
        diagnostics.extend(source.own(found));
        files.push((source, file));
    }
    let declarations = declare(&files, &mut diagnostics);
    let mut catalog = Vec::new();
    let mut tests = Vec::new();
    let segments_by_file = files.iter().map(|(source, file)| (source.name.to_owned(), file.segments.len())).collect();
    for (source, file) in files {
        let zone = zone(source, &file, &mut diagnostics);
        let own: BTreeSet<CompactString> =
            file.segments.iter().map(|entry| entry.segment.text.as_str().into()).collect();
        catalog.extend(file.segments.into_iter().map(|entry| prepare(source, &zone, entry, &mut diagnostics)));
        tests.push(FileTests { source, zone, own, entries: file.tests });
    }
    let names = names(&catalog, &mut diagnostics);
    let (segments, traits) = checked(&catalog, &declarations, &mut diagnostics);
    let declarations = Declarations { traits, ..declarations };
    let scenarios = scenarios(&tests, &declarations, &names, &mut diagnostics);
    let definitions = Definitions { declarations, segments };
    let advice = finished(diagnostics)?;
    Ok(Loaded { definitions, segments_by_file, scenarios, advice })
}

fn zone(source: &Opened<'_>, file: &DefinitionFile, diagnostics: &mut Vec<Diagnostic>) -> Zone {
    let Some(written) = &file.zone else { return Zone::UTC };
    Zone::named(&written.text).unwrap_or_else(|unknown| {
        let database = jiff::tz::TimeZoneDatabase::bundled();
        let names: Vec<String> = database.available().map(|name| name.to_string()).collect();
        let help = super::suggest::did_you_mean(&written.text, names.iter().map(String::as_str));
        let mistake = Diagnostic::error("unknown-zone", written.span, unknown.to_string()).help_if(help);
        diagnostics.extend(source.own(vec![mistake]));
        Zone::UTC
    })
}

/// The names of all segments, sorted; a name that was given before is a mistake.
fn names(catalog: &[Prepared<'_>], diagnostics: &mut Vec<Diagnostic>) -> Vec<CompactString> {
    let mut first: BTreeMap<CompactString, &Prepared<'_>> = BTreeMap::new();
    for prepared in catalog {
        let written = &prepared.entry.segment;
        if let Some(other) = first.get(written.text.as_str()) {
            let place = other.source.place(other.entry.segment.span.start);
            let message = format!("the segment `{}` is already defined in {place}", written.text);
            let mistake = Diagnostic::error("duplicate-segment", written.span, message).label("defined again here");
            diagnostics.push(prepared.of_file(mistake.help("give one of the two another name")));
        } else {
            first.insert(written.text.as_str().into(), prepared);
        }
    }
    first.into_keys().collect()
}

/// The segments with typed expressions, sorted by name, and all traits with their types.
fn checked(
    catalog: &[Prepared<'_>],
    declarations: &Declarations,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<SegmentDefinition>, BTreeMap<crate::segment::Path, crate::segment::Type>) {
    let mut traits = Traits::new(declarations.traits.clone());
    let (mut segments, mut found) = loop {
        let mut segments = Vec::new();
        let mut found = Vec::new();
        for prepared in catalog {
            segments.extend(segment(prepared, declarations, &mut traits, &mut found));
        }
        if !traits.again() {
            break (segments, found);
        }
    };
    segments.sort_by(|one, other| one.name.cmp(&other.name));
    diagnostics.append(&mut found);
    (segments, traits.all())
}

fn segment(
    prepared: &Prepared<'_>,
    declarations: &Declarations,
    traits: &mut Traits,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<SegmentDefinition> {
    let mut checker = Checker::new(&declarations.events, traits, &prepared.zone);
    let mut condition = None;
    if let Some(when) = &prepared.when {
        condition = check::condition(&mut checker, &when.node);
        diagnostics.extend(prepared.of_expression(std::mem::take(&mut checker.diagnostics), when));
    }
    let mut attach = Vec::new();
    for (name, value) in &prepared.attach {
        attach.extend(check::value(&mut checker, &value.node).map(|expression| (name.clone(), expression)));
        diagnostics.extend(prepared.of_expression(std::mem::take(&mut checker.diagnostics), value));
    }
    Some(SegmentDefinition {
        name: prepared.entry.segment.text.as_str().into(),
        description: prepared.entry.description.as_ref().map(|description| description.text.trim().to_owned()),
        condition: condition?,
        grace_millis: prepared.grace_millis,
        attach,
        labels: prepared.entry.labels.clone(),
        zone: prepared.zone.clone(),
    })
}

/// The tests of one file.
struct FileTests<'a> {
    source: &'a Opened<'a>,
    zone: Zone,
    /// The segments that the file defines.
    own: BTreeSet<CompactString>,
    entries: Vec<TestEntry>,
}

fn scenarios(
    tests: &[FileTests<'_>],
    declarations: &Declarations,
    segments: &[CompactString],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    for FileTests { source, zone, own, entries } in tests {
        let mut reader = Reader { file: source.name, zone, declarations, segments, own, mistakes: Vec::new() };
        scenarios.extend(entries.iter().filter_map(|entry| reader.scenario(entry)));
        diagnostics.extend(source.own(reader.mistakes));
    }
    scenarios
}

/// In order and bounded; an error when one of them is a mistake.
fn finished(mut diagnostics: Vec<Diagnostic>) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let refused = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    diagnostics.sort_by(|one, other| {
        (&one.file, one.span, one.severity, one.code).cmp(&(&other.file, other.span, other.severity, other.code))
    });
    diagnostics.dedup();
    if let Some(beyond) = diagnostics.get(DIAGNOSTICS_MAX).cloned() {
        let more = diagnostics.len() - DIAGNOSTICS_MAX;
        diagnostics.truncate(DIAGNOSTICS_MAX);
        let message = format!("there are {more} further mistakes or pieces of advice");
        diagnostics.push(Diagnostic { code: "too-many-mistakes", message, help: None, ..beyond });
    }
    if refused { Err(diagnostics) } else { Ok(diagnostics) }
}
