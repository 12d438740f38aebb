//! Reading: who exists, what is late, what counts once, who is forgotten, where it ends.

use crate::definition::Relation::{AtLeast, Equal};

use super::{at, check, check_course, course, event, forgetting};
use crate::build::{any, compare, count, lately, life, number, of, since};
use crate::drive::Course;

fn never_bought() -> crate::definition::Expression {
    compare(count(of(["purchase"]), life()), Equal, number(0))
}

fn bought_within(window: i64) -> crate::definition::Expression {
    compare(count(of(["purchase"]), lately(window, 0)), AtLeast, number(1))
}

#[test]
fn customers_exist_from_their_first_event() {
    check("any event will do", never_bought(), &[event("page_view", 10), event("purchase", 20)], "+10e -20e");
    check("a profile record, too", never_bought(), &[event("profile", 10)], "+10e");
    check("and an undeclared type", never_bought(), &[event("mystery", 10)], "+10e");
    let events = [event("page_view", 10), event("page_view", 12).by("a"), event("purchase", 12)];
    check("each on its own, at one instant by name", never_bought(), &events, "+10e a+12e -12e");
}

#[test]
fn a_late_event_counts_at_its_own_time() {
    let late = [event("page_view", 20).by("a"), event("purchase", 12)];
    check("entered when it is read, left by its own time", bought_within(10), &late, "+20l -22t");
    check("too old to change anything", bought_within(5), &late, "");
    let events = [event("page_view", 10), event("page_view", 30).by("a"), event("purchase", 12)];
    check("what was announced is taken back once", never_bought(), &events, "+10e a+30e -30l");
    let other = [event("page_view", 30).by("a"), event("page_view", 10)];
    check("a customer may begin late", never_bought(), &other, "a+30e +30l");
    let quiet = compare(since(crate::build::last(of(["purchase"]), life())), AtLeast, crate::build::fixed(10));
    let events = [event("purchase", 10), event("page_view", 25).by("a"), event("purchase", 18)];
    check("the past is not announced again", quiet, &events, "+20t -25l +28t");
}

#[test]
fn late_and_due_at_one_instant() {
    let bought = bought_within(10);
    let events = [event("purchase", 10), event("page_view", 20).by("a"), event("page_view", 15)];
    check("either may be the cause", bought, &events, "+10e -20b");
    let events = [event("page_view", 20), event("purchase", 15), event("purchase", 20)];
    let twice = compare(count(of(["purchase"]), lately(10, 0)), AtLeast, number(2));
    check("late and of that instant", twice, &events, "+20m -25t");
}

#[test]
fn one_instant_is_one_decision() {
    let once = compare(count(of(["purchase"]), life()), Equal, number(1));
    check("what is undone at once is not announced", once, &[event("purchase", 10), event("purchase", 10)], "");
    let events = [event("purchase", 10), event("purchase", 15)];
    check("an event meets what is due", bought_within(5), &events, "+10e -20t");
}

#[test]
fn a_repeated_id_counts_once() {
    let twice = || compare(count(of(["purchase"]), life()), AtLeast, number(2));
    let same = [event("purchase", 10).called("x"), event("purchase", 10).called("x")];
    check("by id", twice(), &same, "");
    let moved = [event("purchase", 10).called("x"), event("purchase", 12).called("x"), event("purchase", 14)];
    check("the first one read", twice(), &moved, "+14e");
    let bare = [event("purchase", 10), event("purchase", 10)];
    check("without id each is its own", twice(), &bare, "+10e");
    let others = [event("purchase", 10).called("x"), event("purchase", 10).called("x").by("a"), event("purchase", 11)];
    check("of one customer", twice(), &others, "+11e");
}

#[test]
fn the_oldest_customers_are_forgotten() {
    let any_event = || compare(count(any(), life()), AtLeast, number(1));
    let one = || compare(count(any(), life()), Equal, number(1));
    check_course("exactly then", &forgetting(20, any_event(), &[event("page_view", 10)]), "+10e -30f");
    let again = [event("page_view", 10), event("page_view", 40)];
    check_course("a later event starts a new life", &forgetting(20, one(), &again), "+10e -30f +40e -60f");
    let kept = [event("page_view", 10), event("page_view", 30)];
    check_course("an event of that instant keeps it", &forgetting(20, one(), &kept), "+10e -30e");
    let late = [event("page_view", 10), event("page_view", 40).by("a"), event("page_view", 15)];
    check_course("an older one revives nobody", &forgetting(20, one(), &late), "+10e -30f a+40e a-60f");
    let late = [event("page_view", 10), event("page_view", 40).by("a"), event("page_view", 25)];
    check_course("a late one may", &forgetting(20, one(), &late), "+10e -30f a+40e +40l -45f a-60f");
}

#[test]
fn the_end_is_included() {
    let until = |millis| Course { until: at(millis), ..course(bought_within(5), &[event("purchase", 10)]) };
    check_course("due at the end", &until(15), "+10e -15t");
    check_course("due after it", &until(14), "+10e");
    check_course("never before the last event", &until(0), "+10e");
}
