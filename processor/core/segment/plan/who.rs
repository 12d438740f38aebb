//! Which definitions ask who the customer is: they can hold for one of whom nothing else is known.

use crate::segment::{Definitions, Expression, Term};

/// Whether the segment or ladder of that name asks who the customer is, or asks another definition that may.
pub(super) fn asks_who(definitions: &Definitions, name: &str) -> bool {
    let segments = definitions.segments.iter().filter(|segment| segment.name == name);
    let of_segments = segments.flat_map(|segment| {
        let leave = segment.latch.as_ref().and_then(|latch| latch.leave.as_ref());
        std::iter::once(&segment.condition).chain(leave)
    });
    let ladders = definitions.ladders.iter().filter(|ladder| ladder.name == name);
    let of_ladders = ladders.flat_map(|ladder| ladder.stages.iter().map(|(_, condition)| condition));
    of_segments.chain(of_ladders).any(asks)
}

fn asks(expression: &Expression) -> bool {
    matches!(expression.term, Term::Bucket { .. } | Term::Member(_) | Term::Stage(_) | Term::Score(_))
        || expression.parts().into_iter().any(asks)
}
