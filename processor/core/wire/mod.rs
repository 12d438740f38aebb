//! How it is written down: the only serialisable types of what is published or stored.

mod control_word;
mod transition;

pub use control_word::{Announced, ControlWord, NotAControlWord, Torn, agreed};
pub use transition::{Headers, membership_key, membership_value, transition_headers, transition_value};
