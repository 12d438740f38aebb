//! How much of a list can still matter.
//!
//! Every condition that reads a list states a rule; the list keeps what the strictest of them needs, always a newest
//! part of it, and never more than a named cap. Late events do not break this: what was dropped was older than enough
//! newer events, or outside every window for good.

use super::reach::Reach;
use crate::timer::{Instant, Length, Zone};

/// The most events a list keeps; the newest stay, and answers say that they are truncated.
pub const EVENTS_MAX: usize = 1_000;
/// The most different values kept; those seen latest stay, and answers say that they are truncated.
pub const VALUES_MAX: usize = 200;

/// A length counted back from now in a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// How long.
    pub length: Length,
    /// For calendar lengths.
    pub zone: Zone,
}

impl Horizon {
    /// When an event of that time is this long ago.
    pub fn passes(&self, time: Instant) -> Instant {
        self.length.after(time, &self.zone)
    }
}

/// What one reader needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// That many newest entries, beside those that are younger than `delay`.
    Newest {
        /// How many.
        count: usize,
        /// Entries not yet this long ago are kept on top.
        delay: Option<Reach>,
    },
    /// Everything that is less than this long ago.
    Within(Reach),
    /// Everything.
    All,
}

impl Rule {
    /// Whether what this reader needs holds all that the other one needs.
    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Newest { count, delay }, Self::Newest { count: needed, delay: of }) => {
                count >= needed && delay == of
            }
            (Self::Within(reach), Self::Within(needed)) => reach.covers(needed),
            (Self::Newest { .. } | Self::Within(_), _) => false,
        }
    }
}

/// What all readers of a list need together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    rules: Vec<Rule>,
}

impl Retention {
    /// What one reader needs.
    pub fn of(rule: Rule) -> Self {
        Self { rules: vec![rule] }
    }

    /// Adds a reader's rule.
    pub fn add(&mut self, rule: Rule) {
        if !self.rules.contains(&rule) {
            self.rules.push(rule);
        }
    }

    /// How many of the newest entries are needed at `now`, of `len` whose times, oldest first, `time_of` tells.
    pub fn needed(&self, len: usize, now: Instant, time_of: impl Fn(usize) -> Instant) -> usize {
        let younger = |reach: &Reach| {
            let cutoff = reach.cutoff(now);
            let is_younger = |time: Instant| cutoff.map_or_else(|| reach.passes(time) > now, |cutoff| time > cutoff);
            (0..len).rev().take_while(|index| is_younger(time_of(*index))).count()
        };
        let by_rule = |rule: &Rule| match rule {
            Rule::Newest { count, delay: None } => *count,
            Rule::Newest { count, delay: Some(delay) } => count.saturating_add(younger(delay)),
            Rule::Within(reach) => {
                let oldest_inside = len == 0 || reach.passes(time_of(0)) > now;
                if oldest_inside { len } else { younger(reach) }
            }
            Rule::All => len,
        };
        self.rules.iter().map(by_rule).max().unwrap_or(0).min(len)
    }

    /// For lists that keep a newest part by count alone: the longest any reader needs, or nothing when time or
    /// everything matters.
    pub fn newest_only(&self) -> Option<usize> {
        let count = |rule: &Rule| match rule {
            Rule::Newest { count, delay: None } => Some(*count),
            Rule::Newest { delay: Some(_), .. } | Rule::Within(_) | Rule::All => None,
        };
        self.rules.iter().map(count).try_fold(0, |most, count| Some(most.max(count?)))
    }

    /// Whether a list kept by these rules holds all that one by the other rules would.
    pub fn covers(&self, other: &Self) -> bool {
        other.rules.iter().all(|needed| self.rules.iter().any(|kept| kept.covers(needed)))
    }

    /// The rules, for `check --explain-cost`.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}
