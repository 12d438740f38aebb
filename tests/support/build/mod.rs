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
    after, any, average, chain, column, count, days, distinct, filtered, first, first_of, for_some, last, last_of,
    lately, life, maximum, minimum, net, nth, of, path, refunded, sequence, stretch, sum, time_spent, top, values,
    visits,
};
pub use parts::{forms, heeds_refunds, moves, parts_mut, reads, selections, selections_mut, window_of, window_of_mut};
pub use segment::{definitions, segment};
