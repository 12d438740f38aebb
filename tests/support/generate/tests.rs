//! Random courses are about everything: no form, operator or circumstance is left out, and much happens in them.

use std::collections::BTreeMap;

use crate::definition::{Expression, Form, Rungs, Selection, Term, Window};
use spicchio_core::transition::Cause;

use super::course;
use super::repertoire::{self, has};
use crate::build::forms;
use crate::drive::Course;
use crate::oracle::timeline;

const COURSES: u64 = 600;

/// Everything that a random condition can be made of, as its `Debug` begins.
const TERMS: [&str; 25] = [
    "Constant",
    "Length",
    "And",
    "Or",
    "Not",
    "If",
    "Compare",
    "Between",
    "In",
    "Contains",
    "StartsWith",
    "EndsWith",
    "Missing",
    "Exists",
    "Arithmetic",
    "Negate",
    "Lower",
    "DateOf",
    "StartOf",
    "Since",
    "Until",
    "Trait",
    "Property",
    "Form",
    "ForSome",
];
const FORMS: [&str; 10] =
    ["Count", "Days", "Sum", "Average", "Minimum", "Maximum", "Distinct", "Moment", "Pick", "Sequence"];
/// What can be left out, and the variants by which it is known.
const SPECIAL: [(&str, &[&str]); 24] = [
    ("nth", &["ordinal"]),
    ("values", &["Values"]),
    ("top", &["Top"]),
    ("steps", &["absence", "all within"]),
    ("visits", &["Visits"]),
    ("time_spent", &["TimeSpent"]),
    ("net", &["Net"]),
    ("refunded", &["Refunded"]),
    ("items", &["line items"]),
    ("some", &["SomeItem"]),
    ("matches", &["Matches"]),
    ("bucket", &["Bucket"]),
    ("clock", &["Clock"]),
    ("age", &["Age"]),
    ("days_until", &["DaysUntil"]),
    ("anniversary", &["Anniversary"]),
    ("period", &["During"]),
    ("calendar_window", &["named window"]),
    ("distance", &["Distance"]),
    ("held", &["Held"]),
    ("member", &["Member"]),
    ("ladder", &["Stage", "first of a ladder", "best of a ladder"]),
    ("score", &["Score"]),
    ("latch", &["latch"]),
];
const WINDOWS: [&str; 4] = ["Life", "Last", "Between", "After"];

/// The name of an enum's variant.
fn variant(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
}

#[derive(Default)]
struct Tally(BTreeMap<String, u64>);

impl Tally {
    fn add(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    fn of(&mut self, expression: &Expression) {
        self.add(variant(&expression.term));
        if let Term::Length(length) = &expression.term
            && length.is_calendar()
        {
            self.add("calendar length");
        }
        for part in expression.parts() {
            self.of(part);
        }
        let Term::Form(form) = &expression.term else { return };
        self.of_special(form);
        self.add(variant(form));
        self.add(variant(form.window()));
        if let Window::During(_) = form.window() {
            self.add("named window");
        }
        if let Window::Last { from, to } = form.window() {
            self.add(if from.is_calendar() { "calendar window" } else { "fixed window" });
            self.add(if to.millis() > 0 { "window in the past" } else { "window up to now" });
        }
        for events in form.selections() {
            self.add(variant(&events.selection));
            if matches!(&events.selection, Selection::Types(types) if types.len() > 1) {
                self.add("union");
            }
            if let Some(filter) = &events.filter {
                self.of(filter);
            }
        }
    }

    fn of_special(&mut self, form: &Form) {
        if matches!(form, Form::Moment(_, _, 2.., _)) {
            self.add("ordinal");
        }
        if let Form::Sequence { steps, all_within, .. } = form {
            steps.iter().filter(|step| step.is_absence).for_each(|_| self.add("absence"));
            if all_within.is_some() {
                self.add("all within");
            }
        }
        if let Form::Sum(column, _) | Form::Distinct(column, _) | Form::Top(column, _, _) = form
            && column.path[0] == "items"
        {
            self.add("line items");
        }
    }

    #[track_caller]
    fn at_least(&self, what: &str, least: u64) {
        let found = self.0.get(what).copied().unwrap_or(0);
        assert!(found >= least, "{what}: {found} times in {COURSES} courses, not {least}");
    }
}

#[test]
fn conditions_are_made_of_everything() {
    let mut tally = Tally::default();
    for definitions in (0..COURSES).map(|seed| course(seed).definitions) {
        definitions.expressions().for_each(|expression| tally.of(expression));
        definitions.segments.iter().filter_map(|segment| segment.latch.as_ref()).for_each(|_| tally.add("latch"));
        for ladder in &definitions.ladders {
            let is_first = matches!(ladder.rungs, Rungs::First(_));
            tally.add(if is_first { "first of a ladder" } else { "best of a ladder" });
        }
    }
    for what in TERMS.into_iter().chain(FORMS).chain(WINDOWS) {
        tally.at_least(what, 20);
    }
    for (form, variants) in SPECIAL {
        assert!(repertoire::FORMS.contains(&form), "{form}");
        for what in variants.iter().filter(|_| has(form)) {
            tally.at_least(what, 10);
        }
    }
    for what in ["Any", "union", "window in the past", "calendar window", "calendar length"] {
        tally.at_least(what, 20);
    }
}

#[test]
fn histories_hold_everything() {
    let mut tally = Tally::default();
    for seed in 0..COURSES {
        let course = course(seed);
        let events = &course.events;
        for (place, event) in events.iter().enumerate() {
            let before = &events[..place];
            if before.iter().any(|other| other.time > event.time) {
                tally.add("late");
            }
            if before.iter().any(|other| other.time == event.time && other.customer == event.customer) {
                tally.add("of one instant");
            }
            if event.id.is_some() && before.iter().any(|other| other.id == event.id) {
                tally.add("duplicate");
            }
            if event.id.is_none() {
                tally.add("without id");
            }
            if course.definitions.declarations.rank(&event.kind).is_none() {
                tally.add("undeclared");
            }
            tally.add(event.kind.clone());
        }
    }
    for what in ["late", "of one instant", "duplicate", "without id", "undeclared", "profile"] {
        tally.at_least(what, 100);
    }
}

#[test]
fn much_happens() {
    let mut tally = Tally::default();
    let mut segments = 0;
    for seed in 0..COURSES {
        let course = course(seed);
        let lines = timeline(&course).lines;
        for segment in &course.definitions.segments {
            segments += 1;
            if lines.iter().any(|line| line.segment == *segment.name) {
                tally.add("segment that changes");
            }
        }
        for line in &lines {
            match line.causes.as_slice() {
                [Cause::Time] => tally.add("by time alone"),
                [Cause::Late] => tally.add("by late events alone"),
                [Cause::Forgotten] => tally.add("by forgetting"),
                _ => tally.add("at an event"),
            }
            if course.tick_millis > 1 {
                tally.add("on a calendar");
            }
        }
    }
    tally.at_least("segment that changes", segments * 2 / 5);
    tally.at_least("by time alone", COURSES * 4 / 5);
    tally.at_least("by late events alone", 20);
    tally.at_least("by forgetting", 100);
    tally.at_least("on a calendar", 100);
}

/// A finer grid shows nothing new, so none of the ticks that a calendar course leaves out would have.
#[test]
fn nothing_happens_between_two_ticks() {
    let on_a_calendar = (0..COURSES).map(course).filter(|course| course.tick_millis > 1);
    for course in on_a_calendar.take(30) {
        let finer = Course { tick_millis: course.tick_millis / 4, ..course.clone() };
        assert_eq!(timeline(&finer).lines, timeline(&course).lines, "{:?}", course.definitions);
    }
}

#[test]
fn one_seed_one_course() {
    for seed in 0..20 {
        let (once, again) = (course(seed), course(seed));
        assert_eq!(format!("{once:?}"), format!("{again:?}"));
    }
    let forms = |seed| course(seed).definitions.segments.iter().flat_map(|s| forms(&s.condition)).count();
    assert!((0..20).map(forms).any(|many| many != forms(0)), "different seeds give different courses");
}
