//! From an event's type to the features it is folded into.

use super::access::Access;
use super::compile::{Compiler, Group};
use super::features::{Features, Reads, Selector, Sourced};
use super::node::Condition;
use crate::event::{Column, Interest, ItemProperty, KindInterest, Slot};
use crate::feature::Fold;
use crate::segment::language::LINE_ITEMS;
use crate::segment::{Declarations, Definitions, Expression, Selection, Term, Type};
use crate::timer::{Instant, Zone};

/// What an event of one type is folded into.
#[derive(Clone, Debug, Default)]
pub struct Dispatch {
    steps: Vec<Step>,
    access: Access,
    /// Features by value.
    pub groups: Vec<GroupStep>,
}

impl Dispatch {
    /// The customer's features that an event with these properties can touch, by filter.
    pub fn steps<'a>(&'a self, slots: &'a [Slot]) -> impl Iterator<Item = &'a Step> {
        self.access.candidates(slots).filter_map(|index| self.steps.get(index))
    }
}

/// Features that share a filter.
#[derive(Clone, Debug)]
pub struct Step {
    /// Which events.
    pub filter: Option<Condition>,
    /// The first instant included and the first after it.
    pub bounds: Option<(Instant, Option<Instant>)>,
    /// The features.
    pub features: Vec<FeatureUse>,
    source: Option<(Box<Expression>, Zone)>,
}

impl Step {
    /// Whether the fixed ends of its windows admit an event of that time.
    pub fn admits(&self, time: Instant) -> bool {
        self.bounds.is_none_or(|(from, to)| from <= time && to.is_none_or(|to| time < to))
    }
}

/// A feature and the properties it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureUse {
    /// The feature.
    pub feature: usize,
    /// Where it reads its first property, where it reads one.
    pub column: ColumnUse,
    /// Where it reads the others.
    pub beside: Vec<ColumnUse>,
}

impl FeatureUse {
    /// Whether an event is folded once for each of its line items.
    pub fn reads_items(&self) -> bool {
        std::iter::once(&self.column).chain(&self.beside).any(|column| column.item.is_some())
    }
}

/// Where a property is read of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnUse {
    /// The event's slot; none where there is no property or the type lacks it.
    pub slot: Option<usize>,
    /// The slot holds line items, and the property is one of each.
    pub item: Option<ItemProperty>,
}

/// Features by the values of a property.
#[derive(Clone, Debug)]
pub struct GroupStep {
    /// The customer's keyed feature.
    pub feature: usize,
    /// The group.
    pub group: usize,
    /// The slot with the event's values of the property.
    pub slot: usize,
    /// The features of one value.
    pub steps: Vec<Step>,
}

/// Builds the index and, with it, the interest.
#[derive(Debug)]
pub(super) struct Dispatcher<'a> {
    declarations: &'a Declarations,
    interest: Interest,
    /// By rank; the last is for every type that nobody declared.
    dispatches: Vec<Dispatch>,
}

impl<'a> Dispatcher<'a> {
    /// An index without features.
    pub(super) fn new(declarations: &'a Declarations) -> Self {
        let kinds = declarations
            .events
            .iter()
            .map(|event| KindInterest { name: event.name.clone(), columns: Vec::new() })
            .collect();
        Self {
            declarations,
            interest: Interest { kinds },
            dispatches: vec![Dispatch::default(); declarations.events.len() + 1],
        }
    }

    /// Adds everything that was compiled, and gives the index and the interest.
    pub(super) fn build(mut self, features: &Features, groups: &[Group]) -> (Vec<Dispatch>, Interest) {
        for (index, sourced) in features.all.iter().enumerate() {
            match (&sourced.selector, &sourced.feature.fold) {
                (Some(selector), _) => {
                    for kind in self.kinds(selector) {
                        let step = self.step(kind, selector, sourced, index);
                        if let Some(dispatch) = self.dispatches.get_mut(kind) {
                            merge(&mut dispatch.steps, step);
                        }
                    }
                }
                (None, Fold::Keyed(group)) => self.group(index, *group, groups),
                (None, _) => self.register(index, sourced),
            }
        }
        for dispatch in &mut self.dispatches {
            dispatch.access = Access::of(&dispatch.steps);
        }
        (self.dispatches, self.interest)
    }

    fn kinds(&self, selector: &Selector) -> Vec<usize> {
        match &selector.events.selection {
            Selection::Types(names) => {
                names.iter().filter_map(|name| self.declarations.rank(name).map(usize::from)).collect()
            }
            Selection::Any => {
                let counted = |rank: &usize| {
                    let name = self.declarations.events.get(*rank).map(|event| event.name.as_str());
                    !matches!(name, Some("profile" | "erase"))
                };
                (0..=self.declarations.events.len()).filter(counted).collect()
            }
        }
    }

    fn step(&mut self, kind: usize, selector: &Selector, sourced: &Sourced, feature: usize) -> Step {
        let mut columns = sourced.reads.iter().flat_map(Reads::all).map(|reads| self.column_use(kind, reads));
        let column = columns.next().unwrap_or_default();
        let features = vec![FeatureUse { feature, column, beside: columns.collect() }];
        let filter = selector.events.filter.as_ref().map(|filter| self.filter(kind, filter, &selector.zone));
        let source = selector.events.filter.clone().map(|filter| (filter, selector.zone.clone()));
        Step { filter, bounds: selector.bounds, features, source }
    }

    fn column_use(&mut self, kind: usize, reads: &Reads) -> ColumnUse {
        if !reads.items {
            return ColumnUse { slot: self.slot(kind, reads, false), item: None };
        }
        let path = reads.path.get(1..).unwrap_or_default().to_vec();
        let event = self.declarations.events.get(kind);
        let Some(property) = event.and_then(|event| event.item_property(&path)) else { return ColumnUse::default() };
        let item = ItemProperty { path, ty: reads.ty.clone(), nonnegative: property.nonnegative };
        let list = Reads::of(vec![LINE_ITEMS.into()], Type::List);
        ColumnUse { slot: self.slot(kind, &list, false), item: Some(item) }
    }

    fn filter(&mut self, kind: usize, filter: &Expression, zone: &Zone) -> Condition {
        let mut properties = Vec::new();
        collect_properties(filter, &mut properties);
        let slots =
            properties.into_iter().filter_map(|reads| self.slot(kind, &reads, false).map(|slot| (reads.path, slot)));
        let nothing = Definitions::default();
        let mut compiler = Compiler::of(&nothing);
        compiler.zone = zone.clone();
        compiler.slots = slots.collect();
        compiler.condition(filter)
    }

    fn slot(&mut self, kind: usize, reads: &Reads, spread: bool) -> Option<usize> {
        let property = self.declarations.events.get(kind)?.properties.get(&reads.path);
        if property.is_none() && !spread {
            return None;
        }
        let nonnegative = property.is_some_and(|property| property.nonnegative);
        self.column(kind, Column { path: reads.path.clone(), ty: reads.ty.clone(), nonnegative, spread })
    }

    fn column(&mut self, kind: usize, column: Column) -> Option<usize> {
        let columns = &mut self.interest.kinds.get_mut(kind)?.columns;
        let known = columns.iter().position(|known| *known == column);
        Some(known.unwrap_or_else(|| {
            columns.push(column);
            columns.len() - 1
        }))
    }

    fn register(&mut self, feature: usize, sourced: &Sourced) {
        let (Some(reads), Some(profile)) = (&sourced.reads, self.declarations.rank("profile").map(usize::from)) else {
            return;
        };
        let column = Column { path: reads.path.clone(), ty: reads.ty.clone(), nonnegative: false, spread: false };
        let slot = self.column(profile, column);
        let column = ColumnUse { slot, item: None };
        let features = vec![FeatureUse { feature, column, beside: Vec::new() }];
        let step = Step { filter: None, bounds: None, features, source: None };
        if let Some(dispatch) = self.dispatches.get_mut(profile) {
            merge(&mut dispatch.steps, step);
        }
    }

    fn group(&mut self, feature: usize, group: usize, groups: &[Group]) {
        let Some(compiled) = groups.get(group) else { return };
        let property = Reads::of(compiled.property.clone(), compiled.ty.clone());
        for (index, sourced) in compiled.features.all.iter().enumerate() {
            let Some(selector) = &sourced.selector else { continue };
            for kind in self.kinds(selector) {
                let Some(slot) = self.slot(kind, &property, true) else { continue };
                let step = self.step(kind, selector, sourced, index);
                let Some(dispatch) = self.dispatches.get_mut(kind) else { continue };
                match dispatch.groups.iter_mut().find(|known| known.group == group) {
                    Some(known) => merge(&mut known.steps, step),
                    None => dispatch.groups.push(GroupStep { feature, group, slot, steps: vec![step] }),
                }
            }
        }
    }
}

fn merge(steps: &mut Vec<Step>, step: Step) {
    match steps.iter_mut().find(|known| known.source == step.source && known.bounds == step.bounds) {
        Some(known) => known.features.extend(step.features),
        None => steps.push(step),
    }
}

/// The properties a filter reads.
fn collect_properties(expression: &Expression, found: &mut Vec<Reads>) {
    if let Term::Property(path) = &expression.term {
        found.push(Reads::of(path.clone(), expression.ty.clone()));
    }
    for part in expression.parts() {
        collect_properties(part, found);
    }
}
