//! What profile events have made of a customer's traits.

use std::collections::BTreeMap;

use spicchio_core::event::Value;
use spicchio_core::segment::{Declarations, Path};

use super::decode::decoded;
use super::history::Happening;
use crate::given::Json;

/// The trait's value: all profile events merged, one after the other, in the order of events.
pub(super) fn trait_value(events: &[Happening], path: &Path, declarations: &Declarations) -> Option<Value> {
    let mut document = Json::Object(BTreeMap::new());
    for event in events.iter().filter(|event| event.given.kind == "profile") {
        merge(&mut document, &Json::Object(event.given.properties.clone()));
    }
    let ty = declarations.traits.get(path)?;
    decoded(document.at(path.iter().map(AsRef::as_ref))?, ty)
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
