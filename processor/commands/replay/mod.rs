//! `spicchio replay`: the engine over a file of events, and what came of it. Not here: what is reported ([`report`]).

mod edges;
mod figure;
mod health;
mod report;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum, value_parser};
use spicchio_core::replay::{Replay as Engine, settings};
use spicchio_core::segment::Catalog;
use spicchio_core::timer::{Instant, Length};
use spicchio_core::transition::{Change, Transition};
use spicchio_core::wire::transition_value;

use self::report::Report;
use super::definitions;
use super::events::{self, Events};
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
    /// Say at the end, on standard error, how segments fare, or where each score parts all customers into equal parts
    ///
    /// `segments`: how many entered and left each, which are empty, small or the same people as others, how often they
    /// change, and who leaves soon. `edges`: exact quantiles of every score, with a score of fixed edges to paste.
    #[arg(long, value_enum, value_name = "WHAT", num_args = 0..=1, default_missing_value = "segments")]
    report: Option<What>,
    /// In the report on segments, one with fewer members is small
    #[arg(long, value_name = "N", default_value_t = 100, requires = "report")]
    small: u64,
    /// In the report on edges, the number of equal parts
    #[arg(long, value_name = "N", default_value_t = 5, requires = "report",
          value_parser = value_parser!(u16).range(2..=1_000))]
    parts: u16,
    /// How to report
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
    /// Fail when a line is refused
    #[arg(long)]
    strict: bool,
}

/// What to report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// What became of each segment.
    Segments,
    /// Where scores part the customers.
    Edges,
}

impl Replay {
    pub(crate) fn execute(self, terminal: Terminal) -> Result<Exit, Failure> {
        let catalog = self.catalog(terminal)?;
        if let Some(forget_after) = self.forget_after {
            definitions::remembered(&catalog, forget_after, terminal)?;
        }
        let mut engine = Engine::new(Arc::clone(&catalog), &settings(self.forget_after));
        let mut out = Out { data: terminal::data(), changes: vec![[0; 3]; catalog.segments().len()], broken: None };
        let mut oldest: Option<Instant> = None;
        let tally = self.events.read(catalog.interest(), terminal, |event| {
            oldest = Some(oldest.map_or(event.time, |oldest| oldest.min(event.time)));
            engine.event(0, event, |transition| out.announce(&transition, &catalog));
            out.broken.take().map_or(Ok(()), |error| Err(Failure::Output(error)))
        })?;
        if let Some(end) = self.until.max(tally.newest) {
            engine.finish(end, |transition| out.announce(&transition, &catalog));
        }
        if let Some(error) = out.broken.take() {
            return Err(Failure::Output(error));
        }
        std::io::Write::flush(&mut out.data)?;
        tally.say(terminal);
        match self.report {
            Some(What::Segments) => {
                let health = health::of(&engine, &out.changes, oldest, (self.small, self.forget_after));
                report::say(&Report::new(&engine, &out.changes, &tally, health), self.output, terminal)?;
            }
            Some(What::Edges) => edges::say(&edges::of(&engine, usize::from(self.parts)), self.output, terminal)?,
            None => {}
        }
        Ok(if self.strict && tally.refused_in_all() > 0 { Exit::Bad } else { Exit::Fine })
    }

    /// The definitions; where edges are reported, state is kept for scores that no segment reads.
    fn catalog(&self, terminal: Terminal) -> Result<Arc<Catalog>, Failure> {
        if self.report != Some(What::Edges) {
            return definitions::catalog(&self.segments, terminal);
        }
        let read = definitions::read(&self.segments)?;
        let definitions = &read.accepted(terminal)?.definitions;
        if definitions.scores.is_empty() {
            return Err(Failure::Usage("there are no edges without scores: define some under `scores:`".to_owned()));
        }
        Ok(Arc::new(Catalog::measuring(definitions)))
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
