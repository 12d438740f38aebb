//! Segments and whole sets of definitions.

use std::collections::BTreeMap;

use spicchio_core::segment::{Definitions, Expression, SegmentDefinition};
use spicchio_core::timer::Zone;

use crate::given::shop;

/// A segment of nothing but a name, a condition and a zone.
pub fn segment(name: &str, condition: Expression, zone: Zone) -> SegmentDefinition {
    SegmentDefinition {
        name: name.into(),
        description: None,
        condition,
        latch: None,
        grace_millis: 0,
        attach: Vec::new(),
        labels: BTreeMap::new(),
        zone,
    }
}

/// Segments of the tests' shop, sorted by name.
pub fn definitions(mut segments: Vec<SegmentDefinition>) -> Definitions {
    segments.sort_by(|one, other| one.name.cmp(&other.name));
    Definitions { declarations: shop(), segments, ..Definitions::default() }
}
