//! Segments and whole sets of definitions.

use crate::definition::{Definitions, Expression, LadderDefinition, Latch, Rungs, SegmentDefinition};
use spicchio_core::event::Number;
use spicchio_core::timer::{Length, Zone};

use crate::given::shop;

/// A segment of nothing but a name, a condition and a zone.
pub fn segment(name: &str, condition: Expression, zone: Zone) -> SegmentDefinition {
    SegmentDefinition { name: name.into(), condition, latch: None, zone }
}

/// The same with two thresholds: `leave when`, `stay` and `rest` in milliseconds.
pub fn latched(
    segment: SegmentDefinition,
    leave: Option<Expression>,
    stay: Option<i64>,
    rest: Option<i64>,
) -> SegmentDefinition {
    let latch = Latch { leave, stay: stay.map(Length::fixed), rest: rest.map(Length::fixed) };
    SegmentDefinition { latch: Some(latch), ..segment }
}

/// A ladder in UTC: the first stage that holds, else `otherwise`.
pub fn ladder<const N: usize>(
    name: &str,
    stages: [(&str, Expression); N],
    otherwise: Option<&str>,
) -> LadderDefinition {
    let stages = stages.into_iter().map(|(name, condition)| (name.into(), condition)).collect();
    LadderDefinition {
        name: name.into(),
        rungs: Rungs::First(stages),
        otherwise: otherwise.map(Into::into),
        zone: Zone::UTC,
    }
}

/// A ladder in UTC: the name with the greatest score of at least `minimum`, else `otherwise`.
pub fn best<const N: usize>(
    name: &str,
    scores: [(&str, Expression); N],
    minimum: Option<Number>,
    otherwise: Option<&str>,
) -> LadderDefinition {
    let scores = scores.into_iter().map(|(name, score)| (name.into(), score)).collect();
    LadderDefinition {
        name: name.into(),
        rungs: Rungs::Best { scores, minimum },
        otherwise: otherwise.map(Into::into),
        zone: Zone::UTC,
    }
}

/// Segments of the tests' shop, sorted by name.
pub fn definitions(mut segments: Vec<SegmentDefinition>) -> Definitions {
    segments.sort_by(|one, other| one.name.cmp(&other.name));
    Definitions { declarations: shop(), segments, ladders: Vec::new(), scores: Vec::new() }
}
