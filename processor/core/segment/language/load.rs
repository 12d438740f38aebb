//! Definition files to one catalog of definitions: all mistakes of all files, or none.

use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;

use super::check::{self, Checker, Traits};
use super::declare::declare;
use super::file::{self, DefinitionFile, TestEntry};
use super::prepare::{Prepared, prepare};
use super::scenario::{Reader, Scenario};
use super::{Diagnostic, Position, Severity};
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
    let mut sources: Vec<&Source> = sources.iter().collect();
    sources.sort_by_key(|source| &source.name);
    let mut diagnostics = Vec::new();
    let mut files = Vec::new();
    for source in sources {
        let mut found = Vec::new();
        let file = file::definition_file(&source.text, &mut found);
        diagnostics.extend(found.into_iter().map(|mistake| Diagnostic { file: source.name.clone(), ..mistake }));
        files.push((source, file));
    }
    let declarations = declare(&files, &mut diagnostics);
    let mut catalog = Vec::new();
    let mut tests = Vec::new();
    let segments_by_file = files.iter().map(|(source, file)| (source.name.clone(), file.segments.len())).collect();
    for (source, file) in files {
        let zone = zone(source, &file, &mut diagnostics);
        let own: BTreeSet<CompactString> = file.segments.iter().map(|entry| entry.segment.text.as_str().into()).collect();
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

fn zone(source: &Source, file: &DefinitionFile, diagnostics: &mut Vec<Diagnostic>) -> Zone {
    let Some(written) = &file.zone else { return Zone::UTC };
    Zone::named(&written.text).unwrap_or_else(|unknown| {
        let database = jiff::tz::TimeZoneDatabase::bundled();
        let names: Vec<String> = database.available().map(|name| name.to_string()).collect();
        let help = super::suggest::did_you_mean(&written.text, names.iter().map(String::as_str));
        let mistake = Diagnostic::error("unknown-zone", written.span, unknown.to_string()).help_if(help);
        diagnostics.push(Diagnostic { file: source.name.clone(), ..mistake });
        Zone::UTC
    })
}

/// The names of all segments, sorted; a name that was given before is a mistake.
fn names(catalog: &[Prepared<'_>], diagnostics: &mut Vec<Diagnostic>) -> Vec<CompactString> {
    let mut first: BTreeMap<CompactString, &Prepared<'_>> = BTreeMap::new();
    for prepared in catalog {
        let written = &prepared.entry.segment;
        if let Some(other) = first.get(written.text.as_str()) {
            let place = Position::of(&other.source.text, other.entry.segment.span.start);
            let message = format!("the segment `{}` is already defined in {}:{place}", written.text, other.source.name);
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
        diagnostics
            .extend(std::mem::take(&mut checker.diagnostics).into_iter().map(|d| prepared.of_expression(d, when)));
    }
    let mut attach = Vec::new();
    for (name, value) in &prepared.attach {
        attach.extend(check::value(&mut checker, &value.node).map(|expression| (name.clone(), expression)));
        diagnostics
            .extend(std::mem::take(&mut checker.diagnostics).into_iter().map(|d| prepared.of_expression(d, value)));
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
    source: &'a Source,
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
        let mut reader = Reader { file: &source.name, zone, declarations, segments, own, mistakes: Vec::new() };
        scenarios.extend(entries.iter().filter_map(|entry| reader.scenario(entry)));
        let mistakes = reader.mistakes.into_iter();
        diagnostics.extend(mistakes.map(|mistake| Diagnostic { file: source.name.clone(), ..mistake }));
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
