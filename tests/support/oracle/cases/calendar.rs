//! The calendar of now: periods, birthdays, days to come, in Rome through the change to summer time.

use spicchio_core::segment::Relation::{AtLeast, Equal};
use spicchio_core::segment::{Expression, Term, Type, Window};
use spicchio_core::timer::{Dial, Instant, Period, Unit, Zone};

use crate::build::{compare, count, definitions, number, of, profile, segment};
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

fn number_of(term: Term) -> Expression {
    Expression { term, ty: Type::Number }
}

#[test]
fn windows_that_are_periods() {
    let within =
        |unit, offset| compare(count(of(["purchase"]), Window::Period(Period { unit, offset })), AtLeast, number(1));
    // 29 March is a Sunday of 23 hours.
    let purchase = || event("purchase", "2026-03-29T08:00:00Z");
    for (unit, offset, expected) in [
        (Unit::Day, 0, ["Entered 2026-03-29T08:00:00.000Z", "Exited 2026-03-29T22:00:00.000Z"]),
        (Unit::Day, -1, ["Entered 2026-03-29T22:00:00.000Z", "Exited 2026-03-30T22:00:00.000Z"]),
        (Unit::Week, 0, ["Entered 2026-03-29T08:00:00.000Z", "Exited 2026-03-29T22:00:00.000Z"]),
        (Unit::Week, -1, ["Entered 2026-03-29T22:00:00.000Z", "Exited 2026-04-05T22:00:00.000Z"]),
        (Unit::Month, 0, ["Entered 2026-03-29T08:00:00.000Z", "Exited 2026-03-31T22:00:00.000Z"]),
    ] {
        assert_eq!(lines(within(unit, offset), purchase(), "2026-04-20T00:00:00Z"), expected, "{unit:?} {offset}");
    }
}

#[test]
fn birthdays() {
    let birthday = || Box::new(profile("birthday", Type::Date));
    let born = || event("profile", "2026-02-27T10:00:00Z").with("birthday", "2008-02-29");
    let adult = compare(number_of(Term::Age(birthday())), AtLeast, number(18));
    assert_eq!(lines(adult, born(), "2026-03-05T00:00:00Z"), ["Entered 2026-02-27T23:00:00.000Z"]);
    let day = Expression { term: Term::Anniversary(birthday()), ty: Type::Instant };
    let today = compare(number_of(Term::DaysUntil(day.into())), Equal, number(0));
    assert_eq!(
        lines(today, born(), "2026-03-05T00:00:00Z"),
        ["Entered 2026-02-27T23:00:00.000Z", "Exited 2026-02-28T23:00:00.000Z"]
    );
}

#[test]
fn the_clock_on_the_wall() {
    let two = compare(number_of(Term::Clock(Dial::Hour)), Equal, number(2));
    // There is no hour two on 29 March.
    assert_eq!(
        lines(two, event("purchase", "2026-03-28T08:00:00Z"), "2026-03-30T12:00:00Z"),
        ["Entered 2026-03-30T00:00:00.000Z", "Exited 2026-03-30T01:00:00.000Z"]
    );
    let monday = compare(number_of(Term::Clock(Dial::Weekday)), Equal, number(1));
    assert_eq!(
        lines(monday, event("purchase", "2026-03-28T08:00:00Z"), "2026-04-03T12:00:00Z"),
        ["Entered 2026-03-29T22:00:00.000Z", "Exited 2026-03-30T22:00:00.000Z"]
    );
}
