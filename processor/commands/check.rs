//! `spicchio check`: every mistake in definitions.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use spicchio_core::segment::Catalog;
use spicchio_core::segment::language::{Diagnostic, Severity};

use super::cost::{self, Cost};
use super::definitions::{self, Definitions};
use super::diagnostics::{self, Reported};
use super::exit::{Exit, Failure};
use super::terminal::{self, Format, Terminal};

/// Find every mistake in definition files
///
/// The files are taken together: one may use what another declares.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files, or folders with all their .yaml files
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Say what each segment keeps of a customer, and which segments share it
    #[arg(long)]
    explain_cost: bool,
    /// Fail on advice too
    #[arg(long)]
    deny_warnings: bool,
    /// How to report
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
}

/// The report for machines.
#[derive(Debug, Serialize)]
struct Report<'a> {
    ok: bool,
    files: Vec<File<'a>>,
    diagnostics: Vec<Reported<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Vec<Cost<'a>>>,
}

#[derive(Debug, Serialize)]
struct File<'a> {
    #[serde(rename = "file")]
    name: &'a str,
    /// Null where the files together are refused.
    segments: Option<usize>,
    tests: Option<usize>,
    errors: usize,
    advice: usize,
}

impl Check {
    pub(crate) fn execute(self, terminal: Terminal) -> Result<Exit, Failure> {
        let definitions = definitions::read(&self.paths)?;
        let (found, refused) = match &definitions.loaded {
            Ok(loaded) => (&loaded.advice, false),
            Err(mistakes) => (mistakes, true),
        };
        let ok = !refused && (found.is_empty() || !self.deny_warnings);
        let files = files(&definitions, found);
        let accepted = definitions.loaded.as_ref().ok().filter(|_| self.explain_cost);
        let catalog = accepted.map(|loaded| Catalog::compile(&loaded.definitions));
        let cost = catalog.as_ref().map(cost::of);
        match self.output {
            Format::Text => {
                diagnostics::show(found, &definitions.sources, terminal);
                let mut data = terminal::data();
                for file in &files {
                    writeln!(data, "{}: {}", file.name, file.in_words())?;
                }
                if let Some((cost, catalog)) = cost.as_ref().zip(catalog.as_ref()) {
                    cost::print(cost, catalog, &mut data)?;
                }
                data.flush()?;
            }
            Format::Json => {
                let diagnostics = found.iter().map(|one| diagnostics::reported(one, &definitions.sources)).collect();
                terminal::json(&Report { ok, files, diagnostics, cost })?;
            }
        }
        Ok(if ok { Exit::Fine } else { Exit::Bad })
    }
}

fn files<'a>(definitions: &'a Definitions, found: &[Diagnostic]) -> Vec<File<'a>> {
    let of_file = |name: &'a str| {
        let count = |severity| found.iter().filter(|one| one.file == name && one.severity == severity).count();
        let loaded = definitions.loaded.as_ref().ok();
        let segments = loaded.and_then(|loaded| loaded.segments_by_file.get(name).copied());
        let tests = loaded.map(|loaded| loaded.scenarios.iter().filter(|one| one.file == name).count());
        File { name, segments, tests, errors: count(Severity::Error), advice: count(Severity::Advice) }
    };
    definitions.sources.iter().map(|source| of_file(&source.name)).collect()
}

impl File<'_> {
    fn in_words(&self) -> String {
        let of = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        if self.errors > 0 {
            return of(self.errors, "mistake", "mistakes");
        }
        let (Some(segments), Some(tests)) = (self.segments, self.tests) else {
            return "no mistake of its own".to_owned();
        };
        let tests = if tests == 0 { String::new() } else { format!(", {}", of(tests, "test", "tests")) };
        let advice = if self.advice == 0 { String::new() } else { format!(", {} to look at", self.advice) };
        format!("{}{tests}{advice} OK", of(segments, "segment", "segments"))
    }
}
