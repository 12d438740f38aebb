//! Laws that every history of announcements keeps, whatever was announced.

use std::collections::{BTreeMap, BTreeSet};

use super::Announced;
use crate::kafka::Stored;

/// Places where entries and exits of a customer and segment do not alternate, a ladder's stages do not join, or `at`
/// goes back. `announced` is in the order of the log.
pub fn alternation_errors(announced: &[Announced]) -> Vec<String> {
    let mut before: BTreeMap<(&str, &str), &Announced> = BTreeMap::new();
    let mut errors = Vec::new();
    for one in announced {
        let previous = before.insert((&one.customer, &one.segment), one);
        let in_turn = match (one.change.as_str(), previous) {
            ("entered", None) => true,
            ("entered", Some(previous)) => previous.change == "exited",
            ("exited", Some(previous)) => previous.change == "entered",
            ("moved", None) => one.from.is_none(),
            ("moved", Some(previous)) => previous.to == one.from,
            _ => false,
        };
        if !in_turn {
            let last = previous.map(|p| format!("{} at {}", p.change, p.at));
            errors.push(format!("{} {} {} at {} after {last:?}", one.customer, one.segment, one.change, one.at));
        }
        if let Some(previous) = previous.filter(|previous| previous.at > one.at) {
            errors.push(format!("{} {}: {} after {}", one.customer, one.segment, one.at, previous.at));
        }
    }
    errors
}

/// The `ce_id`s that more than one record bears; records without one appear as the empty id.
pub fn repeated_ids(records: &[Stored]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let ids = records.iter().map(|record| record.header("ce_id").unwrap_or_default());
    ids.filter(|id| id.is_empty() || !seen.insert(id.clone())).collect()
}
