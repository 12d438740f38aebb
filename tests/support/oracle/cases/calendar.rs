//! The calendar of now: periods, birthdays, days to come, in Rome through the change to summer time.

use spicchio_core::timer::{Instant, Zone};

use crate::build::{
    age, anniversary, clock, compare, count, days_until, definitions, during, number, of, profile, segment,
};
use crate::definition::Relation::{AtLeast, Equal};
use crate::definition::{Clock, Expression, Span, Type};
use crate::drive::Course;
use crate::given::GivenEvent;
use crate::oracle::timeline;

fn event(kind: &str, time: &str) -> GivenEvent {
    crate::build::event(kind, Instant::parse(time).expect("an instant"))
}

/// One condition about one event, looked at every half hour.
fn lines(condition: Expression, event: GivenEvent, until: &str) -> Vec<String> {
    let rome = Zone::named("Europe/Rome").expect("a zone");
    let course = Course {
        definitions: definitions(vec![segment("s", condition, rome)]),
        events: vec![event],
        until: Instant::parse(until).expect("an instant"),
        forget_after: None,
        tick_millis: 1_800_000,
    };
    timeline(&course).lines.iter().map(|line| format!("{:?} {}", line.change, line.at)).collect()
}

#[test]
fn windows_that_are_periods() {
    let within = |span, offset| compare(count(of(["purchase"]), during(span, offset)), AtLeast, number(1));
    // 29 March is a Sunday of 23 hours.
    let purchase = || event("purchase", "2026-03-29T08:00:00Z");
    for (span, offset, expected) in [
        (Span::Day, 0, ["Entered 2026-03-29T08:00:00.000Z", "Exited 2026-03-29T22:00:00.000Z"]),
        (Span::Day, -1, ["Entered 2026-03-29T22:00:00.000Z", "Exited 2026-03-30T22:00:00.000Z"]),
        (Span::Week, 0, ["Entered 2026-03-29T08:00:00.000Z", "Exited 2026-03-29T22:00:00.000Z"]),
        (Span::Week, -1, ["Entered 2026-03-29T22:00:00.000Z", "Exited 2026-04-05T22:00:00.000Z"]),
        (Span::Month, 0, ["Entered 2026-03-29T08:00:00.000Z", "Exited 2026-03-31T22:00:00.000Z"]),
    ] {
        assert_eq!(lines(within(span, offset), purchase(), "2026-04-20T00:00:00Z"), expected, "{span:?} {offset}");
    }
}

#[test]
fn birthdays() {
    let birthday = || profile("birthday", Type::Date);
    let born = || event("profile", "2026-02-27T10:00:00Z").with("birthday", "2008-02-29");
    let adult = compare(age(birthday()), AtLeast, number(18));
    assert_eq!(lines(adult, born(), "2026-03-05T00:00:00Z"), ["Entered 2026-02-27T23:00:00.000Z"]);
    let today = compare(days_until(anniversary(birthday())), Equal, number(0));
    assert_eq!(
        lines(today, born(), "2026-03-05T00:00:00Z"),
        ["Entered 2026-02-27T23:00:00.000Z", "Exited 2026-02-28T23:00:00.000Z"]
    );
}

#[test]
fn the_clock_on_the_wall() {
    let two = compare(clock(Clock::Hour), Equal, number(2));
    // There is no hour two on 29 March.
    assert_eq!(
        lines(two, event("purchase", "2026-03-28T08:00:00Z"), "2026-03-30T12:00:00Z"),
        ["Entered 2026-03-30T00:00:00.000Z", "Exited 2026-03-30T01:00:00.000Z"]
    );
    let monday = compare(clock(Clock::Weekday), Equal, number(1));
    assert_eq!(
        lines(monday, event("purchase", "2026-03-28T08:00:00Z"), "2026-04-03T12:00:00Z"),
        ["Entered 2026-03-29T22:00:00.000Z", "Exited 2026-03-30T22:00:00.000Z"]
    );
}
