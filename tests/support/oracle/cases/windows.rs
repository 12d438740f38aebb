//! Windows: which events lie inside, and when they cease to.

use crate::definition::Relation::{AtLeast, Equal};
use crate::definition::Side::{First, Last};

use super::{at, check, event};
use crate::build::{after, compare, count, last, lately, life, number, of, stretch};

#[test]
fn an_event_is_inside_from_its_time_until_just_before_the_window_has_passed() {
    let once = compare(count(of(["purchase"]), lately(5, 0)), AtLeast, number(1));
    check("t <= now < t + W", once.clone(), &[event("purchase", 10)], "+10e -15t");
    check("a second event prolongs", once, &[event("purchase", 10), event("purchase", 14)], "+10e -19t");
    let twice = compare(count(of(["purchase"]), lately(10, 0)), AtLeast, number(2));
    check("the older one leaves first", twice, &[event("purchase", 10), event("purchase", 14)], "+14e -20t");
    let none = compare(count(of(["purchase"]), lately(5, 0)), Equal, number(0));
    check("an empty window is entered by time", none, &[event("purchase", 10)], "+15t");
}

#[test]
fn a_window_that_ends_in_the_past() {
    let condition = compare(count(of(["purchase"]), lately(10, 4)), AtLeast, number(1));
    check("t + D2 <= now < t + D1", condition, &[event("purchase", 10)], "+14t -20t");
}

#[test]
fn a_window_between_instants() {
    let from = compare(count(of(["purchase"]), stretch(at(20), None)), AtLeast, number(1));
    check("`since` includes its instant", from, &[event("purchase", 19), event("purchase", 20)], "+20e");
    let events = [event("purchase", 19), event("purchase", 20), event("purchase", 29), event("purchase", 30)];
    let two = compare(count(of(["purchase"]), stretch(at(20), Some(at(30)))), Equal, number(2));
    check("first included, second not", two, &events, "+29e");
}

#[test]
fn a_window_opened_by_an_event() {
    let condition = compare(count(of(["purchase"]), after(Last, of(["cart_add"]), life())), Equal, number(0));
    let events = [event("purchase", 5), event("cart_add", 10), event("purchase", 12), event("cart_add", 20)];
    check("the whole life before it happened, then what is after it", condition, &events, "+10e -12e +20e");

    let itself = compare(count(of(["page_view"]), after(Last, of(["page_view"]), life())), Equal, number(0));
    check("the event itself is outside", itself, &[event("page_view", 10), event("page_view", 20)], "+10e");

    let more = compare(count(of(["page_view"]), after(First, of(["page_view"]), life())), AtLeast, number(1));
    check("`since first`", more, &[event("page_view", 10), event("page_view", 20)], "+20e");
}

#[test]
fn an_opening_event_that_leaves_its_own_window() {
    let opened = after(Last, of(["cart_add"]), lately(5, 0));
    let condition = compare(count(of(["purchase"]), opened), AtLeast, number(1));
    check(
        "then the window is the whole life again",
        condition,
        &[event("purchase", 8), event("cart_add", 10)],
        "+8e -10e +15t",
    );
}

#[test]
fn an_opening_event_of_the_same_instant() {
    // `cart_add` ranks before `purchase`, and `page_view` before `cart_add`.
    let bought = compare(count(of(["purchase"]), after(Last, of(["cart_add"]), life())), AtLeast, number(1));
    check("after in the order of events", bought, &[event("purchase", 10), event("cart_add", 10)], "+10e");
    let viewed = compare(count(of(["page_view"]), after(Last, of(["cart_add"]), life())), AtLeast, number(1));
    check("before in the order of events", viewed, &[event("page_view", 10), event("cart_add", 10)], "");
}

#[test]
fn a_moment_in_a_window() {
    let condition = crate::build::exists(last(of(["purchase"]), lately(5, 0)));
    check("`last(E, W)` is none when W is empty", condition, &[event("purchase", 10)], "+10e -15t");
}
