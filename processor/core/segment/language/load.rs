//! Definition files to one catalog of definitions: all mistakes of all files, or none.

use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;

use super::ast::About;
use super::check::Names;
use super::declare::declare;
use super::define::define;
use super::diagnostic::Lines;
use super::file::{self, DefinitionFile, TestEntry};
use super::prepare::{Body, Prepared, Preparer};
use super::scenario::{Reader, Scenario};
use super::{Diagnostic, Severity, references};
use crate::segment::{Declarations, Definitions};
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
        let named = file.segments.iter().map(|entry| &entry.segment);
        let own = named.chain(file.ladders.iter().map(|entry| &entry.ladder)).map(|name| name.text.as_str().into());
        let own: BTreeSet<CompactString> = own.collect();
        let mut preparer = Preparer::new(source, &zone);
        catalog.extend(file.segments.iter().map(|entry| preparer.segment(entry)));
        catalog.extend(file.ladders.iter().map(|entry| preparer.ladder(entry)));
        catalog.extend(file.scores.iter().map(|entry| preparer.score(entry)));
        diagnostics.extend(preparer.mistakes());
        tests.push(FileTests { source, zone, own, entries: file.tests });
    }
    let names = names(&catalog, &mut diagnostics);
    let definitions = define(&catalog, &declarations, &names, &mut diagnostics);
    references::check(&catalog, &definitions, &mut diagnostics);
    let scenarios = scenarios(&tests, &definitions.declarations, &names, &mut diagnostics);
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

/// The names of all definitions; a name that was given before is a mistake.
fn names(catalog: &[Prepared<'_>], diagnostics: &mut Vec<Diagnostic>) -> Names {
    let mut names = Names::default();
    let mut first: BTreeMap<(bool, CompactString), &Prepared<'_>> = BTreeMap::new();
    for prepared in catalog {
        let name: CompactString = prepared.name.text.as_str().into();
        match &prepared.body {
            Body::Segment { .. } => drop(names.segments.insert(name.clone())),
            Body::Ladder { stages, otherwise } | Body::Best { candidates: stages, otherwise, .. } => {
                let stages = stages.iter().map(|(name, _)| name).chain(otherwise).cloned().collect();
                names.ladders.insert(name.clone(), stages);
            }
            Body::Score(_) => drop(names.scores.insert(name.clone())),
        }
        // Scores are not announced: they have names of their own.
        let key = (prepared.about() == About::Score, name);
        let Some(other) = first.get(&key) else {
            first.insert(key, prepared);
            continue;
        };
        let (place, noun) = (other.source.place(other.name.span.start), other.about().noun());
        let message = format!("the {noun} `{}` is already defined in {place}", prepared.name.text);
        let mistake =
            Diagnostic::error("duplicate-definition", prepared.name.span, message).label("defined again here");
        diagnostics.push(prepared.of_file(mistake.help("give one of the two another name")));
    }
    names
}

/// The tests of one file.
struct FileTests<'a> {
    source: &'a Opened<'a>,
    zone: Zone,
    /// The segments and ladders that the file defines.
    own: BTreeSet<CompactString>,
    entries: Vec<TestEntry>,
}

fn scenarios(
    tests: &[FileTests<'_>],
    declarations: &Declarations,
    names: &Names,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    for FileTests { source, zone, own, entries } in tests {
        let mut reader = Reader { file: source.name, zone, declarations, names, own, mistakes: Vec::new() };
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
