//! The calendar on the wall: periods, birthdays, clocks.

use spicchio_core::timer::{Instant, Zone};

use crate::build::{
    age, anniversary, calendar, clock, compare, count, days_until, definitions, during, fixed, held, last, lies_in,
    life, number, of, period, profile, segment, until,
};
use crate::definition::Relation::{AtLeast, AtMost, Equal};
use crate::definition::{Clock, Expression, Span, Type};
use crate::drive::{Change, Course};
use crate::given::GivenEvent;
use crate::oracle::timeline;

fn at(time: &str) -> Instant {
    Instant::parse(time).expect("an instant")
}

fn seen(kind: &str, time: &str) -> GivenEvent {
    crate::build::event(kind, at(time))
}

/// In Rome, looked at every half hour: when it is entered and left.
#[track_caller]
fn check(rule: &str, condition: Expression, events: &[GivenEvent], until: &str, expected: &[&str]) {
    let rome = Zone::named("Europe/Rome").expect("a zone");
    let course = Course {
        definitions: definitions(vec![segment("s", condition, rome)]),
        events: events.to_vec(),
        until: at(until),
        forget_after: None,
        tick_millis: 30 * 60_000,
    };
    let sign = |change: &Change| if *change == Change::Entered { '+' } else { '-' };
    let lines = timeline(&course).lines;
    let lines = lines.iter().map(|line| format!("{}{}", sign(&line.change), line.at));
    let lines = lines.map(|line| line.replace(":00.000Z", "Z")).collect::<Vec<_>>();
    assert_eq!(lines, expected, "{rule}");
}

#[test]
fn windows_of_the_calendar() {
    let once = |span, offset| compare(count(of(["purchase"]), during(span, offset)), AtLeast, number(1));
    // 2026-01-28 is a Wednesday; midnight in Rome is 23:00Z in winter.
    let bought = [seen("purchase", "2026-01-28T10:00:00Z")];
    let check = |rule, condition, expected: &[&str]| check(rule, condition, &bought, "2026-03-31T22:00:00Z", expected);
    check("today", once(Span::Day, 0), &["+2026-01-28T10:00Z", "-2026-01-28T23:00Z"]);
    check("yesterday", once(Span::Day, -1), &["+2026-01-28T23:00Z", "-2026-01-29T23:00Z"]);
    check("this week, from Monday", once(Span::Week, 0), &["+2026-01-28T10:00Z", "-2026-02-01T23:00Z"]);
    check("last week", once(Span::Week, -1), &["+2026-02-01T23:00Z", "-2026-02-08T23:00Z"]);
    check("this month", once(Span::Month, 0), &["+2026-01-28T10:00Z", "-2026-01-31T23:00Z"]);
    check("last month", once(Span::Month, -1), &["+2026-01-31T23:00Z", "-2026-02-28T23:00Z"]);
    check("this year", once(Span::Year, 0), &["+2026-01-28T10:00Z"]);
    check("last year", once(Span::Year, -1), &[]);
}

#[test]
fn an_instant_in_a_period() {
    let moment = || last(of(["purchase"]), life());
    let bought = [seen("purchase", "2026-03-27T10:00:00Z")];
    let check = |rule, period, expected: &[&str]| {
        check(rule, lies_in(moment(), period), &bought, "2026-05-02T00:00:00Z", expected);
    };
    check("last month ends with this one", period(Span::Month, -1), &["+2026-03-31T22:00Z", "-2026-04-30T22:00Z"]);
    check("the clocks change on Sunday the 29th", period(Span::Week, 0), &["+2026-03-27T10:00Z", "-2026-03-29T22:00Z"]);
    let trip = |time: &str| [seen("profile", "2026-03-27T10:00:00Z").with("member_since", time)];
    let about = |period| lies_in(profile("member_since", Type::Instant), period);
    let ahead = |rule, period, expected: &[&str]| {
        let events = trip("2026-04-02T08:00:00Z");
        super::wall::check(rule, about(period), &events, "2026-04-09T00:00:00Z", expected);
    };
    ahead("tomorrow", period(Span::Day, 1), &["+2026-03-31T22:00Z", "-2026-04-01T22:00Z"]);
    ahead("next week", period(Span::Week, 1), &["+2026-03-27T10:00Z", "-2026-03-29T22:00Z"]);
    ahead("next month", period(Span::Month, 1), &["+2026-03-27T10:00Z", "-2026-03-31T22:00Z"]);
    ahead("next year", period(Span::Year, 1), &[]);
}

#[test]
fn ages_and_birthdays() {
    let born = || profile("born", Type::Date);
    let of_age = |years| compare(age(born()), AtLeast, number(years));
    let child = |day: &str| [seen("profile", "2026-02-26T10:00:00Z").with("born", day)];
    let check =
        |rule, condition, day, expected: &[&str]| check(rule, condition, &child(day), "2026-03-04T00:00:00Z", expected);
    check("on the first moment of the day", of_age(18), "2008-03-02", &["+2026-03-01T23:00Z"]);
    check("29 February comes on the 28th", of_age(18), "2008-02-29", &["+2026-02-27T23:00Z"]);
    check("before birth it is negative", of_age(0), "2026-03-02", &["+2026-03-01T23:00Z"]);
    let soon = || compare(until(anniversary(born())), AtMost, fixed(2 * 86_400_000));
    check(
        "from two days before to the end of the day",
        soon(),
        "1990-03-01",
        &["+2026-02-26T23:00Z", "-2026-03-01T23:00Z"],
    );
    check("the day of birth is no return", soon(), "2026-03-01", &[]);
    let today = lies_in(anniversary(born()), period(Span::Day, 0));
    check("all day long", today, "1990-03-01", &["+2026-02-28T23:00Z", "-2026-03-01T23:00Z"]);
}

#[test]
fn days_and_clocks() {
    let events = [seen("profile", "2026-03-27T10:00:00Z").with("member_since", "2026-03-30T06:00:00Z")];
    let check = |rule, condition, expected: &[&str]| check(rule, condition, &events, "2026-03-31T12:00:00Z", expected);
    let days = |many| compare(days_until(profile("member_since", Type::Instant)), Equal, number(many));
    check("calendar days, however long", days(1), &["+2026-03-28T23:00Z", "-2026-03-29T22:00Z"]);
    check("negative afterwards", days(-1), &["+2026-03-30T22:00Z"]);
    let shows = |dial, number: i64| compare(clock(dial), Equal, crate::build::number(number));
    check("Sunday is 7", shows(Clock::Weekday, 7), &["+2026-03-28T23:00Z", "-2026-03-29T22:00Z"]);
    check("the day of the month", shows(Clock::DayOfMonth, 30), &["+2026-03-29T22:00Z", "-2026-03-30T22:00Z"]);
    check(
        "an hour that the clocks skip",
        shows(Clock::Hour, 2),
        &[
            "+2026-03-28T01:00Z",
            "-2026-03-28T02:00Z",
            "+2026-03-30T00:00Z",
            "-2026-03-30T01:00Z",
            "+2026-03-31T00:00Z",
            "-2026-03-31T01:00Z",
        ],
    );
}

#[test]
fn how_long_a_trait_was_held() {
    let long = |length| compare(held("city", Type::Text), AtLeast, length);
    let lives = |time: &str, city: &str| seen("profile", time).with("city", city);
    let events = [lives("2026-01-30T10:00:00Z", "Rome"), lives("2026-02-03T10:00:00Z", "Rome")];
    check(
        "saying it again starts nothing anew",
        long(fixed(5 * 86_400_000)),
        &events,
        "2026-02-06T00:00:00Z",
        &["+2026-02-04T10:00Z"],
    );
    check("a calendar length", long(calendar(1)), &events, "2026-03-02T00:00:00Z", &["+2026-02-28T10:00Z"]);
    let moved = [
        lives("2026-01-30T10:00:00Z", "Rome"),
        lives("2026-02-03T10:00:00Z", "Bari"),
        lives("2026-02-04T10:00:00Z", "Rome"),
    ];
    let days = |many: i64| long(fixed(many * 86_400_000));
    check(
        "an old value is new when it returns",
        days(3),
        &moved,
        "2026-02-08T00:00:00Z",
        &["+2026-02-02T10:00Z", "-2026-02-03T10:00Z", "+2026-02-07T10:00Z"],
    );
    let removed = [
        lives("2026-01-30T10:00:00Z", "Rome"),
        seen("profile", "2026-02-01T10:00:00Z").with("city", crate::given::Json::Null),
    ];
    check(
        "nothing is held when it is removed",
        days(1),
        &removed,
        "2026-02-04T00:00:00Z",
        &["+2026-01-31T10:00Z", "-2026-02-01T10:00Z"],
    );
}
