//! From an event's properties to its slots: exactly the columns that some definition reads of its type.
//!
//! One pass over the properties finds the raw text of every column's first name; nested ones go on from there. For a
//! path `a.b`, an `a` that is there and is no object says that there is no `a.b`; an object `a` without `b` says
//! nothing about it, because objects of traits merge. Not here: what a value means in its type (`scalar`).

use compact_str::CompactString;
use smallvec::SmallVec;

use super::scalar::{self, LIST_ITEMS_MAX, Tally};
use super::scan::{self, Names};
use crate::event::{Column, KindInterest, Slot, Value};

/// The property that holds an event's line items.
const ITEMS: &str = "items";

/// The columns of one event type, ready to be looked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    names: Names,
    places: Vec<Place>,
    /// Where the line items are found, if some column spreads over them.
    items: usize,
}

/// A column, and where among the found members its path begins.
#[derive(Clone, Debug)]
struct Place {
    first: usize,
    column: Column,
}

impl Columns {
    /// A column without a path is never mentioned by an event.
    pub(super) fn new(interest: &KindInterest) -> Self {
        let mut names = Names::default();
        let places = interest.columns.iter().map(|column| {
            let first = column.path.first().map_or(usize::MAX, |name| names.add(name));
            Place { first, column: column.clone() }
        });
        let places = places.collect::<Vec<_>>();
        let spread = places.iter().any(|place| place.column.spread);
        let items = if spread { names.add(ITEMS) } else { usize::MAX };
        Self { names, places, items }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// One slot for each column, from a valid object.
    pub(super) fn read(&self, properties: &str, tally: &mut Tally) -> SmallVec<[Slot; 4]> {
        let mut found: SmallVec<[Option<&str>; 8]> = SmallVec::from_elem(None, self.names.len());
        // Valid before: it cannot fail, and if it did nothing would be found.
        let _ = scan::members(properties, &self.names, &mut found);
        let at = |position: usize| found.get(position).copied().flatten();
        let slots = self.places.iter().map(|Place { first, column }| {
            if column.spread {
                spread(at(*first), at(self.items), column, tally)
            } else {
                own(at(*first), column, tally)
            }
        });
        slots.collect()
    }
}

/// Every column of an event without properties.
pub(super) fn absent(columns: &Columns) -> SmallVec<[Slot; 4]> {
    SmallVec::from_elem(Slot::Absent, columns.places.len())
}

fn own(found: Option<&str>, column: &Column, tally: &mut Tally) -> Slot {
    let Some(mut raw) = found else { return Slot::Absent };
    for name in column.path.iter().skip(1) {
        if !raw.starts_with('{') {
            return Slot::Missing;
        }
        match scan::member(raw, name) {
            Some(inner) => raw = inner,
            None => return Slot::Absent,
        }
    }
    scalar::read(raw, &column.ty, column.nonnegative, tally).map_or(Slot::Missing, Slot::Set)
}

/// The value on the event itself and on each line item.
fn spread(found: Option<&str>, items: Option<&str>, column: &Column, tally: &mut Tally) -> Slot {
    let Some((first, rest)) = column.path.split_first() else { return Slot::Absent };
    let mut gathered = Gathered { column, tally, values: Vec::new(), mentioned: false };
    if let Some(raw) = found {
        gathered.from(raw, rest);
    }
    scan::elements(items.unwrap_or_default(), |item| {
        if let Some(raw) = scan::member(item, first) {
            gathered.from(raw, rest);
        }
    });
    match (gathered.values, gathered.mentioned) {
        (values, _) if !values.is_empty() => Slot::Set(Value::List(values.into())),
        (_, true) => Slot::Missing,
        (_, false) => Slot::Absent,
    }
}

/// Different values of one column, sorted; those beyond the first 200 in the order of the record count as missing.
struct Gathered<'c, 't> {
    column: &'c Column,
    tally: &'t mut Tally,
    values: Vec<Value>,
    mentioned: bool,
}

impl Gathered<'_, '_> {
    /// Takes what stands at the path below `raw`; an array on the way is entered element by element.
    fn from(&mut self, raw: &str, path: &[CompactString]) {
        match path.split_first() {
            Some((name, rest)) if raw.starts_with('{') => {
                if let Some(inner) = scan::member(raw, name) {
                    self.from(inner, rest);
                }
            }
            Some(_) if raw.starts_with('[') => scan::elements(raw, |element| self.from(element, path)),
            Some(_) => self.mentioned = true,
            None => self.take(raw),
        }
    }

    fn take(&mut self, raw: &str) {
        self.mentioned = true;
        let Some(value) = scalar::read(raw, &self.column.ty, self.column.nonnegative, self.tally) else { return };
        if let Err(position) = self.values.binary_search(&value) {
            if self.values.len() == LIST_ITEMS_MAX {
                self.tally.wrong_type();
            } else {
                self.values.insert(position, value);
            }
        }
    }
}
