//! What the state of a catalog's customers means: its features in order, and the order of event types.
//!
//! Two catalogs whose layouts are equal read each other's state. The text is written out word by word, so that another
//! version of this program that keeps the same comes to the same hash.

use std::fmt::Write as _;

use super::features::{Features, Sourced};
use crate::event::Interest;
use crate::feature::{Fold, Reach, Retention, Rule};

/// The features of customers, those of each group, and the types of events, a line each.
pub(super) fn text<'a>(customer: &Features, groups: impl Iterator<Item = &'a Features>, interest: &Interest) -> String {
    let mut text = String::from("layout 1\n");
    features(&mut text, customer);
    for group in groups {
        text.push_str("group\n");
        features(&mut text, group);
    }
    for kind in &interest.kinds {
        line(&mut text, format_args!("type {}", kind.name));
        for column in &kind.columns {
            let (path, ty) = (column.path.join("."), &column.ty);
            line(&mut text, format_args!("  {path} {ty} {} {}", column.nonnegative, column.spread));
        }
    }
    text
}

fn features(text: &mut String, features: &Features) {
    for Sourced { feature, key, .. } in &features.all {
        line(text, format_args!("{key}: {}", kept(&feature.fold)));
    }
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    let written = writeln!(text, "{words}");
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

fn kept(fold: &Fold) -> String {
    match fold {
        Fold::Total
        | Fold::Tally
        | Fold::Record(_)
        | Fold::Edge { .. }
        | Fold::Register
        | Fold::History
        | Fold::Keyed(_) => String::new(),
        Fold::Oldest { count, .. } => format!("oldest {count}"),
        Fold::Moments(retention)
        | Fold::Peaks { retention, .. }
        | Fold::Entries { retention, .. }
        | Fold::Latest { retention, .. } => rules(retention),
        Fold::Amounts { retention, reach } => {
            let reach = reach.map_or_else(|| "all".to_owned(), |reach| reach.to_string());
            format!("{} reach {reach}", rules(retention))
        }
    }
}

fn rules(retention: &Retention) -> String {
    let reach = |reach: &Reach| match reach {
        Reach::Ago(horizon) => format!("{} {}", horizon.length, horizon.zone.name()),
        Reach::Turns { unit, count, zone } => format!("{count} turns of {} {}", unit.name(), zone.name()),
    };
    let rule = |rule: &Rule| match rule {
        Rule::Newest { count, delay: None } => format!("newest {count}"),
        Rule::Newest { count, delay: Some(delay) } => format!("newest {count} beside {}", reach(delay)),
        Rule::Within(length) => format!("within {}", reach(length)),
        Rule::All => "all".to_owned(),
    };
    let rules: Vec<String> = retention.rules().iter().map(rule).collect();
    rules.join(", ")
}
