//! How the steps of a long sequence are kept: each as a list of its own, as far back as the end can still look.

use super::compile::Compiler;
use super::features::Wanted;
use super::forms::{Frame, one_after_the_other, reach_back};
use super::measure::{Chain, Link, Measure};
use crate::feature::{Horizon, Rule};
use crate::segment::{Chain as Written, ChainStep, Events, Nth};
use crate::timer::{Instant, Length};

impl Compiler<'_> {
    /// How a chain is kept and read.
    pub(super) fn chain(&mut self, chain: &Written) -> Chain {
        let last = chain.steps.last().map_or(&chain.first, ChainStep::events);
        let frame = self.frame(&chain.window, last);
        let rules = self.rules(chain, &frame);
        let ends_with_event = matches!(chain.steps.last(), Some(ChainStep::Event(..)));
        let first = self.link(&chain.first, rules.first().cloned(), None);
        let mut measures = Vec::new();
        for (place, (step, rule)) in chain.steps.iter().zip(rules.into_iter().skip(1)).enumerate() {
            // Only an event at the end lies in the window: what a fixed one leaves out is not even folded.
            let is_end = ends_with_event && place + 1 == chain.steps.len();
            measures.push(self.link(step.events(), Some(rule), frame.bounds.filter(|_| is_end)));
        }
        let horizon = |length: Length| Horizon { length, zone: self.zone.clone() };
        let steps = chain.steps.iter().zip(measures).map(|(step, measure)| match step {
            ChainStep::Event(_, within) => Link::Event(measure, within.map(horizon)),
            ChainStep::Without(_, within) => Link::Without(measure, horizon(*within)),
        });
        let (steps, all_within) = (steps.collect(), chain.all_within.map(horizon));
        Chain { first, steps, all_within, span: frame.span, bounds: frame.bounds }
    }

    fn link(&mut self, events: &Events, rule: Option<Rule>, bounds: Option<(Instant, Option<Instant>)>) -> Measure {
        let rule = rule.unwrap_or(Rule::All);
        let kept = Frame { bounds, ..Frame::unbounded(rule.clone()) };
        self.step(events, Nth::LAST, &kept, Wanted::Entries { rule, identified: true, measured: None })
    }

    /// What has to be kept of each step: the end's window, and before it the lengths that lie between. The events that
    /// must not happen are kept as long as the step they would follow.
    fn rules(&self, chain: &Written, frame: &Frame) -> Vec<Rule> {
        let mut rules = vec![frame.whole.clone()];
        let mut back = Some(Length::default());
        for step in chain.steps.iter().rev() {
            let length = match step {
                ChainStep::Event(_, within) => *within,
                ChainStep::Without(_, within) => Some(*within),
            };
            back = back.zip(length).map(|(a, b)| one_after_the_other(a, b));
            let reached = back.or(chain.all_within).map(|length| Horizon { length, zone: self.zone.clone() });
            let rule = reach_back(&frame.whole, reached.as_ref(), &self.zone);
            if matches!(step, ChainStep::Without(..))
                && let Some(own) = rules.last_mut()
            {
                own.clone_from(&rule);
            }
            rules.push(rule);
        }
        rules.reverse();
        rules
    }
}
