//! Typed conditions and events by hand, about as short as their text.
//!
//! Every function makes what the front end would make of the text in its comment. Not here: checking; an ill-typed
//! condition is the caller's mistake.

mod event;
mod expression;
mod form;
mod parts;
mod segment;

pub use event::event;
pub use expression::{
    add, all, any_of, between, boolean, calendar, compare, contains, date, date_of, divide, ends_with, exists, fixed,
    instant, is_in, lower, minus, missing, negate, not, not_in, number, profile, property, since, start_of,
    starts_with, text, times, until, when,
};
pub use form::{
    after, any, average, column, count, days, distinct, filtered, first, first_of, for_some, last, last_of, lately,
    life, maximum, minimum, of, path, sequence, stretch, sum,
};
pub use parts::{forms, moves, reads};
pub use segment::{definitions, segment};
