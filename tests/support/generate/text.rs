//! Random texts, and tests of them.

use crate::definition::{Expression, Term, Type};
use spicchio_core::event::Value;

use super::author::{truth, typed};
use super::{Author, vocabulary};

impl Author<'_> {
    /// A text, which may be none.
    pub(super) fn text(&mut self, depth: u8) -> Expression {
        if self.random.chance(20)
            && let Some(special) = self.special(&Type::Text)
        {
            return special;
        }
        let deeper = u64::from(depth > 0);
        match self.random.weighted(&[(4, 'p'), (4, 't'), (deeper, 'l'), (deeper, 'i')]) {
            'p' => self.pick(&Type::Text).or_else(|| self.trait_of(&Type::Text)),
            'l' => Some(typed(Term::Lower(self.text(depth - 1).into()), Type::Text)),
            'i' => Some(self.branch(depth - 1, Self::text)),
            _ => self.trait_of(&Type::Text),
        }
        .unwrap_or_else(|| self.text_written())
    }

    /// A text written in the definition.
    pub(super) fn text_written(&mut self) -> Expression {
        let text = *self.random.pick(&vocabulary::TEXTS);
        typed(Term::Constant(Value::Text(text.into())), Type::Text)
    }

    /// A test of a text.
    pub(super) fn about_text(&mut self, text: Expression, depth: u8) -> Expression {
        let other = if depth > 0 && self.random.chance(20) { self.text(depth - 1) } else { self.text_written() };
        let (text, other) = (text.into(), other.into());
        truth(match self.random.between(0, 9) {
            0..=3 => Term::Compare(self.relation(), text, other),
            4 => {
                let list = (0..self.random.between(1, 3)).map(|_| self.text_written()).collect();
                Term::In { value: text, list, negated: self.random.chance(40) }
            }
            5 => Term::Between(text, other, self.text_written().into()),
            6 | 7 => Term::Contains(text, other),
            8 => Term::StartsWith(text, other),
            _ => Term::EndsWith(text, other),
        })
    }
}
