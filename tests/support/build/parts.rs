//! Taking a condition apart: its operands, and what its forms read.

use spicchio_core::segment::{Declarations, Events, Expression, Form, Selection, Term, Window};

/// The operands of an expression, to be changed; not the filters of the events it reads.
pub fn parts_mut(expression: &mut Expression) -> Vec<&mut Expression> {
    match &mut expression.term {
        Term::Constant(_)
        | Term::Length(_)
        | Term::Trait(_)
        | Term::SetAt(..)
        | Term::Member(_)
        | Term::Stage(_)
        | Term::Score(_)
        | Term::Property(_)
        | Term::Form(_) => Vec::new(),
        Term::And(parts) | Term::Or(parts) => parts.iter_mut().collect(),
        Term::If { condition, then, otherwise } => vec![condition, then, otherwise],
        Term::Between(value, low, high) => vec![value, low, high],
        Term::In { value, list, .. } => std::iter::once(&mut **value).chain(list).collect(),
        Term::Compare(_, left, right)
        | Term::Contains(left, right)
        | Term::StartsWith(left, right)
        | Term::EndsWith(left, right)
        | Term::Arithmetic(_, left, right) => vec![left, right],
        Term::Not(part)
        | Term::Missing(part)
        | Term::Exists(part)
        | Term::Negate(part)
        | Term::Lower(part)
        | Term::DateOf(part)
        | Term::StartOf(part)
        | Term::Since(part)
        | Term::Until(part)
        | Term::ForSome { condition: part, .. } => vec![part],
    }
}

/// Whether an expression's value changes while time passes, windows aside: it says `since` or `until`.
pub fn moves(expression: &Expression) -> bool {
    matches!(expression.term, Term::Since(_) | Term::Until(_)) || expression.parts().into_iter().any(moves)
}

/// The window of a form.
pub fn window_of(form: &Form) -> &Window {
    match form {
        Form::Count(_, window)
        | Form::Days(_, window)
        | Form::Sum(_, window)
        | Form::Average(_, window)
        | Form::Minimum(_, window)
        | Form::Maximum(_, window)
        | Form::Distinct(_, window)
        | Form::Moment(_, _, window)
        | Form::Pick(_, _, window)
        | Form::Sequence { window, .. } => window,
    }
}

/// The window of a form, to be changed.
pub fn window_of_mut(form: &mut Form) -> &mut Window {
    match form {
        Form::Count(_, window)
        | Form::Days(_, window)
        | Form::Sum(_, window)
        | Form::Average(_, window)
        | Form::Minimum(_, window)
        | Form::Maximum(_, window)
        | Form::Distinct(_, window)
        | Form::Moment(_, _, window)
        | Form::Pick(_, _, window)
        | Form::Sequence { window, .. } => window,
    }
}

/// The events that a form selects, those that open its window after its own.
pub fn selections(form: &Form) -> Vec<&Events> {
    let mut selections = match form {
        Form::Count(events, _) | Form::Days(events, _) | Form::Moment(_, events, _) => vec![events],
        Form::Sum(column, _)
        | Form::Average(column, _)
        | Form::Minimum(column, _)
        | Form::Maximum(column, _)
        | Form::Distinct(column, _)
        | Form::Pick(_, column, _) => vec![&column.events],
        Form::Sequence { first, second, .. } => vec![first, second],
    };
    let mut window = window_of(form);
    while let Window::After(_, events, inner) = window {
        selections.push(events);
        window = inner;
    }
    selections
}

/// The same events, to be changed.
pub fn selections_mut(form: &mut Form) -> Vec<&mut Events> {
    let (mut selections, mut window) = match form {
        Form::Count(events, window) | Form::Days(events, window) | Form::Moment(_, events, window) => {
            (vec![events], window)
        }
        Form::Sum(column, window)
        | Form::Average(column, window)
        | Form::Minimum(column, window)
        | Form::Maximum(column, window)
        | Form::Distinct(column, window)
        | Form::Pick(_, column, window) => (vec![&mut column.events], window),
        Form::Sequence { first, second, window, .. } => (vec![first, second], window),
    };
    while let Window::After(_, events, inner) = window {
        selections.push(events);
        window = inner;
    }
    selections
}

/// Every form in an expression, however deep; not those in filters, which have none.
pub fn forms(expression: &Expression) -> Vec<&Form> {
    if let Term::Form(form) = &expression.term {
        return vec![form];
    }
    expression.parts().into_iter().flat_map(forms).collect()
}

/// Whether some form in a condition reads a type that declares this property, as `for some` wants of what is inside it.
pub fn reads(condition: &Expression, property: &str, declarations: &Declarations) -> bool {
    let types = forms(condition).into_iter().flat_map(selections).filter_map(|events| match &events.selection {
        Selection::Any => None,
        Selection::Types(types) => Some(types),
    });
    let mut declared = types.flatten().filter_map(|name| declarations.events.iter().find(|event| event.name == *name));
    declared.any(|event| event.properties.keys().any(|path| path.len() == 1 && path[0] == property))
}
