//! Which steps an event can match, found by the text of a property instead of by trying every filter.
//!
//! A filter that demands a property to equal a text can only match events with that text: such steps stand in a map
//! from text to step, one map a property; all others are tried always. (Access predicates: Fabret et al., "Filtering
//! Algorithms and Implementation for Very Fast Publish/Subscribe Systems", SIGMOD 2001.)

use compact_str::CompactString;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::dispatch::Step;
use super::node::{Condition, Operand, Test};
use crate::event::{Slot, Value};
use crate::segment::Relation;

/// The steps of one event type by what their filters demand.
#[derive(Clone, Debug, Default)]
pub(super) struct Access {
    always: Vec<usize>,
    /// By slot; the maps are looked up and never iterated.
    by_text: Vec<(usize, ByText)>,
}

type ByText = HashMap<CompactString, Vec<usize>, FixedState>;

impl Access {
    /// Sorts the steps by their demands.
    pub(super) fn of(steps: &[Step]) -> Self {
        let mut access = Self::default();
        for (index, step) in steps.iter().enumerate() {
            match step.filter.as_ref().and_then(demand) {
                Some((slot, text)) => access.map(slot).entry(text.clone()).or_default().push(index),
                None => access.always.push(index),
            }
        }
        access
    }

    fn map(&mut self, slot: usize) -> &mut ByText {
        let known = self.by_text.iter().position(|(known, _)| *known == slot);
        let index = known.unwrap_or_else(|| {
            self.by_text.push((slot, HashMap::with_hasher(FixedState::with_seed(0))));
            self.by_text.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "found or pushed above")]
        let (_, map) = &mut self.by_text[index];
        map
    }

    /// The steps whose filters an event with these properties can match; they still have to be tried.
    pub(super) fn candidates<'a>(&'a self, slots: &'a [Slot]) -> impl Iterator<Item = usize> + 'a {
        let demanded = self.by_text.iter().filter_map(|(slot, map)| match slots.get(*slot) {
            Some(Slot::Set(Value::Text(text))) => map.get(text),
            Some(_) | None => None,
        });
        self.always.iter().copied().chain(demanded.flatten().copied())
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "no other test demands a text")]
/// A text that a property must equal for the filter to match.
fn demand(filter: &Condition) -> Option<(usize, &CompactString)> {
    match filter {
        Condition::And(parts) => parts.iter().find_map(demand),
        Condition::Leaf(leaf) => match &leaf.test {
            Test::Compare(Relation::Equal, Operand::Property(Some(slot)), Operand::Constant(Value::Text(text))) => {
                Some((*slot, text))
            }
            _ => None,
        },
        Condition::Constant(_) | Condition::Or(_) | Condition::Not(_) | Condition::If(_) => None,
    }
}
