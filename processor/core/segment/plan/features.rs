//! The features of a catalog while it is compiled: equal ones are made once, and keep what their readers need together.

use std::collections::BTreeMap;

use crate::event::Number;
use crate::feature::{Extreme, Feature, Fold, Measured, Retention, Rule};
use crate::segment::{ColumnRef, Events, Expression, Path, Side, Term, Type};
use crate::timer::{Instant, Zone};

/// Which events a feature is about: types and filter, and where a window has fixed ends those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selector {
    /// Types and filter.
    pub events: Events,
    /// The zone in which its filter reads days; one for all filters that read none.
    pub zone: Zone,
    /// The first instant included and the first after it.
    pub bounds: Option<(Instant, Option<Instant>)>,
}

impl Selector {
    /// The events that a definition with that zone selects, between fixed instants where there are any.
    pub(super) fn of(events: &Events, zone: &Zone, bounds: Option<(Instant, Option<Instant>)>) -> Self {
        let reads_days = events.filter.as_ref().is_some_and(|filter| reads_days(filter));
        let zone = if reads_days { zone.clone() } else { Zone::UTC };
        Self { events: events.clone(), zone, bounds }
    }
}

fn reads_days(filter: &Expression) -> bool {
    matches!(filter.term, Term::DateOf(_) | Term::StartOf(_)) || filter.parts().into_iter().any(reads_days)
}

/// Which properties a feature reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reads {
    /// Where the first is.
    pub path: Path,
    /// Its type.
    pub ty: Type,
    /// Whether it is one of the event's line items.
    pub items: bool,
    /// The others.
    pub beside: Vec<Self>,
}

impl Reads {
    /// One property of events themselves.
    pub(super) const fn of(path: Path, ty: Type) -> Self {
        Self { path, ty, items: false, beside: Vec::new() }
    }

    /// The property of a column.
    pub(super) fn column(column: &ColumnRef) -> Self {
        Self { items: column.items, ..Self::of(column.path.clone(), column.ty.clone()) }
    }

    /// The same, and others.
    pub(super) fn and(self, beside: Vec<Self>) -> Self {
        Self { beside, ..self }
    }

    /// All of them, the first first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.beside)
    }
}

/// A feature and where its events come from.
#[derive(Clone, Debug)]
pub(super) struct Sourced {
    /// The feature.
    pub feature: Feature,
    /// Its events; none for traits and keyed features.
    pub selector: Option<Selector>,
    /// Its property.
    pub reads: Option<Reads>,
    /// What tells it from every other one.
    pub key: String,
}

/// The features of one scope: of a customer, or of one value inside a `for some`.
#[derive(Clone, Debug, Default)]
pub(super) struct Features {
    /// In the order of their indices.
    pub all: Vec<Sourced>,
    by_key: BTreeMap<String, usize>,
}

/// What a reader asks a feature to keep; together with selector and property it decides which feature serves it.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    /// How many.
    Total,
    /// Sum and count of the property.
    Tally,
    /// The extreme of the property.
    Record(Extreme),
    /// The first or last event.
    Edge {
        /// Which.
        side: Side,
        /// With its identity.
        identified: bool,
        /// With the property's value.
        valued: bool,
        /// Over a window that moves.
        slides: bool,
    },
    /// The first so many events.
    Oldest {
        /// How many.
        count: usize,
        /// With the property's value.
        valued: bool,
    },
    /// Moments.
    Moments(Rule),
    /// Amounts, and where a threshold suffices its value in millionths.
    Amounts(Rule, Option<Number>),
    /// Peaks.
    Peaks(Extreme, Rule),
    /// Whole events.
    Entries {
        /// How many.
        rule: Rule,
        /// With their identities.
        identified: bool,
        /// With values.
        measured: Option<Measured>,
    },
    /// Latest values.
    Latest(Rule, Measured),
    /// A trait.
    Register,
    /// A trait with its latest assignments.
    History,
    /// Features by value.
    Keyed(usize),
}

impl Features {
    /// The index of the feature that serves a reader.
    pub(super) fn serve(&mut self, selector: Option<&Selector>, reads: Option<&Reads>, wanted: Wanted) -> usize {
        let key = key(selector, reads, &wanted);
        let index = *self.by_key.entry(key.clone()).or_insert(self.all.len());
        match self.all.get_mut(index) {
            Some(sourced) => widen(&mut sourced.feature.fold, wanted),
            None => self.all.push(Sourced {
                feature: Feature { fold: made(wanted), text: describe(selector, reads) },
                selector: selector.cloned(),
                reads: reads.cloned(),
                key,
            }),
        }
        index
    }
}

/// Two readers share a feature when this is equal: everything but how much is kept.
fn key(selector: Option<&Selector>, reads: Option<&Reads>, wanted: &Wanted) -> String {
    let kind = match wanted {
        Wanted::Total => "total".to_owned(),
        Wanted::Tally => "tally".to_owned(),
        Wanted::Record(extreme) => format!("record {extreme:?}"),
        Wanted::Edge { side, identified, valued, .. } => format!("edge {side:?} {identified} {valued}"),
        Wanted::Oldest { valued, .. } => format!("oldest {valued}"),
        Wanted::Moments(_) => "moments".to_owned(),
        Wanted::Amounts(..) => "amounts".to_owned(),
        Wanted::Peaks(extreme, _) => format!("peaks {extreme:?}"),
        Wanted::Entries { identified, measured, .. } => format!("entries {identified} {measured:?}"),
        Wanted::Latest(_, measured) => format!("latest {measured:?}"),
        Wanted::Register => "trait".to_owned(),
        Wanted::History => "history".to_owned(),
        Wanted::Keyed(group) => format!("keyed {group}"),
    };
    let bounds = selector.and_then(|selector| selector.bounds);
    let zone = selector.map_or("", |selector| selector.zone.name());
    format!("{kind} {bounds:?} {zone} {}", describe(selector, reads))
}

fn describe(selector: Option<&Selector>, reads: Option<&Reads>) -> String {
    let events = selector.map(|selector| selector.events.to_string()).unwrap_or_default();
    let columns = reads.map(|reads| reads.all().map(|read| read.path.join(".")).collect::<Vec<_>>());
    let column = columns.map(|columns| columns.join(" and ")).unwrap_or_default();
    match (events.is_empty(), column.is_empty()) {
        (false, false) => format!("{column} of {events}"),
        (false, true) => events,
        (true, _) => column,
    }
}

fn made(wanted: Wanted) -> Fold {
    match wanted {
        Wanted::Total => Fold::Total,
        Wanted::Tally => Fold::Tally,
        Wanted::Record(extreme) => Fold::Record(extreme),
        Wanted::Edge { side, identified, valued, slides } => Fold::Edge { side, identified, valued, slides },
        Wanted::Oldest { count, valued } => Fold::Oldest { count, valued },
        Wanted::Moments(rule) => Fold::Moments(Retention::of(rule)),
        Wanted::Amounts(rule, reach) => Fold::Amounts { retention: Retention::of(rule), reach },
        Wanted::Peaks(extreme, rule) => Fold::Peaks { extreme, retention: Retention::of(rule) },
        Wanted::Entries { rule, identified, measured } => {
            Fold::Entries { retention: Retention::of(rule), identified, measured }
        }
        Wanted::Latest(rule, measured) => Fold::Latest { retention: Retention::of(rule), measured },
        Wanted::Register => Fold::Register,
        Wanted::History => Fold::History,
        Wanted::Keyed(group) => Fold::Keyed(group),
    }
}

fn widen(fold: &mut Fold, wanted: Wanted) {
    match (fold, wanted) {
        (Fold::Amounts { retention, reach }, Wanted::Amounts(rule, wanted)) => {
            retention.add(rule);
            *reach = reach.zip(wanted).map(|(a, b)| a.max(b));
        }
        (Fold::Edge { slides, .. }, Wanted::Edge { slides: wanted, .. }) => *slides |= wanted,
        (Fold::Oldest { count, .. }, Wanted::Oldest { count: wanted, .. }) => *count = wanted.max(*count),
        (Fold::Moments(retention), Wanted::Moments(rule))
        | (Fold::Peaks { retention, .. }, Wanted::Peaks(_, rule))
        | (Fold::Entries { retention, .. }, Wanted::Entries { rule, .. })
        | (Fold::Latest { retention, .. }, Wanted::Latest(rule, _)) => retention.add(rule),
        (_, _) => {}
    }
}
