//! The value of every term. Not here: which conditions hold (`truth`, `compare`), and forms.

use spicchio_core::event::Value;
use spicchio_core::timer::{Instant, Zone};

use super::calendar;
use super::history::Happening;
use super::place::metres;
use super::quantity::{Exact, Quantity, exact, millisecond, whole};
use super::standing::Standing;
use super::traits::{set_at, trait_value};
use crate::definition::{Declarations, Expression, Path, Term, Type};
use crate::given::Json;

/// Everything an expression may look at.
#[derive(Clone)]
pub(super) struct Sight<'a> {
    /// The whole history of one customer, in the order of events.
    pub(super) events: &'a [Happening],
    pub(super) now: Instant,
    pub(super) declarations: &'a Declarations,
    pub(super) zone: &'a Zone,
    /// What the surrounding `for some` restricts events to.
    pub(super) only: Vec<(&'a Path, &'a Type, Value)>,
    /// The event a filter is asked about.
    pub(super) at_hand: Option<&'a Happening>,
    /// The item of a list that `some` asks about.
    pub(super) item: Option<Json>,
    /// What the other definitions say of the customer at this instant.
    pub(super) standing: &'a Standing<'a>,
}

impl<'a> Sight<'a> {
    /// Whether a condition holds; none does not.
    pub(super) fn holds(&self, condition: &'a Expression) -> bool {
        self.evaluate(condition) == Some(Quantity::Boolean(true))
    }

    /// The value of an expression, or none.
    pub(super) fn evaluate(&self, expression: &'a Expression) -> Option<Quantity> {
        match &expression.term {
            Term::Constant(value) => Some(value.into()),
            Term::Length(length) if length.is_calendar() => Some(Quantity::Calendar(*length)),
            Term::Length(length) => Some(Quantity::Duration(whole(length.millis()))),
            Term::Kilometres(many) => Some(Quantity::Number(exact(*many) * whole(1_000))),
            Term::If { condition, then, otherwise } => {
                self.evaluate(if self.holds(condition) { then } else { otherwise })
            }
            Term::Arithmetic(operation, left, right) => {
                self.evaluate(left)?.combined(*operation, self.evaluate(right)?)
            }
            Term::Negate(value) => self.evaluate(value).map(Quantity::negated),
            Term::Lower(text) => Some(Quantity::Text(self.text(text)?.to_lowercase())),
            Term::DateOf(instant) => Some(Quantity::Date(self.zone.date(millisecond(&self.instant(instant)?)))),
            Term::StartOf(date) => Some(Quantity::instant(self.zone.start_of(self.date(date)?))),
            Term::Since(instant) => Some(Quantity::Duration(whole(self.now.millis()) - self.instant(instant)?)),
            Term::Until(instant) => Some(Quantity::Duration(self.instant(instant)? - whole(self.now.millis()))),
            Term::Held(path, ty) => {
                let set = set_at(self.events, path, ty, self.declarations)?;
                Some(Quantity::Duration(whole(self.now.millis() - set.millis())))
            }
            Term::DaysUntil(instant) => {
                let day = self.zone.date(millisecond(&self.instant(instant)?));
                Some(Quantity::Number(whole(i64::from(day.days() - self.today().days()))))
            }
            Term::Age(date) => {
                let years = calendar::full_years(self.date(date)?, self.today());
                Some(Quantity::Number(whole(years)))
            }
            Term::Anniversary(date) => {
                let next = calendar::next_return(self.date(date)?, self.today());
                Some(Quantity::instant(self.zone.start_of(next)))
            }
            Term::Clock(clock) => Some(Quantity::Number(whole(calendar::read(*clock, self.now, self.zone)))),
            Term::Bucket(many, salt) => self.bucket(*many, salt.as_deref().unwrap_or("")),
            Term::Distance(one, other) => Some(Quantity::Number(metres(self.point(one)?, self.point(other)?))),
            Term::Trait(path) => trait_value(self.events, path, self.declarations).as_ref().map(Into::into),
            Term::Property(path) => self.property(path, &expression.ty).as_ref().map(Into::into),
            Term::Stage(name) => self.standing.stage(name).map(Quantity::Text),
            Term::Score(name) => self.standing.score(name),
            Term::Form(form) => self.measure(form),
            Term::And(_)
            | Term::Or(_)
            | Term::Not(_)
            | Term::Compare(..)
            | Term::Between(..)
            | Term::In { .. }
            | Term::During(..)
            | Term::Contains(..)
            | Term::StartsWith(..)
            | Term::EndsWith(..)
            | Term::Matches(..)
            | Term::Missing(_)
            | Term::Exists(_)
            | Term::Refunded
            | Term::SomeItem(..)
            | Term::Member(_)
            | Term::ForSome { .. } => Some(Quantity::Boolean(self.is_true(&expression.term))),
        }
    }

    /// The value of a name inside `where`, or inside `some`.
    fn property(&self, path: &'a Path, ty: &Type) -> Option<Value> {
        match &self.item {
            Some(item) => super::decode::decoded(item.at(path.iter().map(AsRef::as_ref))?, ty),
            None => self.at_hand?.property(path, self.declarations),
        }
    }

    /// xxh3-64 of salt, a zero byte and the customer's id.
    fn bucket(&self, many: i64, salt: &str) -> Option<Quantity> {
        let customer = &self.events.first()?.given.customer;
        let bytes = [salt.as_bytes(), &[0], customer.as_bytes()].concat();
        let bucket = xxhash_rust::xxh3::xxh3_64(&bytes) % u64::try_from(many).ok()?;
        Some(Quantity::Number(whole(i64::try_from(bucket).ok()?)))
    }

    pub(super) fn today(&self) -> spicchio_core::timer::Date {
        self.zone.date(self.now)
    }

    /// An instant, in milliseconds since the epoch.
    pub(super) fn instant(&self, expression: &'a Expression) -> Option<Exact> {
        let value = self.evaluate(expression)?;
        let Quantity::Instant(instant) = value else { unreachable!("no instant: {value:?}") };
        Some(instant)
    }

    fn date(&self, expression: &'a Expression) -> Option<spicchio_core::timer::Date> {
        let value = self.evaluate(expression)?;
        let Quantity::Date(date) = value else { unreachable!("no date: {value:?}") };
        Some(date)
    }

    fn point(&self, expression: &'a Expression) -> Option<spicchio_core::event::Point> {
        let value = self.evaluate(expression)?;
        let Quantity::Whole(Value::Point(point)) = value else { unreachable!("no point: {value:?}") };
        Some(point)
    }

    pub(super) fn text(&self, expression: &'a Expression) -> Option<String> {
        let value = self.evaluate(expression)?;
        let Quantity::Text(text) = value else { unreachable!("no text: {value:?}") };
        Some(text)
    }
}
