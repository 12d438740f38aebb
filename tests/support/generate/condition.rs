//! Random conditions: connectives, and tests of every type of value.

use crate::definition::{Expression, Form, Relation, Step, Term, Type};
use spicchio_core::event::Value;

use super::author::{truth, typed};
use super::{Author, vocabulary};
use crate::build::reads;

impl Author<'_> {
    /// A condition of at most that depth.
    pub fn condition(&mut self, depth: u8) -> Expression {
        if depth == 0 {
            return self.test(0);
        }
        match self.random.weighted(&[(8, 't'), (3, 'a'), (3, 'o'), (2, 'n'), (1, 'i'), (2, 's'), (1, 'q')]) {
            'a' => {
                let parts = self.parts(depth, |part| matches!(part.term, Term::And(_)));
                truth(Term::And(parts))
            }
            'o' => {
                let parts = self.parts(depth, |part| matches!(part.term, Term::Or(_)));
                truth(Term::Or(parts))
            }
            'n' => truth(Term::Not(self.condition(depth - 1).into())),
            'i' => self.branch(depth - 1, Self::condition),
            's' => self.for_some(depth),
            'q' => self.sequence(),
            _ => self.test(depth),
        }
    }

    /// Two or three conditions, none of which would melt into the connective that joins them.
    fn parts(&mut self, depth: u8, melts: impl Fn(&Expression) -> bool) -> Vec<Expression> {
        let many = self.random.between(2, 3);
        let mut parts = Vec::new();
        for _ in 0..many {
            let part = self.condition(depth - 1);
            parts.push(if melts(&part) { self.test(depth - 1) } else { part });
        }
        parts
    }

    /// `for some P (..)`, inside which only types that may have P are read and one that declares it is; it does not
    /// nest.
    fn for_some(&mut self, depth: u8) -> Expression {
        let (name, types) = self.random.weighted(&vocabulary::RANGED.map(|ranged| (types_weight(ranged.1), ranged)));
        let kept = self.types.iter().filter(|known| types.contains(&known.as_str())).cloned().collect::<Vec<_>>();
        if kept.is_empty() || self.is_restricted {
            return self.test(depth - 1);
        }
        let outside = (std::mem::replace(&mut self.types, kept), std::mem::replace(&mut self.is_restricted, true));
        let mut condition = self.condition(depth - 1);
        while !reads(&condition, name, self.declarations) {
            condition = self.condition(depth - 1);
        }
        let condition = condition.into();
        (self.types, self.is_restricted) = outside;
        let ty = if name == "price" { Type::Number } else { Type::Text };
        truth(Term::ForSome { property: vec![name.into()], ty, condition })
    }

    fn sequence(&mut self) -> Expression {
        let (first, second) = (self.events(), self.events());
        let within = self.random.chance(60).then(|| self.length());
        let window = self.window(1);
        let steps = vec![Step { events: second, is_absence: false, within }];
        truth(Term::Form(Form::Sequence { first, steps, all_within: None, window }))
    }

    /// A test without connectives of its own.
    fn test(&mut self, depth: u8) -> Expression {
        if self.random.chance(20)
            && let Some(special) = self.special(&Type::Boolean)
        {
            return special;
        }
        if self.random.chance(5)
            && let Some(contains) = self.about_values()
        {
            return contains;
        }
        // Now and then arithmetic where no connective is.
        let below = depth.saturating_sub(1).max(u8::from(self.random.chance(35)));
        match self.random.weighted(&[(9, 'n'), (6, 'd'), (5, 'i'), (2, 'y'), (4, 't'), (2, 'b'), (2, 'm'), (1, 'l')]) {
            'd' => self.about_duration(below),
            'i' => self.about_instants(below),
            'y' => {
                let day = self.day(below);
                self.about_date(day)
            }
            't' => {
                let text = self.text(below);
                self.about_text(text, below)
            }
            'b' => {
                let boolean = self.boolean();
                self.about_boolean(boolean)
            }
            'm' => {
                let value = self.perhaps_none(below);
                truth(if self.random.chance(50) { Term::Missing(value.into()) } else { Term::Exists(value.into()) })
            }
            'l' => self.about_list(),
            _ => {
                let number = self.number(below);
                let other = self.random.chance(20).then(|| self.number(below));
                self.about_number(number, other)
            }
        }
    }

    pub(super) fn relation(&mut self) -> Relation {
        use Relation::{AtLeast, AtMost, Equal, Greater, Less, Unequal};
        *self.random.pick(&[AtLeast, AtMost, Equal, Greater, Less, Unequal])
    }

    /// A boolean that may be none.
    fn boolean(&mut self) -> Expression {
        if self.random.chance(5) {
            return typed(Term::Constant(Value::Boolean(self.random.chance(50))), Type::Boolean);
        }
        let picked = if self.random.chance(50) { self.pick(&Type::Boolean) } else { None };
        picked.or_else(|| self.trait_of(&Type::Boolean)).unwrap_or_else(|| self.test(0))
    }

    pub(super) fn about_boolean(&mut self, boolean: Expression) -> Expression {
        if self.random.chance(50) {
            return boolean;
        }
        let relation = if self.random.chance(50) { Relation::Equal } else { Relation::Unequal };
        let value = typed(Term::Constant(Value::Boolean(self.random.chance(50))), Type::Boolean);
        truth(Term::Compare(relation, boolean.into(), value.into()))
    }

    fn about_list(&mut self) -> Expression {
        let item = if self.random.chance(70) { self.text_written() } else { self.number_written(0, 3) };
        let Some(list) = self.trait_of(&Type::List) else { return self.test(0) };
        truth(Term::Contains(list.into(), item.into()))
    }

    /// A value of a kind that is none now and then.
    fn perhaps_none(&mut self, depth: u8) -> Expression {
        match self.random.between(0, 5) {
            0 => self.instant(depth),
            1 => self.text(depth),
            2 => self.date(),
            3 => self.duration(depth),
            4 => self.trait_of(&Type::List).unwrap_or_else(|| self.number(depth)),
            _ => self.number(depth),
        }
    }
}

/// A property that many types have is chosen more often.
const fn types_weight(types: &[&str]) -> u64 {
    types.len() as u64
}
