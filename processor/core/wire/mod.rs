//! How it is written down: the only serialisable types of what is published or stored.

mod base64;
mod control_word;
mod dead_letter;
mod explanation;
mod membership;
pub mod row;
mod transition;
mod value;

pub use control_word::{Announced, ControlWord, NotAControlWord, Torn, agreed};
pub use dead_letter::{DeadLetter, Origin, dead_letter};
pub use membership::{Announcement, customer_and_segment, membership_key, membership_value, read_membership_key};
pub use transition::{Headers, transition_headers, transition_value};
pub use value::{JsonValue, JsonValues};
