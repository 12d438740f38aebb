//! Candidates by their scores as stages: the greatest score that counts, of equals the first.

use compact_str::CompactString;

use crate::event::Number;
use crate::segment::{Expression, Relation, Term, Type};

/// The stages of a ladder by candidates. A candidate whose score is none is not there; one below `minimum` neither.
pub(super) fn stages(
    candidates: &[(CompactString, Expression)],
    minimum: Option<Number>,
) -> Vec<(CompactString, Expression)> {
    let wins = |place: usize, score: &Expression| {
        let counts = match minimum {
            Some(minimum) => compared(Relation::AtLeast, score, &minimum.into()),
            None => boolean(Term::Exists(Box::new(score.clone()))),
        };
        let others = candidates.iter().enumerate().filter(|(other, _)| *other != place);
        let beaten = others.map(|(other, (_, theirs))| {
            let relation = if other < place { Relation::Greater } else { Relation::AtLeast };
            let absent = boolean(Term::Missing(Box::new(theirs.clone())));
            boolean(Term::Or(vec![absent, compared(relation, score, theirs)]))
        });
        let mut parts: Vec<Expression> = std::iter::once(counts).chain(beaten).collect();
        if parts.len() == 1 { parts.remove(0) } else { boolean(Term::And(parts)) }
    };
    let stages = candidates.iter().enumerate();
    stages.map(|(place, (name, score))| (name.clone(), wins(place, score))).collect()
}

fn compared(relation: Relation, one: &Expression, other: &Expression) -> Expression {
    boolean(Term::Compare(relation, Box::new(one.clone()), Box::new(other.clone())))
}

fn boolean(term: Term) -> Expression {
    Expression { term, ty: Type::Boolean }
}
