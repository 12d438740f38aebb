//! Typed conditions and events by hand, about as short as their text.
//!
//! Every function makes what the front end would make of the text in its comment. Not here: checking; an ill-typed
//! condition is the caller's mistake.

mod event;
mod expression;
mod form;
mod measure;
mod parts;
mod segment;
mod value;

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
pub use measure::{during, heaviest, net, nth, nth_of, period, steps, then, time_spent, top, values, visits, without};
pub use parts::{forms, moves, reads};
pub use segment::{best, definitions, ladder, latched, segment};
pub use value::{
    age, anniversary, bucket, clock, days_until, distance, held, kilometres, lies_in, matches, member, point, refunded,
    score, some, stage,
};
