//! `spicchio explain`: why a customer is in a segment or not, node by node.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use spicchio_core::customer::{Customer, CustomerId};
use spicchio_core::replay::{Replay, settings};
use spicchio_core::segment::evaluate::View;
use spicchio_core::segment::{Catalog, CompiledSegment, Explanation, explain};
use spicchio_core::timer::Instant;

use super::definitions;
use super::events::{self, Events};
use super::exit::{Exit, Failure};
use super::terminal::{self, Format, Terminal};

/// Show why a customer is in a segment or not, with the numbers behind every condition
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Files of definitions, or folders with all their .yaml files
    #[arg(long, value_name = "PATH", required = true, num_args = 1..)]
    segments: Vec<PathBuf>,
    #[command(flatten)]
    events: Events,
    /// The customer's id
    #[arg(long, value_name = "ID", value_parser = customer)]
    customer: CustomerId,
    /// The segment's name
    #[arg(long, value_name = "NAME")]
    segment: String,
    /// As of this instant, the instant included; by default as of the last event of the file
    #[arg(long, value_name = "INSTANT", value_parser = events::instant)]
    at: Option<Instant>,
    /// How to show it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
}

fn customer(text: &str) -> Result<CustomerId, String> {
    CustomerId::new(text).ok_or_else(|| format!("a customer's id has 1 to {} bytes", CustomerId::BYTES_MAX))
}

/// The answer, for machines.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    customer_id: &'a str,
    segment: &'a str,
    now: String,
    inside: bool,
    since: Option<String>,
    /// Of a ladder, the stage it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'a str>,
    explanation: Explanation,
}

impl Explain {
    pub(crate) fn execute(self, terminal: Terminal) -> Result<Exit, Failure> {
        let catalog = definitions::catalog(&self.segments, terminal)?;
        let mut segments = catalog.segments().iter().enumerate();
        let (index, segment) = segments
            .find(|(_, segment)| *segment.name == *self.segment)
            .ok_or_else(|| Failure::Usage(format!("no segment is called `{}`", self.segment)))?;
        let mut engine = Replay::new(Arc::clone(&catalog), &settings(None));
        let tally = self.events.read(catalog.interest(), terminal, |event| {
            let counts = event.customer == self.customer && self.at.is_none_or(|at| event.time <= at);
            if counts {
                engine.event(0, event, drop);
            }
            Ok(())
        })?;
        tally.say(terminal);
        let now = self.at.or(tally.newest).unwrap_or(Instant::MIN);
        engine.finish(now, drop);
        let found = engine
            .table()
            .read(self.customer.as_str(), |customer| self.answer(&catalog, index, segment, customer, now));
        let answer = found
            .flatten()
            .ok_or_else(|| Failure::Broken(format!("no event of customer `{}` was read up to {now}", self.customer)))?;
        self.show(&answer)?;
        Ok(Exit::Fine)
    }

    fn answer<'a>(
        &'a self,
        catalog: &Catalog,
        index: usize,
        segment: &'a CompiledSegment,
        customer: &Customer,
        clock: Instant,
    ) -> Option<Answer<'a>> {
        let now = customer.now(clock);
        let since = customer.memberships.since(index);
        Some(Answer {
            customer_id: self.customer.as_str(),
            segment: &segment.name,
            now: now.to_string(),
            inside: since.is_some(),
            since: since.map(|since| since.to_string()),
            stage: segment.stage(customer.memberships.standing(index).place).map(|name| &**name),
            explanation: explain(catalog, index, &View::of(self.customer.as_str(), customer, now))?,
        })
    }

    fn show(&self, answer: &Answer<'_>) -> Result<(), Failure> {
        match self.output {
            Format::Json => terminal::json(answer)?,
            Format::Text => {
                let mut data = terminal::data();
                let state = match (&answer.since, answer.stage) {
                    (Some(since), Some(stage)) => format!("is in stage {stage} of {} since {since}", answer.segment),
                    (Some(since), None) => format!("is in {} since {since}", answer.segment),
                    (None, _) => format!("is not in {}", answer.segment),
                };
                writeln!(data, "{} {state}, as of {}", answer.customer_id, answer.now)?;
                write!(data, "{}", answer.explanation)?;
                data.flush()?;
            }
        }
        Ok(())
    }
}
