//! What a condition is made of, asked by generators and laws.

use crate::definition::{Declarations, Expression, Form, Selection, Term};

/// Whether an expression's value changes while time passes, windows aside: it says how long ago or how long until.
pub fn moves(expression: &Expression) -> bool {
    let itself = matches!(
        expression.term,
        Term::Since(_) | Term::Until(_) | Term::Held(..) | Term::DaysUntil(_) | Term::Age(_) | Term::Clock(_)
    );
    itself || expression.parts().into_iter().any(moves)
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
    let types = forms(condition).into_iter().flat_map(Form::selections).filter_map(|events| match &events.selection {
        Selection::Any => None,
        Selection::Types(types) => Some(types),
    });
    let mut declared = types.flatten().filter_map(|name| declarations.events.iter().find(|event| event.name == *name));
    declared.any(|event| event.properties.keys().any(|path| path.len() == 1 && path[0] == property))
}
