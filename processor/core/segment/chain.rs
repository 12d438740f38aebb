//! A sequence of any length: `sequence(A, B within 3d, without C within 1d; all within 7d; 90d)`.

use std::fmt::{self, Display, Formatter};

use super::{Events, Window};
use crate::timer::Length;

/// Steps that happened in this order.
///
/// Every step has a moment: an event its own, a `without` the instant at which its length has run out. Each step comes
/// after the one before; an event less than its `within` after that moment, and not before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Chain {
    /// The first step.
    pub first: Events,
    /// The steps after it, at least one and at the most [`Chain::STEPS_MAX`] less one.
    pub steps: Vec<ChainStep>,
    /// The greatest distance from the first step's moment to the last one's, not included.
    pub all_within: Option<Length>,
    /// Where the last step's moment lies.
    pub window: Window,
}

/// A step but the first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ChainStep {
    /// An event, less than so much after the step before.
    Event(Events, Option<Length>),
    /// No such event in so much time after the step before, which has run out.
    Without(Events, Length),
}

impl Chain {
    /// The most steps of a sequence, the first included; a longer one is an error of the definition.
    pub const STEPS_MAX: usize = 16;

    /// The events of all steps, those that must not happen too.
    pub fn selections(&self) -> impl Iterator<Item = &Events> {
        std::iter::once(&self.first).chain(self.steps.iter().map(ChainStep::events))
    }

    /// The same events, to be changed.
    pub fn selections_mut(&mut self) -> impl Iterator<Item = &mut Events> {
        std::iter::once(&mut self.first).chain(self.steps.iter_mut().map(|step| match step {
            ChainStep::Event(events, _) | ChainStep::Without(events, _) => events,
        }))
    }
}

impl ChainStep {
    /// The events that happen, or do not.
    pub const fn events(&self) -> &Events {
        match self {
            Self::Event(events, _) | Self::Without(events, _) => events,
        }
    }
}

impl Display for Chain {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "sequence({}", self.first)?;
        for step in &self.steps {
            match step {
                ChainStep::Event(events, None) => write!(f, ", {events}")?,
                ChainStep::Event(events, Some(within)) => write!(f, ", {events} within {within}")?,
                ChainStep::Without(events, within) => write!(f, ", without {events} within {within}")?,
            }
        }
        if let Some(all) = self.all_within {
            write!(f, "; all within {all}")?;
        }
        if self.window == Window::Life { f.write_str(")") } else { write!(f, "; {})", self.window) }
    }
}
