//! The oracle against the language, rule by rule: every timeline here was worked out by hand from the rule it names.
//!
//! A timeline is written `+10e -15t`: customer `c` enters at 10 ms, where an event was read, and leaves at 15 ms, where
//! none was. Other customers stand before their sign. Letters: e an event of that instant, t time alone, l late events
//! alone, b late events where time alone would have done the same, m events of that instant and late ones, f forgotten.
//! A ladder moves to a stage: `other>10e`.

mod calendar;
mod logic;
mod measures;
mod nothing;
mod order;
mod orders;
mod others;
mod ranks;
mod reading;
mod restriction;
mod sessions;
mod steps;
mod time;
mod traits;
mod wall;
mod windows;

use crate::definition::Expression;
use spicchio_core::timer::{Instant, Length, Zone};
use spicchio_core::transition::Cause;

use super::timeline::{Expected, timeline};
use crate::build::{definitions, segment};
use crate::drive::{Change, Course};
use crate::given::GivenEvent;

/// 2026-01-05T10:00:00Z, a Monday.
const START: i64 = 1_767_607_200_000;

/// So many milliseconds after the start.
fn at(millis: i64) -> Instant {
    Instant::from_millis(START + millis)
}

fn event(kind: &str, millis: i64) -> GivenEvent {
    crate::build::event(kind, at(millis))
}

/// A course of one segment over 100 ms.
fn course(condition: Expression, events: &[GivenEvent]) -> Course {
    Course {
        definitions: definitions(vec![segment("s", condition, Zone::UTC)]),
        events: events.to_vec(),
        until: at(100),
        forget_after: None,
        tick_millis: 1,
    }
}

fn forgetting(millis: i64, condition: Expression, events: &[GivenEvent]) -> Course {
    Course { forget_after: Some(Length::fixed(millis)), ..course(condition, events) }
}

/// The condition over these events of 100 ms has this timeline.
#[track_caller]
fn check(rule: &str, condition: Expression, events: &[GivenEvent], expected: &str) {
    check_course(rule, &course(condition, events), expected);
}

#[track_caller]
fn check_course(rule: &str, course: &Course, expected: &str) {
    let lines = timeline(course).lines.iter().map(short).collect::<Vec<_>>().join(" ");
    assert_eq!(lines, expected, "{rule}");
}

/// Whether the condition holds when these events, all at the start, were read.
#[track_caller]
fn check_at_once(rule: &str, condition: Expression, events: &[GivenEvent], holds: bool) {
    check(rule, condition, events, if holds { "+0e" } else { "" });
}

fn short(line: &Expected) -> String {
    let customer = if line.customer == "c" { "" } else { &line.customer };
    let sign = match &line.change {
        Change::Entered => "+".to_owned(),
        Change::Exited => "-".to_owned(),
        Change::Moved { to, .. } => format!("{}>", to.as_deref().unwrap_or("null")),
    };
    let cause = match line.causes.as_slice() {
        [Cause::Time] => 't',
        [Cause::Late] => 'l',
        [Cause::Time, Cause::Late] => 'b',
        [Cause::Event, Cause::Time] => 'e',
        [Cause::Event, Cause::Time, Cause::Late] => 'm',
        [Cause::Forgotten] => 'f',
        _ => '?',
    };
    format!("{customer}{sign}{}{cause}", line.at.millis() - START)
}
