//! One event of a customer's history, and what can be asked of it.

use crate::definition::{Declarations, Property, Type};
use compact_str::CompactString;
use spicchio_core::event::{Identity, Kind, Value};
use spicchio_core::timer::Instant;

use super::decode::{at_least_zero, decoded};
use crate::given::{GivenEvent, Json};

/// The property under which an event lists its line items.
const LINE_ITEMS: &str = "items";

/// An event and its place in the order of events: time, then type, then identity.
#[derive(Clone, Debug)]
pub(super) struct Happening {
    pub(super) time: Instant,
    pub(super) kind: Kind,
    pub(super) identity: Identity,
    pub(super) given: GivenEvent,
}

impl Happening {
    pub(super) fn new(given: &GivenEvent, declarations: &Declarations) -> Self {
        Self { time: given.time, kind: given.rank(declarations), identity: given.identity(), given: given.clone() }
    }

    /// By what events are ordered.
    pub(super) fn place(&self) -> (Instant, &Kind, &Identity) {
        (self.time, &self.kind, &self.identity)
    }

    pub(super) fn is_after(&self, other: &Self) -> bool {
        self.place() > other.place()
    }

    /// The value of a declared property.
    pub(super) fn property(&self, path: &[CompactString], declarations: &Declarations) -> Option<Value> {
        let property = self.declared(path, declarations)?;
        let value = decoded(self.json(path)?, &property.ty)?;
        (!property.nonnegative || at_least_zero(&value)).then_some(value)
    }

    /// The values that `for some` finds here: the event's own and those of its line items.
    pub(super) fn values(&self, path: &[CompactString], ty: &Type, declarations: &Declarations) -> Vec<Value> {
        if matches!(self.kind, Kind::Other(_)) {
            return Vec::new();
        }
        let nonnegative = self.declared(path, declarations).is_some_and(|property| property.nonnegative);
        let items = match self.given.properties.get(LINE_ITEMS) {
            Some(Json::List(items)) => items.as_slice(),
            _ => &[],
        };
        let of_items = items.iter().filter_map(|item| item.at(path.iter().map(AsRef::as_ref)));
        let values = self.json(path).into_iter().chain(of_items).filter_map(|json| decoded(json, ty));
        values.filter(|value| !nonnegative || at_least_zero(value)).collect()
    }

    /// The values of a column that exist: the event's own, or those of its line items.
    pub(super) fn column(&self, path: &[CompactString], ty: &Type, declarations: &Declarations) -> Vec<Value> {
        self.slots(path, ty, declarations).into_iter().flatten().collect()
    }

    /// One slot for the event, or one for each of its line items, full where it has a value.
    pub(super) fn slots(&self, path: &[CompactString], ty: &Type, declarations: &Declarations) -> Vec<Option<Value>> {
        match path {
            [list, rest @ ..] if list == LINE_ITEMS && !rest.is_empty() => match self.json(&path[..1]) {
                Some(Json::List(items)) => {
                    let value = |item: &Json| decoded(item.at(rest.iter().map(AsRef::as_ref))?, ty);
                    items.iter().map(value).collect()
                }
                _ => Vec::new(),
            },
            _ => vec![self.property(path, declarations)],
        }
    }

    fn declared<'a>(&self, path: &[CompactString], declarations: &'a Declarations) -> Option<&'a Property> {
        let declared = declarations.events.iter().find(|event| event.name == self.given.kind)?;
        declared.properties.get(path)
    }

    pub(super) fn json(&self, path: &[CompactString]) -> Option<&Json> {
        let (first, rest) = path.split_first()?;
        self.given.properties.get(first.as_str())?.at(rest.iter().map(AsRef::as_ref))
    }
}
