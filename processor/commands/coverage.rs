//! Which ways into and out of each segment the tests show, and which stages of each ladder they reach: `test
//! --coverage`.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;
use spicchio_core::replay::Shown;
use spicchio_core::segment::Catalog;
use spicchio_core::transition::Change;

/// What the tests show of one segment or ladder.
#[derive(Debug, Serialize)]
pub(super) struct Coverage<'a> {
    segment: &'a str,
    #[serde(flatten)]
    of: Of<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Of<'a> {
    Segment { entered_by_event: bool, entered_by_time: bool, exited_by_event: bool, exited_by_time: bool },
    Ladder { stages_reached: Vec<&'a str>, stages_missing: Vec<&'a str> },
}

/// Every segment and ladder of the catalog, by name.
pub(super) fn of<'a>(catalog: &'a Catalog, shown: &BTreeSet<Shown>) -> Vec<Coverage<'a>> {
    let coverage = catalog.segments().iter().map(|segment| {
        let name: &str = &segment.name;
        let own = |change: Change, by_time: bool, stage: Option<&str>| {
            let stage = stage.map(Into::into);
            shown.contains(&Shown { segment: name.into(), change, by_time, stage })
        };
        let reached = |stage: &str| [true, false].into_iter().any(|by_time| own(Change::Moved, by_time, Some(stage)));
        let stages = segment.stages();
        let of = if stages.is_empty() {
            Of::Segment {
                entered_by_event: own(Change::Entered, false, None),
                entered_by_time: own(Change::Entered, true, None),
                exited_by_event: own(Change::Exited, false, None),
                exited_by_time: own(Change::Exited, true, None),
            }
        } else {
            let (reached, missing) = stages.iter().map(|stage| &**stage).partition(|stage| reached(stage));
            Of::Ladder { stages_reached: reached, stages_missing: missing }
        };
        Coverage { segment: name, of }
    });
    coverage.collect()
}

/// For people.
pub(super) fn print(coverage: &[Coverage<'_>], data: &mut impl Write) -> io::Result<()> {
    let width = coverage.iter().map(|one| one.segment.chars().count()).max().unwrap_or(0).max(7);
    writeln!(data, "\n{:width$}  entered by event, time  left by event, time", "segment")?;
    let mark = |shown: bool| if shown { "yes" } else { "-" };
    for Coverage { segment, of } in coverage {
        match of {
            Of::Segment { entered_by_event, entered_by_time, exited_by_event, exited_by_time } => writeln!(
                data,
                "{segment:width$}  {:>16}  {:>4}  {:>13}  {:>4}",
                mark(*entered_by_event),
                mark(*entered_by_time),
                mark(*exited_by_event),
                mark(*exited_by_time)
            )?,
            Of::Ladder { stages_reached, stages_missing } => {
                write!(data, "{segment:width$}  reached {}", listed(stages_reached))?;
                if stages_missing.is_empty() {
                    writeln!(data)?;
                } else {
                    writeln!(data, "; not reached {}", listed(stages_missing))?;
                }
            }
        }
    }
    Ok(())
}

fn listed(stages: &[&str]) -> String {
    if stages.is_empty() { "none".to_owned() } else { stages.join(", ") }
}
