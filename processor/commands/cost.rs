//! What segments keep of each customer, and which of them share it: `spicchio check --explain-cost`.

use std::io::{self, Write};

use serde::Serialize;
use spicchio_core::feature::{
    EVENTS_MAX, Extreme, Feature, Fold, HISTORY_MAX, Measured, Retention, Rule, VALUES_MAX, customer_bytes,
};
use spicchio_core::segment::{Catalog, Side};

/// The length of the id that is counted with a customer.
const ID_BYTES: usize = 16;

/// What one segment keeps.
#[derive(Debug, Serialize)]
pub(super) struct Cost<'a> {
    segment: &'a str,
    /// The bytes it takes of a customer with one event of each kind, shared ones included.
    bytes_first: usize,
    /// The most bytes it takes of a customer, shared ones included.
    bytes_max: usize,
    features: Vec<Kept<'a>>,
}

/// One feature.
#[derive(Debug, Serialize)]
struct Kept<'a> {
    /// What it measures.
    measures: &'a str,
    /// What is kept for it.
    keeps: String,
    /// The most entries it has for a customer.
    entries_max: usize,
    /// The bytes of a customer with one entry, and of one with the most; texts beyond 24 bytes come on top.
    bytes_first: usize,
    bytes_max: usize,
    /// Other segments that read the same.
    shared_with: Vec<&'a str>,
}

/// What every segment of a catalog keeps, by name.
pub(super) fn of(catalog: &Catalog) -> Vec<Cost<'_>> {
    let segments = catalog.segments();
    let kept = |segment: &str, index: usize| {
        let feature = catalog.features().get(index)?;
        let readers = segments.iter().filter(|other| *other.name != *segment && other.features.contains(&index));
        let shared_with = readers.map(|other| &*other.name).collect();
        let (keeps, entries_max) = keeps(catalog, feature);
        let measures = if feature.text.is_empty() { "for some" } else { &feature.text };
        let (bytes_first, bytes_max) = bytes(catalog, feature, entries_max);
        Some(Kept { measures, keeps, entries_max, bytes_first, bytes_max, shared_with })
    };
    let cost = segments.iter().map(|segment| {
        let features: Vec<Kept<'_>> = segment.features.iter().filter_map(|index| kept(&segment.name, *index)).collect();
        let sum = |bytes: fn(&Kept<'_>) -> usize| features.iter().map(bytes).sum();
        Cost {
            segment: &segment.name,
            bytes_first: sum(|kept| kept.bytes_first),
            bytes_max: sum(|kept| kept.bytes_max),
            features,
        }
    });
    cost.collect()
}

/// With one entry and with the most.
fn bytes(catalog: &Catalog, feature: &Feature, entries_max: usize) -> (usize, usize) {
    let inner = if let Fold::Keyed(group) = feature.fold { catalog.group(group) } else { &[] };
    let most = if inner.is_empty() {
        feature.fold.bytes(entries_max, inner)
    } else {
        let each = |feature: &Feature| feature.fold.bytes(keeps(catalog, feature).1, &[]);
        feature.fold.bytes(VALUES_MAX, &[]) + VALUES_MAX * inner.iter().map(each).sum::<usize>()
    };
    (feature.fold.bytes(1, inner), most)
}

/// The bytes of all features together, each once: of a customer with one entry of each.
fn bytes_of_all(catalog: &Catalog) -> usize {
    catalog.features().iter().map(|feature| bytes(catalog, feature, 1).0).sum()
}

/// In words, and the most entries.
fn keeps(catalog: &Catalog, feature: &Feature) -> (String, usize) {
    match &feature.fold {
        Fold::Total => ("a count".to_owned(), 1),
        Fold::Tally => ("a sum and a count".to_owned(), 1),
        Fold::Record(extreme) => (format!("the {} value", word(*extreme)), 1),
        Fold::Edge { side: Side::First, valued, .. } => (format!("the first event{}", with_value(*valued)), 1),
        Fold::Edge { side: Side::Last, valued, .. } => (format!("the last event{}", with_value(*valued)), 1),
        Fold::Oldest { count, valued } => (format!("the first {count} events{}", with_value(*valued)), *count),
        Fold::Moments(retention) => listed("instants", retention, EVENTS_MAX),
        Fold::Amounts { retention, reach } => {
            let (words, most) = listed("instants with amounts", retention, EVENTS_MAX);
            let reach = reach.map(|sum| format!(", the newest until they exceed {sum} together"));
            (words + &reach.unwrap_or_default(), if reach_is_set(&feature.fold) { EVENTS_MAX } else { most })
        }
        Fold::Peaks { extreme, retention } => {
            let what = format!("instants with amounts, each the {} since", word(*extreme));
            listed(&what, retention, EVENTS_MAX)
        }
        Fold::Entries { retention, measured, .. } => {
            let what = match measured {
                Some(Measured::Column | Measured::Day(_)) => "events with a value",
                Some(Measured::Tuple(_)) => "events with several values",
                None => "events",
            };
            listed(what, retention, EVENTS_MAX)
        }
        Fold::Latest { retention, measured: Measured::Column | Measured::Tuple(_) } => {
            listed("different values", retention, VALUES_MAX)
        }
        Fold::Latest { retention, measured: Measured::Day(_) } => listed("different days", retention, VALUES_MAX),
        Fold::Register => ("the latest value".to_owned(), 1),
        Fold::History => (format!("its latest {HISTORY_MAX} assignments"), HISTORY_MAX),
        Fold::Keyed(group) => {
            let inner: Vec<(String, usize)> =
                catalog.group(*group).iter().map(|feature| inside(catalog, feature)).collect();
            let words: Vec<&str> = inner.iter().map(|(words, _)| words.as_str()).collect();
            let each: usize = inner.iter().map(|(_, most)| most).sum();
            (format!("for each value: {}", words.join("; ")), VALUES_MAX * each)
        }
    }
}

fn inside(catalog: &Catalog, feature: &Feature) -> (String, usize) {
    let (words, most) = keeps(catalog, feature);
    (format!("{} ({words})", feature.text), most)
}

const fn reach_is_set(fold: &Fold) -> bool {
    matches!(fold, Fold::Amounts { reach: Some(_), .. })
}

const fn word(extreme: Extreme) -> &'static str {
    match extreme {
        Extreme::Minimum => "least",
        Extreme::Maximum => "greatest",
    }
}

const fn with_value(valued: bool) -> &'static str {
    if valued { " and a value of it" } else { "" }
}

fn listed(what: &str, retention: &Retention, cap: usize) -> (String, usize) {
    let rules: Vec<String> = retention.rules().iter().map(rule).collect();
    let most = retention.newest_only().unwrap_or(cap).min(cap);
    (format!("{what}: {}, at most {most}", rules.join(", ")), most)
}

fn rule(rule: &Rule) -> String {
    match rule {
        Rule::Newest { count, delay: None } => format!("the newest {count}"),
        Rule::Newest { count, delay: Some(delay) } => {
            format!("the newest {count} beside those of {delay}")
        }
        Rule::Within(reach) => format!("those of {reach}"),
        Rule::All => "all".to_owned(),
    }
}

/// For people.
pub(super) fn print(costs: &[Cost<'_>], catalog: &Catalog, data: &mut impl Write) -> io::Result<()> {
    writeln!(data, "\nkept of each customer:")?;
    for cost in costs {
        writeln!(data, "{}   {} bytes, at most {}", cost.segment, cost.bytes_first, cost.bytes_max)?;
        for kept in &cost.features {
            write!(data, "  {}   {}   {} bytes", kept.measures, kept.keeps, kept.bytes_first)?;
            if kept.bytes_max > kept.bytes_first {
                write!(data, ", at most {}", kept.bytes_max)?;
            }
            if kept.shared_with.is_empty() {
                writeln!(data)?;
            } else {
                writeln!(data, "   shared with {}", kept.shared_with.join(", "))?;
            }
        }
    }
    writeln!(
        data,
        "\na customer with one event of each kind: {} bytes for all {} features, each kept once, and {} for \
         being there; lists have room for as much again, longer texts come on top",
        bytes_of_all(catalog),
        catalog.features().len(),
        customer_bytes(ID_BYTES)
    )?;
    Ok(())
}
