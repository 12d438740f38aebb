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

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(history: &[(&str, &str)]) -> usize {
        let announced: Vec<Announced> = history
            .iter()
            .map(|(change, at)| {
                Announced::from_json(serde_json::json!({
                    "customer_id": "c", "segment": "s", "change": change, "at": format!("2026-01-05T10:00:0{at}Z"),
                }))
            })
            .collect();
        alternation_errors(&announced).len()
    }

    #[test]
    fn whatever_is_out_of_turn_is_found() {
        for (history, expected) in [
            ([("entered", "1"), ("exited", "2"), ("entered", "2")].as_slice(), 0),
            (&[("exited", "1")], 1),
            (&[("entered", "1"), ("entered", "2")], 1),
            (&[("entered", "1"), ("exited", "2"), ("exited", "3")], 1),
            (&[("entered", "2"), ("exited", "1")], 1),
            (&[("entered", "1"), ("gone", "2")], 1),
        ] {
            assert_eq!(errors(history), expected, "{history:?}");
        }
    }

    #[test]
    fn stages_join() {
        let moved = |from: Option<&str>, to: &str| {
            Announced::from_json(serde_json::json!({
                "customer_id": "c", "ladder": "l", "change": "moved", "at": "2026-01-05T10:00:00Z",
                "from": from, "to": to,
            }))
        };
        let errors = |history: &[Announced]| alternation_errors(history).len();
        assert_eq!(errors(&[moved(None, "new"), moved(Some("new"), "loyal")]), 0);
        assert_eq!(errors(&[moved(None, "new"), moved(Some("lost"), "loyal")]), 1);
        assert_eq!(errors(&[moved(Some("new"), "loyal")]), 1);
    }

    #[test]
    fn an_id_counts_once_and_its_absence_is_an_error() {
        let record = |id: Option<&str>| Stored {
            partition: 0,
            offset: 0,
            timestamp: None,
            key: None,
            value: None,
            headers: id.map(|id| ("ce_id".to_owned(), id.as_bytes().to_vec())).into_iter().collect(),
        };
        assert!(repeated_ids(&[record(Some("a")), record(Some("b"))]).is_empty());
        assert_eq!(repeated_ids(&[record(Some("a")), record(Some("a"))]), ["a"]);
        assert_eq!(repeated_ids(&[record(None)]), [""]);
    }
}
