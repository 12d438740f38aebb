//! Making a course that fails smaller, as long as it fails.

use spicchio_core::segment::{Expression, SegmentDefinition, Type};

use crate::drive::Course;

/// A course that still fails and cannot be made smaller by dropping a segment, a part of a condition, an event or a
/// property.
pub fn shrunk(mut course: Course, fails: impl Fn(&Course) -> bool) -> Course {
    loop {
        let before = size(&course);
        let smaller = [only_segments, without_events, plainer_conditions, without_properties, without_settings];
        for candidates in smaller {
            while let Some(candidate) = candidates(&course).into_iter().find(|candidate| fails(candidate)) {
                course = candidate;
            }
        }
        if size(&course) == before {
            return course;
        }
    }
}

fn size(course: &Course) -> (usize, usize, usize, bool) {
    let conditions = course.definitions.segments.iter().map(|segment| terms(&segment.condition)).sum();
    let properties = course.events.iter().map(|event| event.properties.len()).sum();
    (conditions, course.events.len(), properties, course.forget_after.is_some())
}

fn terms(expression: &Expression) -> usize {
    1 + expression.parts().into_iter().map(terms).sum::<usize>()
}

/// One segment alone.
fn only_segments(course: &Course) -> Vec<Course> {
    let segments = &course.definitions.segments;
    let alone = |segment: &SegmentDefinition| {
        let mut smaller = course.clone();
        smaller.definitions.segments = vec![segment.clone()];
        smaller
    };
    if segments.len() > 1 { segments.iter().map(alone).collect() } else { Vec::new() }
}

/// Without a run of events: long runs first.
fn without_events(course: &Course) -> Vec<Course> {
    let many = course.events.len();
    let mut candidates = Vec::new();
    let mut run = many / 2;
    while run > 0 {
        for start in (0..many).step_by(run) {
            let mut smaller = course.clone();
            smaller.events.drain(start..many.min(start + run));
            candidates.push(smaller);
        }
        run /= 2;
    }
    candidates
}

/// With one of a condition's own parts in its place, at any depth.
fn plainer_conditions(course: &Course) -> Vec<Course> {
    let mut candidates = Vec::new();
    for (place, segment) in course.definitions.segments.iter().enumerate() {
        let mut below = segment.condition.parts();
        while let Some(part) = below.pop() {
            below.extend(part.parts());
            if part.ty == Type::Boolean {
                let mut smaller = course.clone();
                smaller.definitions.segments[place].condition = part.clone();
                candidates.push(smaller);
            }
        }
    }
    candidates
}

/// Without one property of one event.
fn without_properties(course: &Course) -> Vec<Course> {
    let mut candidates = Vec::new();
    for (place, event) in course.events.iter().enumerate() {
        for name in event.properties.keys() {
            let mut smaller = course.clone();
            smaller.events[place].properties.remove(name);
            candidates.push(smaller);
        }
    }
    candidates
}

/// Without forgetting.
fn without_settings(course: &Course) -> Vec<Course> {
    let smaller = Course { forget_after: None, ..course.clone() };
    if course.forget_after.is_some() { vec![smaller] } else { Vec::new() }
}
