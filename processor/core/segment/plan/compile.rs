//! From a typed expression to a compiled condition, collecting the features it reads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use compact_str::CompactString;

use super::features::{Features, Reads, Selector, Wanted};
use super::forms::{Need, can_tie};
use super::node::{Condition, Leaf, Operand, Test};
use super::rule::Latch;
use super::segments::{ladder_text, latch_text};
use crate::event::{Number, Value};
use crate::feature::Horizon;
use crate::segment::{Definitions, Expression, Form, Path, Relation, Term, Type};
use crate::timer::Zone;

/// Features by value of a property, while they are compiled.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// The property.
    pub property: Path,
    /// Its type.
    pub ty: Type,
    /// The features of one value.
    pub features: Features,
}

/// Compiles the expressions of one catalog.
#[derive(Debug)]
pub(super) struct Compiler<'a> {
    /// What names in conditions mean.
    pub definitions: &'a Definitions,
    /// Segments with a memory that were asked for, with the features they read.
    pub latches: BTreeMap<CompactString, (Arc<Latch>, Vec<usize>)>,
    /// The features of a customer.
    pub customer: Features,
    /// The features by value, one group for each `for some`.
    pub groups: Vec<Group>,
    /// The zone of the definition at hand.
    pub zone: Zone,
    /// Inside a filter: the slots of the properties of the event type at hand.
    pub slots: Vec<(Path, usize)>,
    /// The group whose condition is being compiled.
    inside: Option<usize>,
    /// The customer's features read by the leaf at hand.
    reads: BTreeSet<usize>,
    /// The segments with a memory that the definition at hand asks for membership, by position.
    members: BTreeSet<usize>,
    /// The texts of the definitions that the one at hand names.
    references: BTreeSet<String>,
}

impl<'a> Compiler<'a> {
    /// A compiler without features.
    pub(super) fn of(definitions: &'a Definitions) -> Self {
        Self {
            definitions,
            latches: BTreeMap::new(),
            members: BTreeSet::new(),
            references: BTreeSet::new(),
            customer: Features::default(),
            groups: Vec::new(),
            zone: Zone::UTC,
            slots: Vec::new(),
            inside: None,
            reads: BTreeSet::new(),
        }
    }

    /// The feature that serves a reader in the scope at hand.
    pub(super) fn feature(&mut self, selector: Option<&Selector>, reads: Option<&Reads>, wanted: Wanted) -> usize {
        if let Some(group) = self.inside.and_then(|inside| self.groups.get_mut(inside)) {
            return group.features.serve(selector, reads, wanted);
        }
        self.customer_feature(selector, reads, wanted)
    }

    fn history_feature(&mut self, path: &Path, ty: &Type) -> usize {
        let reads = Reads::of(path.clone(), ty.clone());
        self.customer_feature(None, Some(&reads), Wanted::History)
    }

    fn trait_feature(&mut self, path: &Path, ty: &Type) -> usize {
        let reads = Reads::of(path.clone(), ty.clone());
        self.customer_feature(None, Some(&reads), Wanted::Register)
    }

    /// The feature of the customer that serves a reader, also inside `for some`.
    pub(super) fn customer_feature(
        &mut self,
        selector: Option<&Selector>,
        reads: Option<&Reads>,
        wanted: Wanted,
    ) -> usize {
        let index = self.customer.serve(selector, reads, wanted);
        self.reads.insert(index);
        index
    }

    /// The customer's features read since this was last asked.
    pub(super) fn take_reads(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.reads).into_iter().collect()
    }

    /// Notes that these features of the customer are read.
    pub(super) fn read(&mut self, features: &[usize]) {
        self.reads.extend(features);
    }

    /// The segments with a memory that were asked for membership since this was last asked.
    pub(super) fn take_members(&mut self) -> BTreeSet<usize> {
        std::mem::take(&mut self.members)
    }

    /// The texts of the definitions named since this was last asked.
    pub(super) fn take_references(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.references)
    }

    /// Compiles a part of another definition, in that one's zone.
    fn of_other<R>(&mut self, zone: &Zone, text: &str, compile: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.zone, zone.clone());
        self.references.insert(format!("{text}\0zone {}", zone.name()));
        let compiled = compile(self);
        self.zone = outer;
        compiled
    }

    /// Membership of a segment: its condition, or what was decided where it has a memory.
    fn member(&mut self, expression: &Expression, name: &str) -> Condition {
        let Some(segment) = self.definitions.segment(name) else { return Condition::Constant(false) };
        let Some(latch) = &segment.latch else {
            let text = segment.condition.to_string();
            return self.of_other(&segment.zone, &text, |compiler| compiler.condition(&segment.condition));
        };
        let text = latch_text(&segment.condition, latch);
        self.of_other(&segment.zone, &text, |compiler| {
            compiler.leaf(expression, |compiler| {
                let latch = compiler.latch(segment, latch);
                compiler.members.insert(latch.segment);
                (Test::Member(latch), None)
            })
        })
    }

    /// The name of the stage that a customer is in.
    fn stage(&mut self, name: &str) -> Operand {
        let Some(ladder) = self.definitions.ladder(name) else { return Operand::none() };
        self.of_other(&ladder.zone, &ladder_text(ladder), |compiler| {
            let text = |name: &CompactString| Operand::Constant(Value::Text(name.clone()));
            let last = ladder.otherwise.as_ref().map_or_else(Operand::none, text);
            ladder.stages.iter().rev().fold(last, |otherwise, (name, condition)| {
                Operand::If(Box::new(compiler.condition(condition)), Box::new(text(name)), Box::new(otherwise))
            })
        })
    }

    fn score(&mut self, name: &str) -> Operand {
        let Some(score) = self.definitions.score(name) else { return Operand::none() };
        self.of_other(&score.zone, &score.value.to_string(), |compiler| compiler.operand(&score.value))
    }

    /// A boolean expression.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other term is a leaf")]
    pub(super) fn condition(&mut self, expression: &Expression) -> Condition {
        match &expression.term {
            Term::Constant(Value::Boolean(holds)) => Condition::Constant(*holds),
            Term::And(parts) => Condition::And(parts.iter().map(|part| self.condition(part)).collect()),
            Term::Or(parts) => Condition::Or(parts.iter().map(|part| self.condition(part)).collect()),
            Term::Not(inner) => Condition::Not(Box::new(self.condition(inner))),
            Term::If { condition, then, otherwise } => {
                Condition::If(Box::new([condition, then, otherwise].map(|part| self.condition(part))))
            }
            Term::Compare(relation, left, right) => self.comparison(*relation, left, right),
            Term::Member(name) => self.member(expression, name),
            Term::Between(value, low, high) => Condition::And(vec![
                self.comparison(Relation::AtLeast, value, low),
                self.comparison(Relation::AtMost, value, high),
            ]),
            _ => self.leaf(expression, |compiler| compiler.test(expression)),
        }
    }

    fn leaf(
        &mut self,
        expression: &Expression,
        test: impl FnOnce(&mut Self) -> (Test, Option<(Operand, Type)>),
    ) -> Condition {
        let outer = std::mem::take(&mut self.reads);
        let (test, shown) = test(self);
        let reads = std::mem::replace(&mut self.reads, outer);
        self.reads.extend(&reads);
        let features = reads.into_iter().collect();
        Condition::Leaf(Box::new(Leaf { test, text: expression.to_string().into(), shown, features }))
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "every other term is a boolean value")]
    fn test(&mut self, expression: &Expression) -> (Test, Option<(Operand, Type)>) {
        match &expression.term {
            Term::In { value, list, negated } => {
                let items = list.iter().filter_map(constant).collect();
                let operand = self.operand(value);
                (Test::In(operand.clone(), items, *negated), Some((operand, value.ty.clone())))
            }
            Term::InPeriod(instant, period) => {
                let operand = self.operand(instant);
                (Test::Period(operand.clone(), *period, self.zone.clone()), Some((operand, Type::Instant)))
            }
            Term::Contains(whole, part) => self.two(whole, part, Test::Contains),
            Term::StartsWith(whole, part) => self.two(whole, part, Test::StartsWith),
            Term::EndsWith(whole, part) => self.two(whole, part, Test::EndsWith),
            Term::Matches(text, pattern) => {
                let operand = self.operand(text);
                (Test::Matches(operand.clone(), pattern.clone()), Some((operand, Type::Text)))
            }
            Term::Some { list, condition } => {
                let list = self.operand(list);
                (Test::Some(list, self.condition(condition)), None)
            }
            Term::Missing(inner) => {
                let operand = self.there(inner);
                (Test::Missing(operand, true), None)
            }
            Term::Exists(inner) => {
                let operand = self.there(inner);
                (Test::Missing(operand, false), None)
            }
            Term::Form(Form::Sequence { first, second, within, window }) => {
                (Test::Sequence(Box::new(self.sequence(first, second, *within, window))), None)
            }
            Term::Form(Form::Chain(chain)) => (Test::Chain(Box::new(self.chain(chain))), None),
            Term::ForSome { property, ty, condition } => (self.for_some(property, ty, condition), None),
            _ => (Test::Truth(self.operand(expression)), None),
        }
    }

    fn two(
        &mut self,
        whole: &Expression,
        part: &Expression,
        test: impl FnOnce(Operand, Operand) -> Test,
    ) -> (Test, Option<(Operand, Type)>) {
        let operand = self.operand(whole);
        let part = self.operand(part);
        (test(operand.clone(), part), Some((operand, whole.ty.clone())))
    }

    fn for_some(&mut self, property: &Path, ty: &Type, condition: &Expression) -> Test {
        let group = self.groups.len();
        self.groups.push(Group { property: property.clone(), ty: ty.clone(), features: Features::default() });
        let feature = self.feature(None, None, Wanted::Keyed(group));
        let outside = self.inside.replace(group);
        let condition = self.condition(condition);
        self.inside = outside;
        Test::ForSome { feature, property: property.join(".").into(), condition }
    }

    fn comparison(&mut self, relation: Relation, left: &Expression, right: &Expression) -> Condition {
        let (Term::Form(Form::Moment(a, events_a, window_a)), Term::Form(Form::Moment(b, events_b, window_b))) =
            (&left.term, &right.term)
        else {
            return self.plain_comparison(relation, left, right);
        };
        let identified = can_tie(events_a, events_b);
        let sides = [(*a, events_a, window_a, left), (*b, events_b, window_b, right)];
        self.leaf(&compare(relation, left, right), |compiler| {
            let [left, right] = sides.map(|(nth, events, window, form)| {
                compiler.moment(nth, events, window, identified).measure(form.to_string())
            });
            let shown = (Operand::Measure(Box::new(left.clone())), Type::Instant);
            (Test::Order(relation, left, right), Some(shown))
        })
    }

    /// A comparison in which none is none: not of two events with each other. One with an `if` is asked of its
    /// branches.
    fn plain_comparison(&mut self, relation: Relation, left: &Expression, right: &Expression) -> Condition {
        if let Term::If { condition, then, otherwise } = &left.term {
            let parts = [
                self.condition(condition),
                self.plain_comparison(relation, then, right),
                self.plain_comparison(relation, otherwise, right),
            ];
            return Condition::If(Box::new(parts));
        }
        if let Term::If { condition, then, otherwise } = &right.term {
            let parts = [
                self.condition(condition),
                self.plain_comparison(relation, left, then),
                self.plain_comparison(relation, left, otherwise),
            ];
            return Condition::If(Box::new(parts));
        }
        if is_fixed(left) && !is_fixed(right) {
            return self.plain_comparison(relation.flipped(), right, left);
        }
        if let Some(threshold) = self.threshold(relation, left, right) {
            return threshold;
        }
        self.leaf(&compare(relation, left, right), |compiler| compiler.compared(relation, left, right))
    }

    fn compared(
        &mut self,
        relation: Relation,
        left: &Expression,
        right: &Expression,
    ) -> (Test, Option<(Operand, Type)>) {
        if let Term::Length(length) = &right.term
            && length.is_calendar()
            && let Term::Since(instant) | Term::Until(instant) = &left.term
        {
            let ahead = matches!(left.term, Term::Until(_));
            let shown = self.operand(left);
            let instant = self.operand(instant);
            let length = Horizon { length: *length, zone: self.zone.clone() };
            return (Test::Distance { relation, instant, ahead, length }, Some((shown, Type::Duration)));
        }
        let shown = self.operand(left);
        let right = self.operand(right);
        (Test::Compare(relation, shown.clone(), right), Some((shown, left.ty.clone())))
    }

    /// A count, or a sum that only grows, against a constant: only as much is kept as tells whether it is reached.
    fn threshold(&mut self, relation: Relation, left: &Expression, right: &Expression) -> Option<Condition> {
        let Term::Form(form) = &left.term else { return None };
        let limit = number(right)?.millionths();
        let scale = match form {
            Form::Count(..) | Form::Days(..) | Form::Distinct(..) => Number::SCALE,
            Form::Sum(column, _) | Form::Net(column, _) if column.nonnegative => 1,
            Form::Sum(..)
            | Form::Net(..)
            | Form::Values(..)
            | Form::Top(..)
            | Form::Visits(..)
            | Form::TimeSpent(..)
            | Form::Chain(_)
            | Form::Average(..)
            | Form::Minimum(..)
            | Form::Maximum(..)
            | Form::Moment(..)
            | Form::Pick(..)
            | Form::Sequence { .. } => return None,
        };
        let at_least = i128::from(limit.div_euclid(scale)) + i128::from(limit.rem_euclid(scale) != 0);
        let more = i128::from(limit.div_euclid(scale)) + 1;
        let (limit, negated) = match relation {
            Relation::AtLeast => (at_least, false),
            Relation::Greater => (more, false),
            Relation::Less => (at_least, true),
            Relation::AtMost => (more, true),
            Relation::Equal | Relation::Unequal => return self.exactly(relation, left, form, right),
        };
        Some(self.leaf(&compare(relation, left, right), |compiler| {
            let measure = compiler.measure(form, Need::Threshold(limit.max(1)));
            let shown = (Operand::Measure(Box::new(measure.clone())), Type::Number);
            (Test::Reach { measure, limit, negated }, Some(shown))
        }))
    }

    /// `count == k` and `!=`: one more than k is enough to tell.
    fn exactly(&mut self, relation: Relation, left: &Expression, form: &Form, right: &Expression) -> Option<Condition> {
        if matches!(form, Form::Sum(..) | Form::Net(..)) {
            return None;
        }
        let limit = number(right)?;
        let whole = limit.millionths().div_euclid(Number::SCALE).max(0);
        Some(self.leaf(&compare(relation, left, right), |compiler| {
            let measure = compiler.measure(form, Need::Threshold(i128::from(whole) + 1));
            let operand = Operand::Measure(Box::new(measure));
            (
                Test::Compare(relation, operand.clone(), Operand::Constant(Value::Number(limit))),
                Some((operand, Type::Number)),
            )
        }))
    }

    /// What is asked whether it is there: of an item's property in whatever type.
    fn there(&mut self, expression: &Expression) -> Operand {
        if let Term::Item(path) = &expression.term {
            return Operand::Item(path.clone(), None);
        }
        self.operand(expression)
    }

    /// Any expression, as a value.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other term is a condition")]
    pub(super) fn operand(&mut self, expression: &Expression) -> Operand {
        if let Some(value) = constant(expression) {
            return Operand::Constant(value);
        }
        match &expression.term {
            Term::Length(length) => Operand::Millis(length.millis()),
            Term::If { condition, then, otherwise } if expression.ty != Type::Boolean => {
                let condition = Box::new(self.condition(condition));
                Operand::If(condition, Box::new(self.operand(then)), Box::new(self.operand(otherwise)))
            }
            Term::Arithmetic(arithmetic, left, right) => {
                Operand::Arithmetic(*arithmetic, Box::new(self.operand(left)), Box::new(self.operand(right)))
            }
            Term::Negate(inner) => Operand::Negate(Box::new(self.operand(inner))),
            Term::Lower(inner) => Operand::Lower(Box::new(self.operand(inner))),
            Term::DateOf(inner) => Operand::DateOf(Box::new(self.operand(inner)), self.zone.clone()),
            Term::StartOf(inner) => Operand::StartOf(Box::new(self.operand(inner)), self.zone.clone()),
            Term::Since(inner) => Operand::Since(Box::new(self.operand(inner))),
            Term::Until(inner) => Operand::Until(Box::new(self.operand(inner))),
            Term::Metres(metres) => Operand::Metres(*metres),
            Term::Distance(one, other) => Operand::Distance(Box::new(self.operand(one)), Box::new(self.operand(other))),
            Term::Bucket { count, salt } => Operand::Bucket(*count, salt.clone()),
            Term::Item(path) => Operand::Item(path.clone(), Some(expression.ty.clone())),
            Term::Clock(dial) => Operand::Clock(*dial, self.zone.clone()),
            Term::Age(inner) => Operand::Age(Box::new(self.operand(inner)), self.zone.clone()),
            Term::DaysUntil(inner) => Operand::DaysUntil(Box::new(self.operand(inner)), self.zone.clone()),
            Term::Anniversary(inner) => Operand::Anniversary(Box::new(self.operand(inner)), self.zone.clone()),
            Term::Trait(path) => Operand::Trait(self.trait_feature(path, &expression.ty)),
            Term::SetAt(path, ty) => Operand::SetAt(self.history_feature(path, ty)),
            Term::Stage(name) => self.stage(name),
            Term::Score(name) => self.score(name),
            Term::Property(path) => {
                Operand::Property(self.slots.iter().find(|(known, _)| known == path).map(|(_, slot)| *slot))
            }
            Term::Form(form) if !matches!(form, Form::Sequence { .. } | Form::Chain(_)) => {
                Operand::Measure(Box::new(self.measure(form, Need::Value)))
            }
            _ => Operand::Condition(Box::new(self.condition(expression))),
        }
    }
}

impl Relation {
    /// The relation with its operands exchanged.
    #[must_use]
    pub const fn flipped(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::Unequal => Self::Unequal,
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::Greater => Self::Less,
            Self::AtLeast => Self::AtMost,
        }
    }
}

fn compare(relation: Relation, left: &Expression, right: &Expression) -> Expression {
    Expression { term: Term::Compare(relation, Box::new(left.clone()), Box::new(right.clone())), ty: Type::Boolean }
}

/// Whether an expression is written out: it is compared with, not measured.
fn is_fixed(expression: &Expression) -> bool {
    constant(expression).is_some() || matches!(expression.term, Term::Length(_) | Term::Metres(_))
}

/// The value of a constant, a negated one included.
#[expect(clippy::wildcard_enum_match_arm, reason = "nothing else is constant")]
pub(super) fn constant(expression: &Expression) -> Option<Value> {
    match &expression.term {
        Term::Constant(value) => Some(value.clone()),
        Term::Negate(inner) => match constant(inner)? {
            Value::Number(number) => {
                number.millionths().checked_neg().map(|negated| Value::Number(Number::from_millionths(negated)))
            }
            _ => None,
        },
        _ => None,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "nothing else is a number")]
fn number(expression: &Expression) -> Option<Number> {
    match constant(expression)? {
        Value::Number(number) => Some(number),
        _ => None,
    }
}
