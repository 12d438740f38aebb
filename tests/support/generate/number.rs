//! Random numbers: forms over events, traits, arithmetic, and tests of them.

use crate::definition::{Arithmetic, Expression, Form, Term, Type};

use super::author::{truth, typed};
use super::{Author, vocabulary};
use crate::build::moves;

impl Author<'_> {
    pub(super) fn number(&mut self, depth: u8) -> Expression {
        if self.random.chance(20)
            && let Some(special) = self.special(&Type::Number)
        {
            return special;
        }
        let deeper = u64::from(depth > 0);
        match self.random.weighted(&[(14, 'f'), (2, 't'), (1, 'p'), (1, 'c'), (deeper * 4, 'a'), (deeper, 'i')]) {
            't' => self.trait_of(&Type::Number).unwrap_or_else(|| self.number_written(0, 4)),
            'p' => self.pick(&Type::Number).unwrap_or_else(|| self.number_written(0, 4)),
            'c' => self.number_written(-2, 4),
            'a' => self.arithmetic(depth - 1),
            'i' => self.branch(depth - 1, Self::number),
            _ => self.measure(),
        }
    }

    /// A number written in the definition.
    pub(super) fn number_written(&mut self, least: i64, greatest: i64) -> Expression {
        vocabulary::number(self.random, least, greatest).into()
    }

    /// A test of a number against another, or against constants it is likely to reach.
    pub(super) fn about_number(&mut self, number: Expression, other: Option<Expression>) -> Expression {
        if let Some(other) = other {
            return truth(Term::Compare(self.relation(), number.into(), other.into()));
        }
        match self.random.between(0, 9) {
            0 => {
                let (low, high) = (self.number_written(-1, 2), self.number_written(1, 6));
                truth(Term::Between(number.into(), low.into(), high.into()))
            }
            1 => {
                let list = (0..self.random.between(1, 3)).map(|_| self.number_written(-1, 5)).collect();
                truth(Term::In { value: number.into(), list, negated: self.random.chance(30) })
            }
            2 => truth(Term::Compare(self.relation(), self.number_written(0, 4).into(), number.into())),
            _ => truth(Term::Compare(self.relation(), number.into(), self.number_written(0, 4).into())),
        }
    }

    fn measure(&mut self) -> Expression {
        let shape = self.random.weighted(&[(6, 'c'), (1, 'd'), (3, 's'), (2, 'a'), (1, 'i'), (1, 'x'), (2, 'v')]);
        let window = self.window(2);
        let form = match shape {
            'd' => Form::Days(self.events(), window),
            'v' => {
                let ty = self.random.weighted(&[(4, 't'), (1, 'n')]);
                let ty = if ty == 't' { Type::Text } else { Type::Number };
                match self.column(&ty) {
                    Some(column) => Form::Distinct(column, window),
                    None => Form::Count(self.events(), window),
                }
            }
            'c' => Form::Count(self.events(), window),
            numeric => match (numeric, self.column(&Type::Number)) {
                ('s', Some(column)) => Form::Sum(column, window),
                ('a', Some(column)) => Form::Average(column, window),
                ('i', Some(column)) => Form::Minimum(column, window),
                (_, Some(column)) => Form::Maximum(column, window),
                (_, None) => Form::Count(self.events(), window),
            },
        };
        typed(Term::Form(form), Type::Number)
    }

    /// `first(E.p)` or `last(E.p)` of that type, where a readable type declares one.
    pub(super) fn pick(&mut self, ty: &Type) -> Option<Expression> {
        let column = self.column(ty)?;
        let form = Form::Pick(self.side(), column, 1, self.window(2));
        Some(typed(Term::Form(form), ty.clone()))
    }

    /// A length by which a duration is divided.
    fn unit(&mut self) -> Expression {
        let ticks = self.random.between(1, 9);
        typed(Term::Length(self.scale.length(ticks)), Type::Duration)
    }

    fn arithmetic(&mut self, depth: u8) -> Expression {
        if self.random.chance(20) {
            return typed(Term::Negate(self.number(depth).into()), Type::Number);
        }
        if !self.scale.is_calendar && self.random.chance(15) {
            let (left, right) = (self.duration(depth), self.unit());
            return typed(Term::Arithmetic(Arithmetic::Divide, left.into(), right.into()), Type::Number);
        }
        let operation = self.operation();
        let left = self.number(depth);
        // A divisor that is written is not zero; what is measured may be.
        let written = self.number_written(1, 4);
        let right = if self.random.chance(60) { written.clone() } else { self.number(depth) };
        let right = if matches!(right.term, Term::Constant(_)) { written.clone() } else { right };
        // Times and by, only what stands still.
        let is_linear = matches!(operation, Arithmetic::Add | Arithmetic::Subtract) || !moves(&right);
        let right = if is_linear { right } else { written };
        typed(Term::Arithmetic(operation, left.into(), right.into()), Type::Number)
    }
}
