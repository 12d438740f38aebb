//! `spicchio replay`: the engine over a file of events.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use spicchio_core::replay::{Replay as Engine, settings};
use spicchio_core::segment::Catalog;
use spicchio_core::timer::{Instant, Length};
use spicchio_core::transition::{Change, Transition};
use spicchio_core::wire::transition_value;

use super::definitions;
use super::events::{self, Events, Tally};
use super::exit::{Exit, Failure};
use super::terminal::{self, Format, Terminal};

/// The longest transition written, as in the configuration's default, in bytes.
const OUTPUT_BYTES_MAX: usize = 256 << 10;

/// Run the engine over a file of events and print the transitions
///
/// The clock is the largest event time read so far: the same file gives the same bytes. No broker is needed.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Files of definitions, or folders with all their .yaml files
    #[arg(long, value_name = "PATH", required = true, num_args = 1..)]
    segments: Vec<PathBuf>,
    #[command(flatten)]
    events: Events,
    /// Move the clock on to this instant after the last event, the instant included
    #[arg(long, value_name = "INSTANT", value_parser = events::instant)]
    until: Option<Instant>,
    /// Forget a customer whose newest event is older than this; without it nobody is forgotten
    #[arg(long, value_name = "LENGTH", value_parser = events::length)]
    forget_after: Option<Length>,
    /// Say at the end how many entered and left each segment, on standard error
    #[arg(long)]
    report: bool,
    /// How to report
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
    /// Fail when a line is refused
    #[arg(long)]
    strict: bool,
}

/// What a replay did, for machines.
#[derive(Debug, Serialize)]
struct Report<'a> {
    lines: u64,
    refused: u64,
    late: u64,
    duplicates: u64,
    customers: usize,
    segments: Vec<Counts<'a>>,
}

/// What happened to one segment.
#[derive(Debug, Serialize)]
struct Counts<'a> {
    segment: &'a str,
    entered: u64,
    exited: u64,
    /// Of a ladder: moves from stage to stage.
    moved: u64,
    members: u64,
    /// Of a ladder: its stages in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stages: Vec<StageCount<'a>>,
}

/// How many customers are in a stage.
#[derive(Debug, Serialize)]
struct StageCount<'a> {
    stage: &'a str,
    members: u64,
}

impl Replay {
    pub(crate) fn execute(self, terminal: Terminal) -> Result<Exit, Failure> {
        let catalog = definitions::catalog(&self.segments, terminal)?;
        if let Some(forget_after) = self.forget_after {
            definitions::remembered(&catalog, forget_after, terminal)?;
        }
        let mut engine = Engine::new(Arc::clone(&catalog), &settings(self.forget_after));
        let mut out = Out { data: terminal::data(), changes: vec![[0; 3]; catalog.segments().len()], broken: None };
        let tally = self.events.read(catalog.interest(), terminal, |event| {
            engine.event(0, event, |transition| out.announce(&transition, &catalog));
            out.broken.take().map_or(Ok(()), |error| Err(Failure::Output(error)))
        })?;
        if let Some(end) = self.until.max(tally.newest) {
            engine.finish(end, |transition| out.announce(&transition, &catalog));
        }
        if let Some(error) = out.broken.take() {
            return Err(Failure::Output(error));
        }
        out.data.flush()?;
        tally.say(terminal);
        if self.report {
            self.say(&report(&engine, &catalog, &out.changes, &tally), terminal)?;
        }
        Ok(if self.strict && tally.refused_in_all() > 0 { Exit::Bad } else { Exit::Fine })
    }

    fn say(&self, report: &Report<'_>, terminal: Terminal) -> Result<(), Failure> {
        match self.output {
            Format::Json => {
                let text = serde_json::to_string(report).map_err(|error| Failure::Output(error.into()))?;
                terminal.say(&text);
            }
            Format::Text => {
                let width =
                    report.segments.iter().map(|counts| counts.segment.chars().count()).max().unwrap_or(0).max(7);
                terminal.say(&format!(
                    "{:width$} {:>10} {:>10} {:>10} {:>10}",
                    "segment", "entered", "exited", "moved", "inside"
                ));
                for counts in &report.segments {
                    let Counts { segment, entered, exited, moved, members, stages } = counts;
                    terminal.say(&format!("{segment:width$} {entered:>10} {exited:>10} {moved:>10} {members:>10}"));
                    for StageCount { stage, members } in stages {
                        terminal.say(&format!("  {stage:width$} {members:>41}", width = width.saturating_sub(2)));
                    }
                }
                let Report { lines, refused, late, duplicates, customers, .. } = report;
                terminal.say(&format!(
                    "{lines} lines, {refused} refused, {late} late, {duplicates} repeated; {customers} customers"
                ));
            }
        }
        Ok(())
    }
}

fn report<'a>(engine: &Engine, catalog: &'a Catalog, changes: &[[u64; 3]], tally: &Tally) -> Report<'a> {
    let counted = catalog.segments().iter().zip(changes).zip(engine.members());
    let segments = counted.map(|((segment, [entered, exited, moved]), members)| Counts {
        segment: &segment.name,
        entered: *entered,
        exited: *exited,
        moved: *moved,
        members: members.iter().sum(),
        stages: segment
            .stages()
            .iter()
            .zip(members)
            .map(|(stage, members)| StageCount { stage, members: *members })
            .collect(),
    });
    let facts = engine.facts();
    Report {
        lines: tally.lines,
        refused: tally.refused_in_all(),
        late: facts.late,
        duplicates: facts.duplicates,
        customers: engine.table().len(),
        segments: segments.collect(),
    }
}

/// Transitions on their way to standard output, and how many there were.
struct Out<W> {
    data: W,
    /// Entries, exits and moves by segment.
    changes: Vec<[u64; 3]>,
    broken: Option<std::io::Error>,
}

impl<W: std::io::Write> Out<W> {
    fn announce(&mut self, transition: &Transition, catalog: &Catalog) {
        let index = catalog.segments().binary_search_by(|segment| segment.name.cmp(&transition.segment));
        if let Some([entered, exited, moved]) = index.ok().and_then(|index| self.changes.get_mut(index)) {
            match transition.change {
                Change::Entered => *entered += 1,
                Change::Exited => *exited += 1,
                Change::Moved => *moved += 1,
            }
        }
        let mut line = transition_value(transition, OUTPUT_BYTES_MAX);
        line.push(b'\n');
        if self.broken.is_none() {
            self.broken = self.data.write_all(&line).err();
        }
    }
}
