//! What time alone decides: `since`, `until`, arithmetic with durations, calendars.

use crate::definition::Relation::{AtLeast, AtMost, Equal, Greater, Less};
use crate::definition::{Expression, Type, Window};
use spicchio_core::timer::{Date, Instant, Length, Zone};

use super::{at, check, check_at_once, event};
use crate::build::{
    add, calendar, column, compare, count, date, date_of, definitions, divide, fixed, instant, last, last_of, lately,
    life, minus, negate, number, of, profile, segment, since, start_of, times, until, when,
};
use crate::drive::Course;
use crate::given::GivenEvent;
use crate::oracle::timeline;

#[test]
fn since_the_last() {
    let quiet = |relation| compare(since(last(of(["purchase"]), life())), relation, fixed(5));
    let events = [event("purchase", 10), event("purchase", 13), event("purchase", 30)];
    check("at least: from the instant itself", quiet(AtLeast), &events, "+18t -30e +35t");
    check("more: from one millisecond later", quiet(Greater), &events, "+19t -30e +36t");
    check("equal: for one millisecond", quiet(Equal), &[event("purchase", 10)], "+15t -16t");
    check("less: until then", quiet(Less), &[event("purchase", 10)], "+10e -15t");
    check("never is not long ago", quiet(AtLeast), &[event("page_view", 10)], "");
}

#[test]
fn until_an_instant() {
    let soon = |relation, millis| compare(until(instant(at(30))), relation, fixed(millis));
    check("in five", soon(AtMost, 5), &[event("page_view", 10)], "+25t");
    check("less than nothing left", soon(Less, 0), &[event("page_view", 10)], "+31t");
    let past = compare(until(instant(at(30))), AtMost, negate(fixed(4)));
    check("a past instant is negative", past, &[event("page_view", 10)], "+34t");
}

#[test]
fn durations_divide_exactly() {
    let since_last = || since(last(of(["purchase"]), life()));
    let doubled = compare(times(since_last(), number(2)), AtLeast, fixed(5));
    check("2.5 ms are reached at 3", doubled, &[event("purchase", 10)], "+13t");
    let divided = compare(since_last(), AtLeast, divide(fixed(10), number(4)));
    check("a fraction of a millisecond stays one", divided, &[event("purchase", 10)], "+13t");
    let ratio = compare(divide(since_last(), fixed(3)), Greater, number(2));
    check("duration by duration is a number", ratio, &[event("purchase", 10)], "+17t");
}

#[test]
fn instants_and_durations() {
    let gap = compare(minus(last(of(["purchase"]), life()), last(of(["cart_add"]), life())), AtLeast, fixed(7));
    check("instant less instant", gap, &[event("cart_add", 10), event("purchase", 16), event("purchase", 17)], "+17e");
    let shifted = compare(since(add(last(of(["purchase"]), life()), fixed(4))), AtLeast, fixed(0));
    check("instant plus duration", shifted, &[event("purchase", 10)], "+14t");
}

#[test]
fn a_threshold_that_depends_on_the_customer() {
    let regular = compare(count(of(["purchase"]), lately(20, 0)), AtLeast, number(1));
    let wait = when(regular, fixed(12), fixed(4));
    let condition = compare(since(last(of(["cart_add"]), life())), AtLeast, wait);
    check("four without a purchase", condition.clone(), &[event("cart_add", 10)], "+14t");
    check("twelve with one", condition.clone(), &[event("purchase", 9), event("cart_add", 10)], "+22t");
    check("four again once it has left", condition, &[event("purchase", 9), event("cart_add", 20)], "+29t");
}

#[test]
fn the_day_of_an_instant() {
    // The start is in the middle of day 20458 after 1970-01-01.
    let on = |day| compare(date_of(last(of(["purchase"]), life())), Equal, date(Date::from_days(day)));
    check_at_once("its day in the zone", on(20_458), &[event("purchase", 0)], true);
    check_at_once("not the day after", on(20_459), &[event("purchase", 0)], false);
    // The first moment of the day after is fourteen hours away.
    let tomorrow = start_of(profile("birthday", Type::Date));
    let condition = compare(until(tomorrow), Equal, fixed(14 * 3_600_000));
    check("a date is its first moment", condition, &[event("profile", 0).with("birthday", "2026-01-06")], "+0e -1t");
    let departure = last_of(column(of(["booking"]), "departure", Type::Instant), life());
    let condition = compare(since(departure), AtLeast, fixed(0));
    let booking = event("booking", 10).with("departure", "2026-01-05T10:00:00.020Z");
    check("an instant property comes", condition, &[booking], "+20t");
}

/// 1 ms after each day or hour is looked at as well, so `>` is told from `>=`.
fn lines(zone: &Zone, condition: Expression, event: GivenEvent, tick_minutes: i64, until: &str) -> Vec<String> {
    let course = Course {
        definitions: definitions(vec![segment("s", condition, zone.clone())]),
        events: vec![event],
        until: Instant::parse(until).expect("an instant"),
        forget_after: None,
        tick_millis: tick_minutes * 60_000,
    };
    timeline(&course).lines.iter().map(|line| format!("{:?} {}", line.change, line.at)).collect()
}

fn purchase(time: &str) -> GivenEvent {
    crate::build::event("purchase", Instant::parse(time).expect("an instant"))
}

#[test]
fn months_end_with_the_month() {
    let month = compare(since(last(of(["purchase"]), life())), AtLeast, calendar(1));
    let found = lines(&Zone::UTC, month, purchase("2026-01-31T00:00:00Z"), 24 * 60, "2026-04-01T00:00:00Z");
    assert_eq!(found, ["Entered 2026-02-28T00:00:00.000Z"]);

    let soon = compare(until(last(of(["purchase"]), life())), AtMost, negate(fixed(86_400_000)));
    let found = lines(&Zone::UTC, soon, purchase("2026-01-31T00:00:00Z"), 24 * 60, "2026-02-10T00:00:00Z");
    assert_eq!(found, ["Entered 2026-02-01T00:00:00.000Z"]);

    let march = instant(Instant::parse("2026-03-31T00:00:00Z").expect("an instant"));
    let near = compare(until(march), AtMost, calendar(1));
    let found = lines(&Zone::UTC, near, purchase("2026-01-31T00:00:00Z"), 24 * 60, "2026-04-10T00:00:00Z");
    assert_eq!(found, ["Entered 2026-02-28T00:00:00.000Z"]);
}

#[test]
fn a_calendar_window_follows_the_clocks_on_the_wall() {
    let rome = Zone::named("Europe/Rome").expect("a zone");
    let window = |months| Window::Last { from: Length::new(months, 0), to: Length::default() };
    let condition = |months| compare(count(of(["purchase"]), window(months)), AtLeast, number(1));
    // 12:00 in Rome is 11:00Z in winter and 10:00Z in summer.
    let found = lines(&rome, condition(1), purchase("2026-03-15T11:00:00Z"), 60, "2026-04-20T00:00:00Z");
    assert_eq!(found, ["Entered 2026-03-15T11:00:00.000Z", "Exited 2026-04-15T10:00:00.000Z"]);
    // 02:30 on 29 March does not exist in Rome: the first instant after the gap is 03:00 there, 01:00Z.
    let found = lines(&rome, condition(2), purchase("2026-01-29T01:30:00Z"), 30, "2026-04-20T00:00:00Z");
    assert_eq!(found, ["Entered 2026-01-29T01:30:00.000Z", "Exited 2026-03-29T01:00:00.000Z"]);
    // 02:30 on 25 October comes twice: the earlier is in summer time, 00:30Z.
    let found = lines(&rome, condition(1), purchase("2026-09-25T00:30:00Z"), 30, "2026-11-20T00:00:00Z");
    assert_eq!(found, ["Entered 2026-09-25T00:30:00.000Z", "Exited 2026-10-25T00:30:00.000Z"]);
}

#[test]
fn a_calendar_length_in_a_branch() {
    let regular = compare(count(of(["purchase"]), life()), AtLeast, number(2));
    let condition = compare(since(last(of(["purchase"]), life())), Greater, when(regular, fixed(0), calendar(1)));
    let found = lines(&Zone::UTC, condition, purchase("2026-01-10T00:00:00Z"), 24 * 60, "2026-03-01T00:00:00Z");
    assert_eq!(found, ["Entered 2026-02-10T00:00:00.001Z"]);
}
