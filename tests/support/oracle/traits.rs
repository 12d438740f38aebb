//! What profile events have made of a customer's traits.

use std::collections::BTreeMap;

use spicchio_core::event::Value;
use spicchio_core::timer::Instant;

use super::decode::decoded;
use super::history::Happening;
use crate::definition::{Declarations, Path, Type};
use crate::given::Json;

/// The trait's value: all profile events merged, one after the other, in the order of events.
pub(super) fn trait_value(events: &[Happening], path: &Path, declarations: &Declarations) -> Option<Value> {
    decoded(&trait_json(events, path, declarations)?, declarations.traits.get(path)?)
}

/// The same as it was sent.
pub(super) fn trait_json(events: &[Happening], path: &Path, declarations: &Declarations) -> Option<Json> {
    let mut document = Json::Object(BTreeMap::new());
    for event in profiles(events) {
        read(&mut document, event, declarations);
    }
    document.at(path.iter().map(AsRef::as_ref)).cloned()
}

/// The time of the profile event that gave the trait its present value; none where it has none.
pub(super) fn set_at(events: &[Happening], path: &Path, ty: &Type, declarations: &Declarations) -> Option<Instant> {
    let mut document = Json::Object(BTreeMap::new());
    let mut present: Option<(Value, Instant)> = None;
    for event in profiles(events) {
        read(&mut document, event, declarations);
        let value = document.at(path.iter().map(AsRef::as_ref)).and_then(|json| decoded(json, ty));
        present = match (value, present) {
            (Some(value), Some((before, since))) if value == before => Some((before, since)),
            (Some(value), _) => Some((value, event.time)),
            (None, _) => None,
        };
    }
    present.map(|(_, since)| since)
}

/// Merges what one profile event says. A point is one value: its latitude is not merged with another's longitude.
fn read(document: &mut Json, event: &Happening, declarations: &Declarations) {
    let said = &event.given.properties;
    let points = declarations.traits.iter().filter(|(path, ty)| **ty == Type::Point && path.len() == 1);
    for (path, _) in points {
        if let (Json::Object(kept), true) = (&mut *document, said.contains_key(path[0].as_str())) {
            kept.remove(path[0].as_str());
        }
    }
    merge(document, &Json::Object(said.clone()));
}

fn profiles(events: &[Happening]) -> impl Iterator<Item = &Happening> {
    events.iter().filter(|event| event.given.kind == "profile")
}

/// Objects merge by key, null removes, everything else replaces.
fn merge(target: &mut Json, said: &Json) {
    let Json::Object(members) = said else {
        *target = said.clone();
        return;
    };
    if !matches!(target, Json::Object(_)) {
        *target = Json::Object(BTreeMap::new());
    }
    let Json::Object(kept) = target else { return };
    for (name, value) in members {
        if *value == Json::Null {
            kept.remove(name);
        } else {
            merge(kept.entry(name.clone()).or_insert(Json::Null), value);
        }
    }
}
