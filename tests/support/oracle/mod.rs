//! The naive oracle: what the definitions mean, computed from scratch.
//!
//! A customer is the list of everything read of it. At every tick every condition is evaluated over that whole list,
//! word for word as the language defines it: nothing is remembered between two ticks but which memberships held. It is
//! slow and has no bounds; it shares with the engine only the typed condition and the types of time and values.
//!
//! Where the language leaves a question open, this is what the oracle answers:
//!
//! - `and`, `or`, `not` and comparisons always exist: only values can be none.
//! - Arithmetic is exact throughout: `*` keeps every decimal place, a duration divided is a fraction of a millisecond,
//!   and so is an instant plus such a duration. Its day is that of the whole millisecond before.
//! - *Never* is for comparisons between two operands which are themselves `first(E)` or `last(E)`: not for the values
//!   of properties, not for `in`, not through `if`. It is those pairs, too, that are compared in the order of events,
//!   where two events of one instant differ and an event equals only itself.
//! - `a between b and c` is `a >= b and a <= c`, for such pairs as well.
//! - `until(I) <= 3mo` means `now >= I - 3mo`: a calendar length is counted from the instant, as for `since`.
//! - A day that has begun is today until the next begins; whose birthday is 29 February has it on the 28th in other
//!   years. The next yearly return stays the next all day, and the date itself is none.
//! - A calendar length in the branches of an `if` compares as if the chosen branch stood there.
//! - `lower` is that of Unicode.
//! - `first(E.p)` looks at the first event of E in the window and has that event's value or none.
//! - `since last(E)` leaves out the event itself and whatever is equal to it in the order of events.
//! - Two records without id that are the same bytes are two events, neither of which is after the other.
//! - A property that an event's type does not declare is not read, even where another type of the union declares it;
//!   the type of an event nobody declared has no properties.
//! - The candidates of `for some` come from all forms inside it, those that open a window (`since last(E)`) included.
//!   An event's values of P are read from it and from its `items`. Where its type declares P, a declared `minimum: 0`
//!   is for both; where it does not, what is there is read as what P is elsewhere.
//! - Traits are one document, merged in the order of events: an object over something else replaces it, and a value of
//!   another type than declared replaces what was there and counts as missing.
//! - A trait that is a point is one value, which another replaces as a whole. `held` counts from the profile event that
//!   set the present value: saying it again starts nothing anew, and what was missing in between does.
//! - `age` is negative before the date, and 29 February comes on the 28th where it must. `anniversary` is today's all
//!   day long; the date itself is no return.
//! - Distances are along a sphere of 6,371,008.8 m.
//! - An absence (`without`) ends at the instant at which it has run out; the step after it comes at that instant or
//!   later, and less than its `within` after it. That end is what `all within` and the window look at.
//! - The set of the values of nothing is empty and exists. A line item counts in `top` and `avg` like an event.
//! - `net` takes from each purchase the refunds of its order that are not before it: their own value of the property,
//!   or all of it where they have none; two purchases of one order are two. A refund need not be in the window.
//! - Whoever is forgotten has no `rest` left from the life before.
//! - An id is repeated for one customer of one topic; the first record read is the one that counts. It is remembered
//!   for ten minutes of the topic's newest time from then on. A duplicate moves the clock, but decides nothing.
//! - An event at exactly the instant at which its customer would be forgotten keeps the customer. A late event older
//!   than `forget_after` counts for a customer that exists, and creates none on its own.
//! - Where a late event is read at the very instant at which time alone would have changed a membership in the same
//!   way, the cause may be either.

mod calendar;
mod compare;
mod decode;
mod evaluate;
mod form;
mod history;
mod money;
mod place;
mod quantity;
mod ranking;
mod sequence;
mod sessions;
mod standing;
mod subject;
mod timeline;
mod traits;
mod truth;
mod window;

#[cfg(test)]
mod cases;

pub use subject::Oracle;
pub use timeline::{Expected, Timeline, timeline};
