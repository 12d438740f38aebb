//! Since when a trait has had its value: its latest assignments.
//!
//! Assigning the value that the trait has already does not begin anew. The newest assignments are kept one by one, so
//! that one that comes late finds its place; older ones only as the beginning of the run that the oldest kept one
//! belongs to.

use super::moment::Position;
use crate::event::{Event, Slot, Value};
use crate::timer::Instant;

/// How many assignments of a trait are kept one by one, its sixteen newest changes among them unless the same values
/// are assigned again and again; one older than all of them is dropped.
pub const HISTORY_MAX: usize = 64;

/// The kept assignments of a trait, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    assigned: Vec<(Position, Option<Value>)>,
    /// When the run of equal assignments began to which the oldest kept one belongs, where it began before that.
    began: Option<Instant>,
}

impl History {
    /// As it was written down; nothing where that is no history.
    pub fn restored(assigned: Vec<(Position, Option<Value>)>, began: Option<Instant>) -> Option<Self> {
        let sound = assigned.len() <= HISTORY_MAX && assigned.is_sorted_by(|a, b| a.0 <= b.0);
        sound.then_some(Self { assigned, began })
    }

    /// The kept assignments, oldest first, and when the oldest one's run began where that was before it.
    pub fn parts(&self) -> (&[(Position, Option<Value>)], Option<Instant>) {
        (&self.assigned, self.began)
    }

    /// Takes in a profile event that mentions the trait.
    pub fn assign(&mut self, event: &Event, slot: &Slot) {
        if *slot == Slot::Absent {
            return;
        }
        let position = Position::of(event, true);
        let place = self.assigned.partition_point(|(kept, _)| *kept <= position);
        if self.assigned.len() >= HISTORY_MAX {
            if place == 0 {
                return;
            }
            self.assigned.insert(place, (position, slot.value().cloned()));
            self.drop_oldest();
        } else {
            self.assigned.insert(place, (position, slot.value().cloned()));
        }
    }

    fn drop_oldest(&mut self) {
        let (dropped, value) = self.assigned.remove(0);
        let runs_on = self.assigned.first().is_some_and(|(_, next)| *next == value);
        self.began = runs_on.then(|| self.began.unwrap_or(dropped.moment.time()));
    }

    /// Since when the trait has had its value; nothing where it has none.
    pub fn since(&self) -> Option<Instant> {
        let value = self.assigned.last()?.1.as_ref()?;
        let other = self.assigned.iter().rposition(|(_, kept)| kept.as_ref() != Some(value));
        let (first, _) = self.assigned.get(other.map_or(0, |index| index + 1))?;
        let began = self.began.filter(|_| other.is_none());
        Some(began.unwrap_or(first.moment.time()))
    }
}
