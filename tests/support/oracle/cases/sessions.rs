//! Visits and the time they take.

use super::{check, event};
use crate::build::{compare, fixed, lately, life, number, of, time_spent, visits};
use crate::definition::Relation::{AtLeast, Equal};

#[test]
fn runs_of_events_less_than_the_gap_apart() {
    let two = |window| compare(visits(of(["page_view"]), 5, window), AtLeast, number(2));
    let at = |times: &[i64]| times.iter().map(|millis| event("page_view", *millis)).collect::<Vec<_>>();
    check("the gap itself parts them", two(life()), &at(&[10, 15]), "+15e");
    check("just less does not", two(life()), &at(&[10, 14]), "");
    check("each event prolongs its visit", two(life()), &at(&[10, 14, 18, 22]), "");
    check("those in the window", two(lately(10, 0)), &at(&[10, 15]), "+15e -20t");
    check("one that leaves from between parts nothing", two(lately(8, 0)), &at(&[10, 14, 18]), "");
    let late = [event("page_view", 10), event("page_view", 18), event("page_view", 14)];
    check("a late one of one instant joins two before anybody knows", two(life()), &late, "");
    let later = [event("page_view", 10), event("page_view", 18), event("signup", 20).by("a"), event("page_view", 14)];
    check("a late one joins two", two(life()), &later, "+18e -20l");
    let one = compare(visits(of(["page_view"]), 5, lately(10, 0)), Equal, number(0));
    check("none of nothing", one, &at(&[10]), "+20t");
}

#[test]
fn from_the_first_event_to_the_last_of_each() {
    let spent = |least, window| compare(time_spent(of(["page_view"]), 5, window), AtLeast, fixed(least));
    let at = |times: &[i64]| times.iter().map(|millis| event("page_view", *millis)).collect::<Vec<_>>();
    check("summed over visits", spent(5, life()), &at(&[10, 13, 20, 22]), "+22e");
    check("a visit of one event takes no time", spent(1, life()), &at(&[10, 20, 30]), "");
    check("of what lies in the window", spent(4, lately(10, 0)), &at(&[10, 13, 14]), "+14e -20t");
    check("nothing takes no time", spent(0, life()), &[event("purchase", 10)], "+10e");
}
