//! The oracle in the place of a subject: so that the laws can be tried without an engine.
//!
//! Where several causes are possible it gives the first of them.

use super::timeline::timeline;
use crate::drive::{Course, FinalState, Line, Replayed, Subject};

/// The oracle as a subject.
#[derive(Clone, Copy, Debug)]
pub struct Oracle;

impl Subject for Oracle {
    fn name(&self) -> &'static str {
        "oracle"
    }

    fn replay(&self, course: &Course, _cuts: &[usize]) -> Replayed {
        let lines = timeline(course).lines.into_iter().filter_map(|expected| {
            let cause = *expected.causes.first()?;
            let (at, change) = (expected.at, expected.change);
            Some(Line { at, customer: expected.customer, segment: expected.segment, change, cause })
        });
        let lines = lines.collect::<Vec<_>>();
        let bytes = lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect();
        Replayed { lines, bytes }
    }

    fn final_state(&self, course: &Course) -> FinalState {
        let timeline = timeline(course);
        let state = timeline.kept.iter().flat_map(|event| format!("{event}\n").into_bytes()).collect();
        FinalState { memberships: timeline.memberships, state }
    }
}
