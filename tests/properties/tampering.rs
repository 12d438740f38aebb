//! Agreement with the oracle can fail: subjects with one small mistake are found out, and what is shown is small.
//!
//! Each mistake is made in the course, not in the oracle: a subject that is told something slightly different is one
//! that understands it slightly differently.

use spicchio_core::timer::Length;
use spicchio_testkit::definition::{Expression, Form, Relation, Term, Window};
use spicchio_testkit::drive::{Course, FinalState, Replayed, Subject};
use spicchio_testkit::law::{broken, shrunk};
use spicchio_testkit::oracle::Oracle;

use crate::agreement::AGREEMENT;

/// Courses within which every mistake must show.
const CASES: u64 = 2_000;
/// The most events that a shrunk course may keep.
const EVENTS_MAX: usize = 4;

/// What is told differently.
type Mistake = fn(&mut Course);

/// The oracle of another course.
struct Mistaken(Mistake);

impl Mistaken {
    fn misread(&self, course: &Course) -> Course {
        let mut course = course.clone();
        (self.0)(&mut course);
        course
    }
}

impl Subject for Mistaken {
    fn name(&self) -> &'static str {
        "mistaken"
    }

    fn replay(&self, course: &Course, cuts: &[usize]) -> Replayed {
        Oracle.replay(&self.misread(course), cuts)
    }

    fn final_state(&self, course: &Course) -> FinalState {
        Oracle.final_state(&self.misread(course))
    }
}

fn everywhere(course: &mut Course, change: fn(&mut Expression)) {
    for segment in &mut course.definitions.segments {
        let mut below = vec![&mut segment.condition];
        while let Some(expression) = below.pop() {
            change(expression);
            below.extend(expression.parts_mut());
        }
    }
}

fn closed_windows(course: &mut Course) {
    everywhere(course, |expression| {
        if let Term::Form(Form::Count(_, Window::Last { from, .. })) = &mut expression.term {
            *from = Length::new(from.months(), from.millis() + 1);
        }
    });
}

fn strict_comparisons(course: &mut Course) {
    everywhere(course, |expression| {
        if let Term::Compare(relation @ Relation::AtLeast, _, _) = &mut expression.term {
            *relation = Relation::Greater;
        }
    });
}

fn reversed_types(course: &mut Course) {
    course.definitions.declarations.events.reverse();
}

fn late_events_refused(course: &mut Course) {
    let mut clock = None;
    course.events.retain(|event| {
        let is_late = clock.is_some_and(|clock| event.time < clock);
        clock = clock.max(Some(event.time));
        !is_late
    });
}

fn duplicates_counted(course: &mut Course) {
    for (place, event) in course.events.iter_mut().enumerate() {
        if let Some(id) = &mut event.id {
            *id = format!("{id}-{place}");
        }
    }
}

fn nobody_forgotten(course: &mut Course) {
    course.forget_after = None;
}

fn end_left_out(course: &mut Course) {
    course.until = course.until.plus(-1);
}

#[test]
fn one_small_mistake_is_found_and_shown_small() {
    let mistakes: [(&str, Mistake); 7] = [
        ("a window that holds its end", closed_windows),
        ("more instead of at least", strict_comparisons),
        ("types in another order", reversed_types),
        ("late events refused", late_events_refused),
        ("duplicates counted", duplicates_counted),
        ("nobody forgotten", nobody_forgotten),
        ("the end left out", end_left_out),
    ];
    for (mistake, misread) in mistakes {
        let subject = Mistaken(misread);
        let fails = |course: &Course, seed| broken(&AGREEMENT, &subject, course, seed).is_some();
        let seed = (0..CASES).find(|seed| fails(&spicchio_testkit::generate::course(*seed), *seed));
        let seed = seed.unwrap_or_else(|| panic!("not found in {CASES} courses: {mistake}"));
        let small = shrunk(spicchio_testkit::generate::course(seed), |course| fails(course, seed));
        let left = (small.definitions.segments.len() + small.definitions.ladders.len(), small.events.len());
        assert!(left.0 == 1 && left.1 <= EVENTS_MAX, "{mistake}: {left:?} segments or ladders and events are left");
    }
}
