//! What is said of a membership that begins or ends.

use std::sync::Arc;

use super::decide::Question;
use super::{Appeared, Desk};
use crate::customer::Place;
use crate::segment::evaluate::{View, decisive, settled_outcome, value};
use crate::segment::plan::{CompiledSegment, Mask};
use crate::transition::{Cause, Change, Changed, Evidence, Move, Transition, reasons};

impl Desk {
    /// The transition of a customer, whom `view` shows after the change and at its instant, from where it stood before.
    pub(super) fn transition(
        &self,
        question: &Question<'_>,
        (index, segment): (usize, &CompiledSegment),
        from: Place,
        view: &View<'_>,
    ) -> Transition {
        let standing = view.memberships.standing(index);
        let (cause, features) = self.cause(question, index);
        let changed = match (cause, features) {
            (Cause::Time, _) => Changed::Time,
            (_, Some(features)) => Changed::Features(features),
            (_, None) => Changed::Nothing,
        };
        let decisive = decisive(&segment.rule, from, standing.place);
        let mut reasons =
            decisive.map_or_else(Default::default, |condition| reasons(&self.catalog, condition, view, changed));
        name_in_hand(&mut reasons.evidence, question.touched.in_hand.as_ref(), changed);
        let (lasting, until_is_bound) = settled_outcome(&segment.rule, standing, view);
        let attached = segment
            .attach
            .iter()
            .map(|(name, operand, ty)| (name.clone(), value(operand, view).0.shown(ty, view.now)))
            .collect();
        Transition {
            customer: question.id.clone(),
            segment: Arc::clone(&segment.name),
            change: Change::between(from, standing.place),
            moved: Move::between(segment, from, standing.place),
            rests: segment.remembers_exit(),
            at: view.now,
            decided_at: self.decided_at,
            cause,
            since: None,
            definition: Some(Arc::clone(&segment.hash)),
            until: lasting.until,
            until_is_bound,
            because: reasons.because,
            because_more: reasons.because_more,
            evidence: reasons.evidence,
            evidence_more: reasons.evidence_more,
            witnesses: reasons.witnesses,
            witnesses_more: reasons.witnesses_more,
            attached,
            truncated: reasons.truncated,
        }
    }

    /// Why a segment changed: an event that its features were folded from, on time or late, else what moved the
    /// question.
    fn cause<'a>(&self, question: &Question<'a>, segment: usize) -> (Cause, Option<&'a Mask>) {
        let reads = |features: &Mask| {
            features
                .iter()
                .any(|feature| self.catalog.readers(feature).is_some_and(|readers| readers.contains(segment)))
        };
        let touched = question.touched;
        if reads(&touched.on_time) {
            (Cause::Event, Some(&touched.on_time))
        } else if reads(&touched.late) {
            (Cause::Late, Some(&touched.late))
        } else {
            match touched.appeared {
                Some(Appeared::OnTime) => (Cause::Event, None),
                Some(Appeared::Late) => (Cause::Late, None),
                None => (question.otherwise, None),
            }
        }
    }
}

/// Names the event in hand among the kept ones, and no other: by its identity where that is kept. Where nothing is kept
/// one by one, it is the evidence itself.
fn name_in_hand(evidence: &mut Vec<Evidence>, in_hand: Option<&Evidence>, changed: Changed<'_>) {
    let in_hand = in_hand.filter(|_| matches!(changed, Changed::Features(_)));
    let is_it = |kept: &Evidence, hand: &Evidence| {
        kept.time == hand.time && kept.kind == hand.kind && (kept.id.is_none() || kept.id == hand.id)
    };
    let place = in_hand.and_then(|hand| evidence.iter().position(|kept| is_it(kept, hand)));
    for (index, kept) in evidence.iter_mut().enumerate() {
        kept.id = in_hand.filter(|_| place == Some(index)).and_then(|hand| hand.id.clone());
    }
    if let (true, Some(hand)) = (evidence.is_empty(), in_hand) {
        evidence.push(hand.clone());
    }
}
