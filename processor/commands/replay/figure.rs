//! A number in a report, with the same digits for people and for machines; or that there is none.

use std::fmt;

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use spicchio_core::event::Number;

/// A number, or `-` for people and null for machines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figure(pub(super) Option<Number>);

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.map_or_else(|| "-".to_owned(), |number| number.to_string()))
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = self.0.map(|number| RawValue::from_string(number.to_string())).transpose();
        raw.map_err(S::Error::custom)?.serialize(serializer)
    }
}
