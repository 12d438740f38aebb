//! Transitions and memberships as consumers see them.

use compact_str::CompactString;

use crate::transition::Transition;

/// Header names and values of a record.
pub type Headers = Vec<(&'static str, CompactString)>;

/// The CloudEvents attributes and the headers a consumer filters by. `id` is group/partition/batch/index, `source` the deployment.
pub fn transition_headers(_transition: &Transition, _id: &str, _source: &str) -> Headers {
    Vec::new()
}

/// The JSON value of a record of the transitions topic, at most `bytes_max` long: lists are cut, with how many more.
pub fn transition_value(_transition: &Transition, _bytes_max: usize) -> Vec<u8> {
    Vec::new()
}

/// The key of a record of the memberships topic: customer, unit separator, segment.
pub fn membership_key(transition: &Transition) -> String {
    format!("{}\u{1f}{}", transition.customer, transition.segment)
}

/// The value of a record of the memberships topic after this transition: a JSON object with `at` and `since` on entry, nothing (a tombstone) on exit.
pub fn membership_value(_transition: &Transition) -> Option<Vec<u8>> {
    None
}
