//! Making a course that fails smaller, as long as it fails.

use std::collections::VecDeque;

use spicchio_core::segment::{Declarations, Expression, Form, SegmentDefinition, Term, Window};

use crate::build::{parts_mut, reads, selections, selections_mut, window_of, window_of_mut};
use crate::drive::Course;
use crate::text;

/// A course that still fails and cannot be made smaller by dropping a segment, a part of a condition, a filter, a
/// window, an event or a property.
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
    let conditions = course.definitions.segments.iter().map(|segment| text::condition(&segment.condition).len()).sum();
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

/// With one expression in a condition made plainer, the outermost first.
fn plainer_conditions(course: &Course) -> Vec<Course> {
    let mut candidates = Vec::new();
    for (place, segment) in course.definitions.segments.iter().enumerate() {
        for number in 0..terms(&segment.condition) {
            let Some(term) = nth(&mut segment.condition.clone(), number).map(|term| plainer(term)) else { continue };
            for plain in term {
                let mut smaller = course.clone();
                if let Some(term) = nth(&mut smaller.definitions.segments[place].condition, number) {
                    *term = plain;
                    if is_legal(&smaller.definitions.segments[place].condition, &course.definitions.declarations) {
                        candidates.push(smaller);
                    }
                }
            }
        }
    }
    candidates
}

/// Whether every `for some` still has something to try.
fn is_legal(condition: &Expression, declarations: &Declarations) -> bool {
    if let Term::ForSome { property, condition, .. } = &condition.term
        && !reads(condition, property[0].as_str(), declarations)
    {
        return false;
    }
    condition.parts().into_iter().all(|part| is_legal(part, declarations))
}

/// The expression with that number, counted from the outside in.
fn nth(expression: &mut Expression, number: usize) -> Option<&mut Expression> {
    let mut below = VecDeque::from([expression]);
    for _ in 0..number {
        let next = below.pop_front()?;
        below.extend(parts_mut(next));
    }
    below.pop_front()
}

/// What could stand in an expression's place: a part of its type, the same with fewer parts, or a form that reads more
/// simply.
fn plainer(expression: &Expression) -> Vec<Expression> {
    let of_its_type = expression.parts().into_iter().filter(|part| part.ty == expression.ty).cloned();
    let mut plainer = of_its_type.collect::<Vec<_>>();
    let with = |term| Expression { term, ty: expression.ty.clone() };
    if let Term::And(parts) | Term::Or(parts) = &expression.term
        && parts.len() > 2
    {
        for place in 0..parts.len() {
            let mut fewer = parts.clone();
            fewer.remove(place);
            let is_and = matches!(expression.term, Term::And(_));
            plainer.push(with(if is_and { Term::And(fewer) } else { Term::Or(fewer) }));
        }
    }
    if let Term::Form(form) = &expression.term {
        plainer.extend(plainer_forms(form).into_iter().map(|form| with(Term::Form(form))));
    }
    plainer
}

/// The form without a filter, or with a wider window.
fn plainer_forms(form: &Form) -> Vec<Form> {
    let mut forms = Vec::new();
    for place in 0..selections(form).len() {
        let mut without = form.clone();
        if let Some(filter) =
            selections_mut(&mut without).into_iter().nth(place).and_then(|events| events.filter.take())
        {
            drop(filter);
            forms.push(without);
        }
    }
    let wider = match window_of(form) {
        Window::Life => return forms,
        Window::Last { .. } | Window::Between { .. } | Window::Period(_) => Window::Life,
        Window::After(_, _, inner) => (**inner).clone(),
    };
    let mut open = form.clone();
    *window_of_mut(&mut open) = wider;
    forms.push(open);
    forms
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
