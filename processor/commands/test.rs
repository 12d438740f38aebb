//! `spicchio test`: run the tests that stand beside definitions.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use regex::Regex;
use serde::Serialize;
use spicchio_core::replay::{Outcome, run};
use spicchio_core::segment::language::{Position, Scenario, Source};
use spicchio_core::segment::{Catalog, Explanation};

use super::coverage::Coverage;
use super::exit::{Exit, Failure};
use super::terminal::{self, Format, Terminal};
use super::{coverage, definitions, junit};

/// Run the tests of definition files
///
/// Every transition must be expected, and every expected one must happen, at its millisecond.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Files, or folders with all their .yaml files
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only tests whose name matches
    #[arg(long, value_name = "REGEX")]
    run: Option<Regex>,
    /// Write an XML report for CI servers to this file too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Say which ways into and out of each segment the tests show
    #[arg(long)]
    coverage: bool,
    /// How to report
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
}

/// A test that was run.
#[derive(Debug, Serialize)]
pub(super) struct Case<'a> {
    /// Its file, with the line of its name.
    pub(super) file: &'a str,
    pub(super) line: usize,
    pub(super) test: &'a str,
    pub(super) passed: bool,
    /// What was not as expected, a sentence each.
    pub(super) failures: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<Why<'a>>,
}

/// The condition behind the first failure.
#[derive(Debug, Serialize)]
pub(super) struct Why<'a> {
    customer: String,
    segment: String,
    at: String,
    explanation: &'a Explanation,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    passed: usize,
    failed: usize,
    tests: Vec<Case<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Vec<Coverage<'a>>>,
}

impl Test {
    pub(crate) fn execute(self, terminal: Terminal) -> Result<Exit, Failure> {
        let read = definitions::read(&self.paths)?;
        let loaded = read.accepted(terminal)?;
        let chosen = |name: &str| self.run.as_ref().is_none_or(|pattern| pattern.is_match(name));
        let scenarios: Vec<&Scenario> = loaded.scenarios.iter().filter(|scenario| chosen(&scenario.name)).collect();
        if scenarios.is_empty() {
            return Err(Failure::Broken("no test was found: write `tests:` beside the segments".to_owned()));
        }
        let catalog = Arc::new(Catalog::compile(&loaded.definitions));
        let outcomes: Vec<Outcome> = scenarios.iter().map(|scenario| run(&catalog, scenario)).collect();
        let cases: Vec<Case<'_>> =
            scenarios.iter().zip(&outcomes).map(|(scenario, outcome)| case(scenario, outcome, &read.sources)).collect();
        let failed = cases.iter().filter(|case| !case.passed).count();
        if let Some(file) = &self.junit {
            let unwritable = |error| Failure::Usage(format!("{} cannot be written: {error}", file.display()));
            std::fs::write(file, junit::report(&cases)).map_err(unwritable)?;
        }
        let shown = outcomes.iter().flat_map(|outcome| &outcome.shown).cloned().collect();
        let coverage = self.coverage.then(|| coverage::of(&catalog, &shown));
        match self.output {
            Format::Text => {
                print(&cases, failed)?;
                if let Some(coverage) = &coverage {
                    let mut data = terminal::data();
                    coverage::print(coverage, &mut data)?;
                    data.flush()?;
                }
            }
            Format::Json => {
                terminal::json(&Report { passed: cases.len() - failed, failed, tests: cases, coverage })?;
            }
        }
        Ok(if failed == 0 { Exit::Fine } else { Exit::Bad })
    }
}

fn case<'a>(scenario: &'a Scenario, outcome: &'a Outcome, sources: &[Source]) -> Case<'a> {
    let text = sources.iter().find(|source| source.name == scenario.file).map_or("", |source| &source.text);
    let why = outcome.why.as_ref().map(|why| Why {
        customer: why.customer.to_string(),
        segment: why.segment.to_string(),
        at: why.at.to_string(),
        explanation: &why.explanation,
    });
    Case {
        file: &scenario.file,
        line: Position::of(text, scenario.span.start).line,
        test: &scenario.name,
        passed: outcome.passed(),
        failures: failures(outcome),
        why,
    }
}

fn failures(outcome: &Outcome) -> Vec<String> {
    let mut failures = Vec::new();
    for (at, reason) in &outcome.refused {
        failures.push(format!("the event given at {at} is refused: {reason}"));
    }
    failures.extend(outcome.missing.iter().map(|change| format!("expected, did not happen:  {change}")));
    failures.extend(outcome.unexpected.iter().map(|change| format!("happened, not expected:    {change}")));
    for wrong in &outcome.members {
        for (who, what) in [(&wrong.missing, "should be in"), (&wrong.unexpected, "should not be in")] {
            failures.extend(who.iter().map(|customer| format!("{customer} {what} {} at {}", wrong.segment, wrong.at)));
        }
    }
    failures
}

fn print(cases: &[Case<'_>], failed: usize) -> Result<(), Failure> {
    let mut data = terminal::data();
    for case in cases {
        let Case { file, line, test, .. } = case;
        writeln!(data, "{} {file}:{line}: {test}", if case.passed { "ok  " } else { "FAIL" })?;
        for failure in &case.failures {
            writeln!(data, "       {failure}")?;
        }
        if let Some(why) = &case.why {
            writeln!(data, "     why, for {} and {} at {}:", why.customer, why.segment, why.at)?;
            for line in why.explanation.to_string().lines() {
                writeln!(data, "       {line}")?;
            }
        }
    }
    writeln!(data, "{} passed, {failed} failed", cases.len() - failed)?;
    data.flush()?;
    Ok(())
}
