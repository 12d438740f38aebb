//! Forms that one can leave out, each by the type of its value, and tests of those that are no number or text.

use spicchio_core::event::{Number, Point, Value};
use spicchio_core::timer::Length;

use super::author::{truth, typed};
use super::repertoire::has;
use super::{Author, vocabulary};
use crate::definition::{
    Clock, ColumnRef, Events, Expression, Form, Path, Period, Relation, Selection, Span, Step, Term, Type, Window,
};

impl Author<'_> {
    /// A value of a type by one of these forms; nothing where none is at hand.
    pub(super) fn special(&mut self, ty: &Type) -> Option<Expression> {
        let forms: &[&str] = match ty {
            Type::Number => &["top", "visits", "net", "items", "clock", "age", "days_until", "bucket", "score"],
            Type::Text => &["top", "items"],
            Type::Instant => &["nth", "anniversary"],
            Type::Duration => &["time_spent", "held"],
            Type::List => &["values", "items"],
            Type::Boolean => &["steps", "some", "matches", "period", "distance", "member", "ladder"],
            Type::Date | Type::Point | Type::Distance => return None,
        };
        let forms = forms.iter().copied().filter(|form| has(form)).collect::<Vec<_>>();
        let known = forms.iter().copied().filter(|form| self.knows(form)).collect::<Vec<_>>();
        let forms = if !known.is_empty() && self.random.chance(40) { known } else { forms };
        let form = *(!forms.is_empty()).then(|| self.random.pick(&forms))?;
        let window = self.window(2);
        let term = match form {
            "top" => {
                let column = self.column(ty)?;
                let weight = if self.random.chance(40) { self.weight(&column.events) } else { None };
                Term::Form(Form::Top(column, weight, window))
            }
            "items" => Term::Form(self.of_items(ty)?),
            "values" => {
                let ty = if self.random.chance(80) { Type::Text } else { Type::Number };
                Term::Form(Form::Values(self.column(&ty)?, window))
            }
            "nth" => Term::Form(Form::Moment(self.side(), self.events(), self.ordinal(), window)),
            "visits" => Term::Form(Form::Visits(self.events(), self.gap(), window)),
            "time_spent" => Term::Form(Form::TimeSpent(self.events(), self.gap(), window)),
            "net" => {
                let mut column = self.purchases()?;
                // `net` counts refunds itself.
                if column.events.filter.as_ref().is_some_and(|filter| says_refunded(filter)) {
                    column.events.filter = None;
                }
                Term::Form(Form::Net(column, window))
            }
            "steps" => return Some(self.steps()),
            "some" => self.some_interest(),
            "matches" => Term::Matches(self.text(0).into(), (*self.random.pick(&vocabulary::PATTERNS)).into()),
            "bucket" => {
                let many = *self.random.pick(&[2, 3, 100]);
                Term::Bucket(many, self.random.chance(50).then(|| (*self.random.pick(&["salt", ""])).into()))
            }
            "clock" => Term::Clock(self.clock()),
            "age" => Term::Age(self.born().into()),
            "anniversary" => Term::Anniversary(self.born().into()),
            "days_until" => Term::DaysUntil(self.still_instant().into()),
            "period" => Term::During(self.still_instant().into(), self.period(1)),
            "distance" => return Some(self.distance()),
            "held" => self.held(),
            "member" if self.knows(form) => Term::Member(self.random.pick(&self.segments).clone()),
            "ladder" if self.knows(form) => return Some(self.about_stage()),
            "score" if self.knows(form) => Term::Score(self.random.pick(&self.scores).clone()),
            _ => return None,
        };
        Some(typed(term, ty.clone()))
    }

    /// How long a trait has been what it is.
    pub(super) fn held(&mut self) -> Term {
        let paths = self.declarations.traits.iter().filter(|(_, ty)| !matches!(ty, Type::List | Type::Point));
        let paths = paths.map(|(path, ty)| (path.clone(), ty.clone())).collect::<Vec<_>>();
        let (path, ty) = self.random.pick(&paths).clone();
        Term::Held(path, ty)
    }

    /// A test of a list: whether it contains an item.
    pub(super) fn about_values(&mut self) -> Option<Expression> {
        let list = self.special(&Type::List)?;
        let of_numbers = matches!(&list.term, Term::Form(Form::Values(column, _)) if column.ty == Type::Number);
        let item = if of_numbers { self.number_written(0, 3) } else { self.text_written() };
        Some(truth(Term::Contains(list.into(), item.into())))
    }

    /// Whether the customer is on a stage.
    fn about_stage(&mut self) -> Expression {
        let (ladder, stages) = self.random.pick(&self.ladders).clone();
        let stage = typed(Term::Stage(ladder), Type::Text);
        let named = self.random.pick(&stages).clone();
        let named = typed(Term::Constant(Value::Text(named)), Type::Text);
        let relation = if self.random.chance(70) { Relation::Equal } else { Relation::Unequal };
        truth(Term::Compare(relation, stage.into(), named.into()))
    }

    /// Whether a form asks about other definitions, of which there are some.
    fn knows(&self, form: &str) -> bool {
        let is_empty = match form {
            "member" => self.segments.is_empty(),
            "ladder" => self.ladders.is_empty(),
            "score" => self.scores.is_empty(),
            _ => true,
        };
        !is_empty && !self.is_restricted
    }

    fn ordinal(&mut self) -> u32 {
        u32::try_from(self.random.between(2, 4)).unwrap_or(2)
    }

    fn gap(&mut self) -> Length {
        let longest = *self.random.pick(&[4, 30, 100]);
        let ticks = self.random.between(1, longest);
        self.scale.length(ticks)
    }

    /// A number that all the selected types have.
    fn weight(&mut self, events: &Events) -> Option<Path> {
        let Selection::Types(names) = &events.selection else { return None };
        let declared = self.declarations.events.iter().filter(|event| names.contains(&event.name)).collect::<Vec<_>>();
        let numbers = declared.first()?.properties.iter().filter(|(_, property)| property.ty == Type::Number);
        let shared = numbers
            .map(|(path, _)| path)
            .filter(|path| declared.iter().all(|event| event.properties.contains_key(*path)));
        let shared = shared.cloned().collect::<Vec<_>>();
        (!shared.is_empty()).then(|| self.random.pick(&shared).clone())
    }

    /// A measurement of the line items of purchases.
    fn of_items(&mut self, ty: &Type) -> Option<Form> {
        let events = self.purchases()?.events;
        let window = self.window(1);
        let column = |events, name: &str, ty| ColumnRef { events, path: vec!["items".into(), name.into()], ty };
        let product = |events| column(events, "product_id", Type::Text);
        let price = |events| column(events, "price", Type::Number);
        Some(match (ty, self.random.between(0, 3)) {
            (Type::Text, 0) => Form::Top(product(events), Some(vec!["items".into(), "price".into()]), window),
            (Type::Text, _) => Form::Top(product(events), None, window),
            (Type::List, _) => Form::Values(product(events), window),
            (_, 0) => Form::Sum(price(events), window),
            (_, 1) => Form::Maximum(price(events), window),
            (_, 2) => Form::Average(price(events), window),
            (_, _) => Form::Distinct(product(events), window),
        })
    }

    /// The totals of purchases; nothing where purchases are not to be read, or only those of one value.
    fn purchases(&mut self) -> Option<ColumnRef> {
        if self.is_restricted {
            return None;
        }
        let selection = Selection::Types(vec!["purchase".into()]);
        let filter = if self.random.chance(30) { self.filter(&selection).map(Into::into) } else { None };
        Some(ColumnRef { events: Events { selection, filter }, path: vec!["total".into()], ty: Type::Number })
    }

    /// A sequence of more than two steps, with absences and `all within`.
    fn steps(&mut self) -> Expression {
        let first = self.events();
        let mut steps = Vec::new();
        for _ in 0..self.random.between(1, 3) {
            let is_absence = self.random.chance(35);
            let within = (is_absence || self.random.chance(50)).then(|| self.length());
            steps.push(Step { events: self.events(), is_absence, within });
        }
        let all_within = self.random.chance(50).then(|| self.length());
        let is_bounded = all_within.is_some() || steps.iter().all(|step| step.within.is_some());
        let mut window = self.window(0);
        if !is_bounded && window == Window::Life {
            window = Window::Last { from: self.length(), to: Length::default() };
        }
        truth(Term::Form(Form::Sequence { first, steps, all_within, window }))
    }

    fn some_interest(&mut self) -> Term {
        let list = typed(Term::Trait(vec!["interests".into()]), Type::List);
        let fields = [(vec!["key".into()], Type::Text), (vec!["value".into()], Type::Number)];
        Term::SomeItem(list.into(), self.over_fields(&fields).into())
    }

    /// A condition on one item, its parts on fields of these types.
    pub(super) fn over_fields(&mut self, fields: &[(Path, Type)]) -> Expression {
        let about = |author: &mut Self| {
            let (path, ty) = author.random.pick(fields).clone();
            let field = typed(Term::Property(path), ty.clone());
            if ty == Type::Text { author.about_text(field, 0) } else { author.about_number(field, None) }
        };
        let first = about(self);
        match self.random.between(0, 5) {
            0..=2 => truth(Term::And(vec![first, about(self)])),
            3 => truth(Term::Or(vec![first, about(self)])),
            _ => first,
        }
    }

    fn clock(&mut self) -> Clock {
        let is_by_day = self.scale.tick_millis > 3_600_000;
        let hour = u64::from(!is_by_day) * 2;
        self.random.weighted(&[(hour, Clock::Hour), (1, Clock::Weekday), (1, Clock::DayOfMonth)])
    }

    fn born(&mut self) -> Expression {
        let path = if self.random.chance(80) { "born" } else { "birthday" };
        typed(Term::Trait(vec![path.into()]), Type::Date)
    }

    /// An instant that stands still between two events.
    fn still_instant(&mut self) -> Expression {
        let outside = std::mem::replace(&mut self.is_still, true);
        let instant = self.instant(0);
        self.is_still = outside;
        instant
    }

    /// A period up to so many ahead.
    pub(super) fn period(&mut self, ahead: i64) -> Period {
        let span = *self.random.pick(&[Span::Day, Span::Week, Span::Month, Span::Year]);
        let offset = i32::try_from(self.random.between(-1, ahead)).unwrap_or(0);
        Period { span, offset }
    }

    /// Whether the customer lives near a place; nobody lives near the edge of that.
    fn distance(&mut self) -> Expression {
        let home = typed(Term::Trait(vec!["home".into()]), Type::Point);
        let (latitude, longitude) = *self.random.pick(&vocabulary::PLACES);
        let (latitude, longitude) = (Number::from_millionths(latitude), Number::from_millionths(longitude));
        let place = typed(Term::Constant(Value::Point(Point { latitude, longitude })), Type::Point);
        let (one, other) = if self.random.chance(70) { (home, place) } else { (place, home) };
        let distance = typed(Term::Distance(one.into(), other.into()), Type::Number);
        let many = *self.random.pick(&[1, 30, 300]);
        let limit = typed(Term::Kilometres(Number::from_millionths(many * Number::SCALE)), Type::Number);
        let relation = *self.random.pick(&[Relation::AtMost, Relation::Less, Relation::Greater, Relation::AtLeast]);
        truth(Term::Compare(relation, distance.into(), limit.into()))
    }
}

fn says_refunded(filter: &Expression) -> bool {
    filter.term == Term::Refunded || filter.parts().into_iter().any(says_refunded)
}
