//! Making a course that fails smaller, as long as it fails.

use std::collections::VecDeque;

use crate::definition::{Declarations, Definitions, Expression, Form, Latch, Rungs, Term, Window};

use crate::build::reads;
use crate::drive::Course;
use crate::text;

/// A course that still fails and cannot be made smaller by dropping a definition, a part of a condition, a filter, a
/// window, an event or a property.
pub fn shrunk(mut course: Course, fails: impl Fn(&Course) -> bool) -> Course {
    loop {
        let before = size(&course);
        let smaller = [fewer_definitions, without_events, plainer_conditions, without_properties, without_settings];
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
    let conditions = text::files(&course.definitions).iter().map(|(_, text)| text.len()).sum();
    let properties = course.events.iter().map(|event| event.properties.len()).sum();
    (conditions, course.events.len(), properties, course.forget_after.is_some())
}

fn terms(expression: &Expression) -> usize {
    1 + expression.parts().into_iter().map(terms).sum::<usize>()
}

/// Without a segment, ladder or score that no other asks about, or with a segment made plainer: no latch, UTC.
fn fewer_definitions(course: &Course) -> Vec<Course> {
    let Definitions { segments, ladders, scores, .. } = &course.definitions;
    let mut candidates = Vec::new();
    let mut offer = |change: &dyn Fn(&mut Definitions)| {
        let mut smaller = course.clone();
        change(&mut smaller.definitions);
        if is_complete(&smaller.definitions) {
            candidates.push(smaller);
        }
    };
    for (place, segment) in segments.iter().enumerate() {
        offer(&|definitions| drop(definitions.segments.remove(place)));
        if let Some(latch) = &segment.latch {
            offer(&|definitions| definitions.segments[place].latch = None);
            for leaner in leaner_latches(latch) {
                offer(&|definitions| definitions.segments[place].latch = Some(leaner.clone()));
            }
        }
    }
    for (place, ladder) in ladders.iter().enumerate() {
        offer(&|definitions| drop(definitions.ladders.remove(place)));
        let many = ladder.rungs.expressions().count();
        if many > 1 {
            for rung in 0..many {
                offer(&|definitions| {
                    let (Rungs::First(named) | Rungs::Best { scores: named, .. }) =
                        &mut definitions.ladders[place].rungs;
                    named.remove(rung);
                });
            }
        }
    }
    for place in 0..scores.len() {
        offer(&|definitions| drop(definitions.scores.remove(place)));
    }
    candidates
}

/// A latch that says less; it always says something.
fn leaner_latches(latch: &Latch) -> Vec<Latch> {
    let leaner = [
        Latch { leave: None, ..latch.clone() },
        Latch { stay: None, ..latch.clone() },
        Latch { rest: None, ..latch.clone() },
    ];
    let says = |latch: &Latch| [latch.leave.is_some(), latch.stay.is_some(), latch.rest.is_some()];
    leaner.into_iter().filter(|leaner| says(leaner) != says(latch) && says(leaner).contains(&true)).collect()
}

/// Whether something is defined, and with it everything that is asked about.
fn is_complete(definitions: &Definitions) -> bool {
    let Definitions { segments, ladders, scores, .. } = definitions;
    let mut below = definitions.expressions().collect::<Vec<_>>();
    while let Some(expression) = below.pop() {
        if let Term::Member(name) = &expression.term
            && segments.iter().all(|segment| segment.name != *name)
        {
            return false;
        }
        if let Term::Stage(name) = &expression.term
            && ladders.iter().all(|ladder| ladder.name != *name)
        {
            return false;
        }
        if let Term::Score(name) = &expression.term
            && scores.iter().all(|score| score.name != *name)
        {
            return false;
        }
        below.extend(expression.parts());
    }
    !segments.is_empty() || !ladders.is_empty()
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

/// With one expression in a definition made plainer, the outermost first.
fn plainer_conditions(course: &Course) -> Vec<Course> {
    let mut candidates = Vec::new();
    for (place, whole) in course.definitions.expressions().enumerate() {
        for number in 0..terms(whole) {
            let Some(term) = nth(&mut whole.clone(), number).map(|term| plainer(term)) else { continue };
            for plain in term {
                let mut smaller = course.clone();
                let Some(changed) = smaller.definitions.expressions_mut().nth(place) else { continue };
                if let Some(term) = nth(changed, number) {
                    *term = plain;
                    if is_legal(changed, &course.definitions.declarations) {
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
        below.extend(next.parts_mut());
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
    for place in 0..form.selections().len() {
        let mut without = form.clone();
        if let Some(filter) = without.selections_mut().into_iter().nth(place).and_then(|events| events.filter.take()) {
            drop(filter);
            forms.push(without);
        }
    }
    let wider = match form.window() {
        Window::Life => return forms,
        Window::Last { .. } | Window::Between { .. } | Window::During(_) => Window::Life,
        Window::After(_, _, _, inner) => (**inner).clone(),
    };
    let mut open = form.clone();
    *open.window_mut() = wider;
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
