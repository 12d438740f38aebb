//! How it is written down: the only serialisable types of what is published or stored.

mod transition;

pub use transition::{Headers, membership_key, membership_value, transition_headers, transition_value};
