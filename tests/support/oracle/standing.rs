//! What the definitions say of one customer at one instant, each by its name.
//!
//! Whatever a definition needs of another is worked out when it is asked for: no cycle is legal, so that ends. Only a
//! segment with a latch remembers anything, and only from one decision to the next.

use std::cell::RefCell;
use std::collections::BTreeMap;

use compact_str::CompactString;
use spicchio_core::timer::{Instant, Zone};

use super::evaluate::Sight;
use super::history::Happening;
use super::quantity::{Quantity, exact};
use crate::definition::{Definitions, LadderDefinition, Latch, Rungs, SegmentDefinition};

/// Since when a customer has been inside a segment, and when it was left last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stay {
    pub(super) since: Option<Instant>,
    pub(super) left: Option<Instant>,
}

/// A customer of this history at `now`.
pub(super) struct Standing<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) events: &'a [Happening],
    pub(super) now: Instant,
    /// What the decision before left behind.
    pub(super) stays: &'a BTreeMap<CompactString, Stay>,
    decided: RefCell<BTreeMap<CompactString, bool>>,
}

impl<'a> Standing<'a> {
    pub(super) fn new(
        definitions: &'a Definitions,
        events: &'a [Happening],
        now: Instant,
        stays: &'a BTreeMap<CompactString, Stay>,
    ) -> Self {
        Self { definitions, events, now, stays, decided: RefCell::default() }
    }

    /// Whether the customer is in the segment of that name.
    pub(super) fn member(&self, name: &str) -> bool {
        if let Some(decided) = self.decided.borrow().get(name) {
            return *decided;
        }
        let segment = self.definitions.segments.iter().find(|segment| segment.name == name).expect("a segment");
        let inside = self.is_inside(segment);
        self.decided.borrow_mut().insert(segment.name.clone(), inside);
        inside
    }

    fn is_inside(&self, segment: &SegmentDefinition) -> bool {
        // Nobody is in a segment before the first event or after the last was forgotten.
        if self.events.is_empty() {
            return false;
        }
        let sight = self.sight(&segment.zone);
        let enters = sight.holds(&segment.condition);
        let Some(Latch { leave, stay, rest }) = &segment.latch else { return enters };
        let leaves = leave.as_ref().map_or(!enters, |leave| sight.holds(leave));
        let before = self.stays.get(&segment.name).copied().unwrap_or_default();
        let has_passed = |length: &Option<spicchio_core::timer::Length>, from: Instant| {
            length.is_none_or(|length| length.after(from, &segment.zone) <= self.now)
        };
        match before.since {
            Some(since) => !(leaves && has_passed(stay, since)),
            None => enters && !leaves && before.left.is_none_or(|left| has_passed(rest, left)),
        }
    }

    /// The customer's stage of the ladder of that name.
    pub(super) fn stage(&self, name: &str) -> Option<String> {
        let ladder = self.definitions.ladders.iter().find(|ladder| ladder.name == name).expect("a ladder");
        if self.events.is_empty() {
            return None;
        }
        self.chosen(ladder).or(ladder.otherwise.as_ref()).map(ToString::to_string)
    }

    fn chosen<'l>(&self, ladder: &'l LadderDefinition) -> Option<&'l CompactString> {
        let sight = self.sight(&ladder.zone);
        match &ladder.rungs {
            Rungs::First(stages) => stages.iter().find(|(_, condition)| sight.holds(condition)).map(|(name, _)| name),
            Rungs::Best { scores, minimum } => {
                let mut best = None;
                for (name, score) in scores {
                    let Some(Quantity::Number(score)) = sight.evaluate(score) else { continue };
                    let counts = minimum.is_none_or(|minimum| score >= exact(minimum));
                    if counts && best.as_ref().is_none_or(|(_, greatest)| score > *greatest) {
                        best = Some((name, score));
                    }
                }
                best.map(|(name, _)| name)
            }
        }
    }

    /// The score of that name.
    pub(super) fn score(&self, name: &str) -> Option<Quantity> {
        let score = self.definitions.scores.iter().find(|score| score.name == name).expect("a score");
        self.sight(&score.zone).evaluate(&score.value)
    }

    fn sight<'s>(&'s self, zone: &'s Zone) -> Sight<'s> {
        Sight {
            events: self.events,
            now: self.now,
            declarations: &self.definitions.declarations,
            zone,
            only: Vec::new(),
            at_hand: None,
            item: None,
            standing: self,
        }
    }
}
