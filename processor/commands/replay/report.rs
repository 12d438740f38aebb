//! The report at the end of a replay: a line for each segment, then what is wrong with audiences; or all of it as JSON.

use serde::Serialize;
use spicchio_core::replay::Replay as Engine;

use super::super::events::Tally;
use super::super::exit::Failure;
use super::super::terminal::{Format, Terminal};
use super::health::{Health, Leaving, Trend};

/// What a replay did.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    lines: u64,
    refused: u64,
    late: u64,
    duplicates: u64,
    customers: usize,
    segments: Vec<Counts>,
    #[serde(flatten)]
    health: Health,
}

/// What happened to one segment.
#[derive(Debug, Serialize)]
struct Counts {
    segment: String,
    entered: u64,
    exited: u64,
    /// Of a ladder: moves from stage to stage.
    moved: u64,
    members: u64,
    #[serde(flatten)]
    trend: Trend,
    /// Of a ladder: its stages in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stages: Vec<StageCount>,
}

/// How many customers are in a stage.
#[derive(Debug, Serialize)]
struct StageCount {
    stage: String,
    members: u64,
}

impl Report {
    /// What came of a replay, with the health of its segments.
    pub(super) fn new(
        engine: &Engine,
        changes: &[[u64; 3]],
        tally: &Tally,
        (health, trends): (Health, Vec<Trend>),
    ) -> Self {
        let counted = engine.catalog().segments().iter().zip(changes).zip(engine.members()).zip(trends);
        let segments = counted.map(|(((segment, [entered, exited, moved]), members), trend)| Counts {
            segment: segment.name.to_string(),
            entered: *entered,
            exited: *exited,
            moved: *moved,
            members: members.iter().sum(),
            trend,
            stages: segment
                .stages()
                .iter()
                .zip(members)
                .map(|(stage, members)| StageCount { stage: stage.to_string(), members: *members })
                .collect(),
        });
        let facts = engine.facts();
        Self {
            lines: tally.lines,
            refused: tally.refused_in_all(),
            late: facts.late,
            duplicates: facts.duplicates,
            customers: engine.table().len(),
            segments: segments.collect(),
            health,
        }
    }
}

/// Writes a report to standard error: transitions have standard output for themselves.
pub(super) fn say(report: &Report, format: Format, terminal: Terminal) -> Result<(), Failure> {
    match format {
        Format::Json => {
            let text = serde_json::to_string(report).map_err(|error| Failure::Output(error.into()))?;
            terminal.say(&text);
        }
        Format::Text => {
            table(&report.segments, terminal);
            report.health.say(terminal);
            let Report { lines, refused, late, duplicates, customers, .. } = report;
            terminal.say(&format!(
                "{lines} lines, {refused} refused, {late} late, {duplicates} repeated; {customers} customers"
            ));
        }
    }
    Ok(())
}

fn table(segments: &[Counts], terminal: Terminal) {
    let width = segments.iter().map(|counts| counts.segment.chars().count()).max().unwrap_or(0).max(7);
    terminal.say(&format!(
        "{:width$} {:>9} {:>9} {:>9} {:>9} {:>11} {:>11} {:>10} {:>9} {:>9}",
        "segment",
        "entered",
        "exited",
        "moved",
        "inside",
        "entries/day",
        "exits/day",
        "volatility",
        "leave 1h",
        "leave 1d"
    ));
    for counts in segments {
        let Counts { segment, entered, exited, moved, members, trend, stages } = counts;
        let Trend { entries_per_day, exits_per_day, volatility, leaving: Leaving { hour, day } } = trend;
        terminal.say(&format!(
            "{segment:width$} {entered:>9} {exited:>9} {moved:>9} {members:>9} {entries_per_day:>11} \
             {exits_per_day:>11} {volatility:>10} {hour:>9} {day:>9}"
        ));
        for StageCount { stage, members } in stages {
            terminal.say(&format!("  {stage:width$} {members:>37}", width = width.saturating_sub(2)));
        }
    }
}
