//! Who leaves by time alone, and when: a customer's standings followed into the future as the engine would decide them.

use crate::customer::{Customer, CustomerTable, Memberships, Place};
use crate::segment::Catalog;
use crate::segment::evaluate::{View, outcome};
use crate::segment::plan::Rule;
use crate::timer::{Instant, Length, Zone};

/// The most instants at which one customer is looked at; one that changes more often is followed no further, and its
/// departures say so.
pub const LOOKS_MAX: usize = 1_000;

/// An hour and a day, in milliseconds.
const AHEAD_MILLIS: [i64; 2] = [3_600_000, 86_400_000];

/// When a customer leaves what it is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Departures {
    /// The position of each segment or ladder that it leaves, with the first instant at which it does; of a ladder, at
    /// which it is in another stage.
    pub at: Vec<(usize, Instant)>,
    /// Whether the customer was followed to the end.
    pub complete: bool,
}

/// What of its memberships at `now` the customer leaves up to `until`, that instant included, if no event comes. With
/// `forget_after` it leaves everything when its newest event is that old.
pub fn leaving(
    catalog: &Catalog,
    id: &str,
    customer: &Customer,
    now: Instant,
    (until, forget_after): (Instant, Option<Length>),
) -> Departures {
    let mut standings = customer.memberships.clone();
    let inside = customer.memberships.iter().filter(|(_, place, _)| *place != Place::Outside);
    let mut staying: Vec<usize> = inside.map(|(index, ..)| index).collect();
    let forgotten = forget_after.map_or(Instant::NEVER, |after| after.after(customer.newest, &Zone::UTC));
    let mut departures = Departures { at: Vec::new(), complete: true };
    let mut at = now;
    for _ in 0..LOOKS_MAX {
        if at > until || staying.is_empty() {
            return departures;
        }
        if at >= forgotten {
            departures.at.extend(staying.drain(..).map(|index| (index, at)));
            return departures;
        }
        let view = View { now: at, ..View::of(id, customer, at) };
        let next = look(catalog, &view, &mut standings, |index| {
            if let Some(place) = staying.iter().position(|known| *known == index) {
                staying.swap_remove(place);
                departures.at.push((index, at));
            }
        });
        at = next.min(forgotten).max(at.plus(1));
    }
    departures.complete = false;
    departures
}

/// Decides everything that time can change at the view's now; the next instant at which any of it can change.
fn look(catalog: &Catalog, view: &View<'_>, standings: &mut Memberships, mut changed: impl FnMut(usize)) -> Instant {
    let mut least = Instant::NEVER;
    let all: Vec<usize> = (0..catalog.segments().len()).collect();
    for index in catalog.order().unwrap_or(&all).iter().copied().filter(|index| catalog.timed().contains(*index)) {
        let Some(segment) = catalog.segments().get(index) else { continue };
        let before = standings.standing(index);
        let mut found = outcome(&segment.rule, before, &View { memberships: standings, ..*view });
        if found.place != before.place {
            segment.stand(standings, index, found.place, view.now);
            if let Rule::Latch(_) = segment.rule {
                let after = standings.standing(index);
                found = outcome(&segment.rule, after, &View { memberships: standings, ..*view });
            }
            changed(index);
        }
        least = least.min(found.until);
    }
    least
}

/// How many customers leave soon if no event comes, by the position of the segment or ladder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Soon {
    /// Within the hour after the clock, its last millisecond included.
    pub hour: Vec<u64>,
    /// Within the day.
    pub day: Vec<u64>,
    /// Whether everybody was looked at, and followed to the end; otherwise the numbers are the least that leave.
    pub complete: bool,
}

impl Soon {
    /// The same numbers of two tables together.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        for (sums, counts) in [(&mut self.hour, &other.hour), (&mut self.day, &other.day)] {
            sums.resize(sums.len().max(counts.len()), 0);
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += *count);
        }
        self.complete &= other.complete;
        self
    }
}

/// Who leaves soon, of all customers of a table whose clock stands at `clock`. No more than `customers_max` customers
/// are followed; those for whom nothing is due within the day do not count.
pub fn soon(
    catalog: &Catalog,
    table: &CustomerTable,
    clock: Instant,
    forget_after: Option<Length>,
    customers_max: usize,
) -> Soon {
    let none = vec![0; catalog.segments().len()];
    let mut soon = Soon { hour: none.clone(), day: none, complete: true };
    let [hour, day] = AHEAD_MILLIS.map(|millis| clock.plus(millis));
    // A segment's own grace puts the deadline off, but not the change.
    let waits = catalog.segments().iter().map(|segment| segment.grace_millis).max().unwrap_or(0);
    let mut followed = 0;
    for shard in 0..=u8::MAX {
        let mut due = Vec::new();
        table.visit(shard, |id, customer| {
            if customer.deadline <= day.plus(waits) {
                due.push(id.clone());
            }
        });
        for id in due {
            if followed == customers_max {
                soon.complete = false;
                return soon;
            }
            followed += 1;
            let follow =
                |customer: &Customer| leaving(catalog, id.as_str(), customer, customer.now(clock), (day, forget_after));
            let Some(departures) = table.read(id.as_str(), follow) else { continue };
            soon.complete &= departures.complete;
            for (index, at) in departures.at {
                count(&mut soon.day, index);
                if at <= hour {
                    count(&mut soon.hour, index);
                }
            }
        }
    }
    soon
}

fn count(counts: &mut [u64], index: usize) {
    if let Some(count) = counts.get_mut(index) {
        *count += 1;
    }
}
