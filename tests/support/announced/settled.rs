//! What of the announcements a consumer who looks at whole instants cannot tell apart.

use std::collections::BTreeMap;
use std::fmt;

use spicchio_core::timer::Instant;

use super::Announced;

/// How many differences are worth reading.
const SHOWN_MAX: usize = 20;

/// The net change of one customer and segment at one instant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Settled {
    /// Whose.
    pub customer: String,
    /// The segment, or the ladder.
    pub segment: String,
    /// When.
    pub at: Instant,
    /// `entered`, `exited`, or from which stage to which.
    pub change: String,
}

impl fmt::Display for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.at, self.customer, self.segment, self.change)
    }
}

/// The net changes, sorted.
///
/// `replay` decides all events of a customer's instant at once; the processor decides each record as it comes, so an
/// entry and an exit at the same instant may appear there and cancel out. `announced` is in order for every customer.
pub fn settle(announced: &[Announced]) -> Vec<Settled> {
    let mut by_instant: BTreeMap<(&str, &str, Instant), Vec<&Announced>> = BTreeMap::new();
    for one in announced {
        by_instant.entry((&one.customer, &one.segment, one.at)).or_default().push(one);
    }
    let mut settled: Vec<Settled> = by_instant
        .into_iter()
        .filter_map(|((customer, segment, at), changes)| {
            let change = net(&changes)?;
            Some(Settled { customer: customer.to_owned(), segment: segment.to_owned(), at, change })
        })
        .collect();
    settled.sort();
    settled
}

/// The change that remains of several in a row; none when they cancel out.
fn net(changes: &[&Announced]) -> Option<String> {
    let (first, last) = (changes.first()?, changes.last()?);
    if last.change == "moved" {
        return (first.from != last.to).then(|| format!("moved {:?} to {:?}", first.from, last.to));
    }
    (changes.len() % 2 == 1).then(|| last.change.clone())
}

/// What is only in one of two sorted lists, as text for people; empty when they are equal.
pub fn differences(expected: &[Settled], found: &[Settled]) -> String {
    let (mut lines, mut left, mut right) = (Vec::new(), expected.iter().peekable(), found.iter().peekable());
    loop {
        match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if a == b => {
                left.next();
                right.next();
            }
            (Some(a), Some(b)) if a < b => lines.extend(left.next().map(|a| format!("missing  {a}"))),
            (_, Some(_)) => lines.extend(right.next().map(|b| format!("too much {b}"))),
            (Some(_), None) => lines.extend(left.next().map(|a| format!("missing  {a}"))),
            (None, None) => break,
        }
    }
    let count = lines.len();
    lines.truncate(SHOWN_MAX);
    if count > SHOWN_MAX {
        lines.push(format!("and {} more", count - SHOWN_MAX));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announced(history: &[(&str, &str)]) -> Vec<Announced> {
        let of = |(change, at): &(&str, &str)| {
            Announced::from_json(serde_json::json!({
                "customer_id": "c", "segment": "s", "change": change, "at": format!("2026-01-05T10:00:0{at}Z"),
            }))
        };
        history.iter().map(of).collect()
    }

    #[test]
    fn pairs_at_one_instant_cancel_out_and_nothing_else_does() {
        let settled = settle(&announced(&[
            ("entered", "1"),
            ("exited", "1"),
            ("entered", "2"),
            ("exited", "3"),
            ("entered", "3"),
            ("exited", "3"),
        ]));
        let shown: Vec<String> = settled.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["2026-01-05T10:00:02.000Z c s entered", "2026-01-05T10:00:03.000Z c s exited"]);
    }

    #[test]
    fn every_difference_is_told_and_equality_is_silence() {
        let (one, two) = (settle(&announced(&[("entered", "1")])), settle(&announced(&[("entered", "2")])));
        assert_eq!(differences(&one, &one), "");
        assert_eq!(
            differences(&one, &two),
            "missing  2026-01-05T10:00:01.000Z c s entered\ntoo much 2026-01-05T10:00:02.000Z c s entered"
        );
        assert_eq!(differences(&one, &[]), "missing  2026-01-05T10:00:01.000Z c s entered");
        assert_eq!(differences(&[], &two), "too much 2026-01-05T10:00:02.000Z c s entered");
    }
}
