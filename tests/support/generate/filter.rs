//! Random filters: what is asked of one event's own properties.

use crate::definition::{Arithmetic, Expression, Path, Selection, Term, Type};

use super::Author;
use super::author::{truth, typed};
use super::repertoire::has;

impl Author<'_> {
    /// A filter over the properties that the selected types declare; nothing where they share none.
    pub(super) fn filter(&mut self, selection: &Selection) -> Option<Expression> {
        let declared = self.declarations.events.iter();
        let selected = declared.filter(|event| match selection {
            Selection::Any => !event.properties.is_empty(),
            Selection::Types(types) => types.contains(&event.name),
        });
        let selected = selected.collect::<Vec<_>>();
        // A union has the properties that all its types declare; `any` has those of every type.
        let shared = |path: &Path| {
            *selection == Selection::Any || selected.iter().all(|event| event.properties.contains_key(path))
        };
        let properties = selected.iter().flat_map(|event| event.properties.iter()).filter(|(path, _)| shared(path));
        let properties = properties.map(|(path, property)| (path.clone(), property.ty.clone())).collect::<Vec<_>>();
        let filter = (!properties.is_empty()).then(|| self.over(&properties, 2))?;
        Some(self.of_purchases(selection, filter))
    }

    /// Now and then, of purchases alone, what is asked of their line items or of later refunds.
    fn of_purchases(&mut self, selection: &Selection, filter: Expression) -> Expression {
        let are_purchases = matches!(selection, Selection::Types(types) if types.len() == 1 && types[0] == "purchase");
        if !are_purchases {
            return filter;
        }
        if has("some") && self.random.chance(25) {
            let list = typed(Term::Property(vec!["items".into()]), Type::List);
            let named = |name: &str, ty| (vec![name.into()], ty);
            let fields = [named("product_id", Type::Text), named("category", Type::Text), named("price", Type::Number)];
            return truth(Term::SomeItem(list.into(), self.over_fields(&fields).into()));
        }
        if !has("refunded") || self.is_restricted || self.random.chance(70) {
            return filter;
        }
        let refunded = truth(Term::Refunded);
        let refunded = if self.random.chance(60) { truth(Term::Not(refunded.into())) } else { refunded };
        if let Term::And(mut parts) = filter.term {
            parts.push(refunded);
            return truth(Term::And(parts));
        }
        if self.random.chance(50) { truth(Term::And(vec![filter, refunded])) } else { refunded }
    }

    fn over(&mut self, properties: &[(Path, Type)], depth: u8) -> Expression {
        if depth == 0 || self.random.chance(60) {
            return self.about(properties);
        }
        let (left, right) = (self.over(properties, depth - 1), self.over(properties, depth - 1));
        match self.random.between(0, 9) {
            0..=3 if !matches!((&left.term, &right.term), (Term::And(_), _) | (_, Term::And(_))) => {
                truth(Term::And(vec![left, right]))
            }
            4..=6 if !matches!((&left.term, &right.term), (Term::Or(_), _) | (_, Term::Or(_))) => {
                truth(Term::Or(vec![left, right]))
            }
            _ => truth(Term::Not(left.into())),
        }
    }

    /// A test of one property.
    fn about(&mut self, properties: &[(Path, Type)]) -> Expression {
        let (path, ty) = self.random.pick(properties).clone();
        let property = typed(Term::Property(path), ty.clone());
        if self.random.chance(15) {
            return truth(Term::Exists(property.into()));
        }
        if self.random.chance(15) {
            return truth(Term::Missing(property.into()));
        }
        match ty {
            Type::Text => {
                let text = if self.random.chance(20) { typed(Term::Lower(property.into()), ty) } else { property };
                self.about_text(text, 0)
            }
            Type::Number => {
                let numbers = properties.iter().filter(|(_, ty)| *ty == Type::Number).collect::<Vec<_>>();
                let other = self.random.pick(&numbers).0.clone();
                let other = typed(Term::Property(other), Type::Number);
                let left = if self.random.chance(10) {
                    let operation = self.operation();
                    typed(Term::Arithmetic(operation, property.into(), other.clone().into()), Type::Number)
                } else {
                    property
                };
                let other = self.random.chance(15).then_some(other);
                self.about_number(left, other)
            }
            Type::Boolean => self.about_boolean(property),
            Type::Instant => {
                if self.random.chance(20) {
                    let day = typed(Term::DateOf(property.into()), Type::Date);
                    return self.about_date(day);
                }
                let (relation, instant) = (self.relation(), self.moment_written());
                truth(Term::Compare(relation, property.into(), instant.into()))
            }
            Type::Date => self.about_date(property),
            Type::List | Type::Duration | Type::Point | Type::Distance => truth(Term::Exists(property.into())),
        }
    }

    pub(super) fn operation(&mut self) -> Arithmetic {
        use Arithmetic::{Add, Divide, Multiply, Subtract};
        self.random.weighted(&[(3, Add), (3, Subtract), (2, Multiply), (2, Divide)])
    }
}
