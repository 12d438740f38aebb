//! The immutable set of compiled definitions in force.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use compact_str::CompactString;
use sha2::{Digest, Sha256};

use super::compile::Compiler;
use super::dispatch::{Dispatch, Dispatcher};
use super::features::{Features, Reads, Sourced};
use super::mask::Mask;
use super::node::{Condition, Operand, Test};
use super::rule::Rule;
use super::who::asks_who;
use super::{Measure, Span, layout};
use crate::customer::{Customer, Memberships, Place, Standing};
use crate::event::{Interest, Kind};
use crate::feature::Feature;
use crate::segment::evaluate::{View, outcome};
use crate::segment::{Declarations, Definitions, Selection, Type};
use crate::timer::Instant;

/// The compiled set of definitions in force; immutable.
#[derive(Debug)]
pub struct Catalog {
    interest: Arc<Interest>,
    hash: Arc<str>,
    layout: Arc<str>,
    segments: Vec<CompiledSegment>,
    features: Vec<Feature>,
    groups: Vec<Vec<Feature>>,
    dispatches: Vec<Dispatch>,
    /// By feature: the segments whose condition reads it.
    readers: Vec<Mask>,
    /// The segments that time alone can change.
    timed: Mask,
    /// The segments to evaluate when a customer appears, whatever its first event.
    at_birth: Mask,
    /// The order in which segments are decided, where that is not the order of their names.
    order: Option<Vec<usize>>,
    /// By segment with a memory: whose conditions ask for membership of it.
    followers: Vec<(usize, Mask)>,
    /// The scores that are measured for themselves, sorted by name.
    scores: Vec<(Arc<str>, Operand)>,
    /// By feature: what it measures.
    origins: Vec<Origin>,
    /// By group: the property, and what its features measure.
    group_origins: Vec<(String, Vec<Origin>)>,
}

/// What a feature measures, however much it keeps of it: what tells whether another catalog's feature measures the
/// same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// Equal exactly where the same events are measured in the same way.
    pub(super) identity: String,
    /// Whether it reads events of every type.
    pub(super) any: bool,
}

/// A compiled segment or ladder.
#[derive(Debug)]
pub struct CompiledSegment {
    /// Its name.
    pub name: Arc<str>,
    /// What it is for.
    pub description: Option<String>,
    /// The canonical text of its condition, of its two thresholds, or of its stages.
    pub text: String,
    /// Its hash: `sha256:` and 64 hexadecimal digits; a comment or layout changes nothing.
    pub hash: Arc<str>,
    /// What decides about it.
    pub rule: Rule,
    /// What its transitions carry.
    pub attach: Vec<(CompactString, Operand, Type)>,
    /// How long it waits for late events, where that is longer than the configured grace, in milliseconds.
    pub grace_millis: i64,
    /// Labels of the author's.
    pub labels: BTreeMap<String, String>,
    /// The features its conditions read.
    pub features: Vec<usize>,
    /// The segments with a memory that its conditions ask for membership: decided before it.
    pub(super) members: BTreeSet<usize>,
}

impl CompiledSegment {
    /// Whether it matters afterwards when a customer left it.
    pub fn remembers_exit(&self) -> bool {
        matches!(&self.rule, Rule::Latch(latch) if latch.rest.is_some())
    }

    /// Notes that a customer stands there from now on; that it is outside only where that matters later.
    pub fn stand(&self, memberships: &mut Memberships, index: usize, place: Place, since: Instant) {
        if place == Place::Outside && !self.remembers_exit() {
            memberships.remove(index);
        } else {
            memberships.set(index, place, since);
        }
    }

    /// The names of its stages, where it is a ladder.
    pub fn stages(&self) -> &[Arc<str>] {
        match &self.rule {
            Rule::Ladder(ladder) => &ladder.names,
            Rule::Holds(_) | Rule::Latch(_) => &[],
        }
    }

    /// The name of a stage, where it is a ladder.
    pub fn stage(&self, place: Place) -> Option<&Arc<str>> {
        place.index().and_then(|index| self.stages().get(index))
    }
}

impl Catalog {
    /// Compiles definitions that the front end accepted.
    pub fn compile(definitions: &Definitions) -> Self {
        Self::compiled(definitions, false)
    }

    /// The same, and state is kept for every score, whether a segment reads it or not: to measure a population.
    pub fn measuring(definitions: &Definitions) -> Self {
        Self::compiled(definitions, true)
    }

    fn compiled(definitions: &Definitions, measuring: bool) -> Self {
        let mut compiler = Compiler::of(definitions);
        let segments = compiler.segments();
        let scores = if measuring { compiler.scores() } else { Vec::new() };
        let (dispatches, interest) =
            Dispatcher::new(&definitions.declarations).build(&compiler.customer, &compiler.groups);
        let mut readers = vec![Mask::default(); compiler.customer.all.len()];
        let (mut timed, mut at_birth) = (Mask::default(), Mask::default());
        let nobody = Customer::new();
        let mut all = Sha256::new();
        for (index, segment) in segments.iter().enumerate() {
            for feature in &segment.features {
                if let Some(mask) = readers.get_mut(*feature) {
                    mask.insert(index);
                }
            }
            if is_timed(&segment.rule) {
                timed.insert(index);
            }
            let empty = outcome(&segment.rule, Standing::default(), &View::of("", &nobody, Instant::MIN));
            if empty.place != Place::Outside || empty.until != Instant::NEVER || asks_who(definitions, &segment.name) {
                at_birth.insert(index);
            }
            all.update(segment.name.as_bytes());
            all.update([0]);
            all.update(segment.hash.as_bytes());
        }
        let groups = compiler.groups.iter().map(|group| &group.features);
        let layout = Sha256::digest(layout::text(&compiler.customer, groups, &interest));
        let origins =
            |features: &Features| features.all.iter().map(|one| origin(one, &definitions.declarations)).collect();
        let group_origins = compiler
            .groups
            .iter()
            .map(|group| (format!("{} {:?}", group.property.join("."), group.ty), origins(&group.features)));
        let group_origins: Vec<(String, Vec<Origin>)> = group_origins.collect();
        let origins: Vec<Origin> = origins(&compiler.customer);
        let features = compiler.customer.all.into_iter().map(|sourced| sourced.feature).collect();
        let groups = compiler
            .groups
            .into_iter()
            .map(|group| group.features.all.into_iter().map(|sourced| sourced.feature).collect());
        let (order, followers) = decided_in_order(&segments);
        Self {
            order,
            followers,
            scores,
            origins,
            group_origins,
            interest: Arc::new(interest),
            hash: hexadecimal(&all.finalize()),
            layout: hexadecimal(&layout),
            segments,
            features,
            groups: groups.collect(),
            dispatches,
            readers,
            timed,
            at_birth,
        }
    }

    /// Which properties its definitions read: what a decoder needs to know.
    pub fn interest(&self) -> &Arc<Interest> {
        &self.interest
    }

    /// The hash of all its segments.
    pub fn hash(&self) -> &Arc<str> {
        &self.hash
    }

    /// The hash of what the state of its customers means: state that was kept under one catalog is state of another one
    /// exactly when both the layouts and the segments' hashes agree.
    pub fn layout(&self) -> &Arc<str> {
        &self.layout
    }

    /// The segments and ladders, sorted by name; their positions are the order of [`crate::engine::Engine::members`].
    pub fn segments(&self) -> &[CompiledSegment] {
        &self.segments
    }

    /// The scores by name, where they are measured ([`Catalog::measuring`]).
    pub fn scores(&self) -> &[(Arc<str>, Operand)] {
        &self.scores
    }

    /// The features of a customer, by index.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// The features of one value, for all groups.
    pub fn groups(&self) -> &[Vec<Feature>] {
        &self.groups
    }

    /// The features of one value, by group.
    pub fn group(&self, group: usize) -> &[Feature] {
        self.groups.get(group).map_or(&[], Vec::as_slice)
    }

    /// What the features of a customer measure, by index.
    pub(super) fn origins(&self) -> &[Origin] {
        &self.origins
    }

    /// What the features of one value measure, by group.
    pub(super) fn group_origins(&self, group: usize) -> &[Origin] {
        self.group_origins.get(group).map_or(&[], |(_, origins)| origins)
    }

    /// The property of a group, with its type.
    pub(super) fn group_property(&self, group: usize) -> Option<&str> {
        self.group_origins.get(group).map(|(property, _)| property.as_str())
    }

    /// What an event of that kind is folded into.
    pub fn dispatch(&self, kind: &Kind) -> Option<&Dispatch> {
        match kind {
            Kind::Declared(rank) => self.dispatches.get(usize::from(*rank)),
            Kind::Other(_) => self.dispatches.last(),
        }
    }

    /// The rank of the event type of that name.
    pub fn rank(&self, name: &str) -> Option<u16> {
        self.interest.kinds.iter().position(|kind| kind.name == name).and_then(|rank| u16::try_from(rank).ok())
    }

    /// The name of the event type of that rank.
    pub fn kind_name(&self, rank: u16) -> Option<&CompactString> {
        self.interest.kinds.get(usize::from(rank)).map(|kind| &kind.name)
    }

    /// The segments whose condition reads a feature.
    pub fn readers(&self, feature: usize) -> Option<&Mask> {
        self.readers.get(feature)
    }

    /// The segments that time alone can change.
    pub const fn timed(&self) -> &Mask {
        &self.timed
    }

    /// The segments that can hold, or come to hold by time, for a customer of whom nothing is known.
    pub const fn at_birth(&self) -> &Mask {
        &self.at_birth
    }

    /// The order in which segments are decided, where a condition asks for membership of a segment with a memory; any
    /// order will do where there is none.
    pub fn order(&self) -> Option<&[usize]> {
        self.order.as_deref()
    }

    /// The segments whose conditions ask for membership of this one, where it has a memory.
    pub fn followers(&self, segment: usize) -> Option<&Mask> {
        self.followers.iter().find(|(known, _)| *known == segment).map(|(_, mask)| mask)
    }
}

/// What a feature measures: its key, and the types of what it reads, which the key does not say.
fn origin(sourced: &Sourced, declarations: &Declarations) -> Origin {
    let types: Vec<&Type> = sourced.reads.iter().flat_map(Reads::all).map(|reads| &reads.ty).collect();
    let mut identity = format!("{} {types:?}", sourced.key);
    let selection = sourced.selector.as_ref().map(|selector| &selector.events.selection);
    // Properties of another type in its filter, or declared otherwise, decode otherwise.
    for event in &declarations.events {
        let selected = match selection {
            Some(Selection::Types(names)) => names.contains(&event.name),
            Some(Selection::Any) | None => false,
        };
        if selected {
            // Writing to a string cannot fail.
            let _ = write!(identity, " {:?}", event.properties);
        }
    }
    Origin { identity, any: selection == Some(&Selection::Any) }
}

/// An order in which every segment comes after those that it asks for membership, and who asks each of these.
fn decided_in_order(segments: &[CompiledSegment]) -> (Option<Vec<usize>>, Vec<(usize, Mask)>) {
    let mut followers: BTreeMap<usize, Mask> = BTreeMap::new();
    for (index, segment) in segments.iter().enumerate() {
        for asked in &segment.members {
            followers.entry(*asked).or_default().insert(index);
        }
    }
    if followers.is_empty() {
        return (None, Vec::new());
    }
    let (mut order, mut placed) = (Vec::with_capacity(segments.len()), Mask::default());
    while order.len() < segments.len() {
        let ready = |(index, segment): &(usize, &CompiledSegment)| {
            !placed.contains(*index) && segment.members.iter().all(|asked| placed.contains(*asked))
        };
        let next: Vec<usize> = segments.iter().enumerate().filter(ready).map(|(index, _)| index).collect();
        if next.is_empty() {
            break;
        }
        for index in &next {
            placed.insert(*index);
        }
        order.extend(next);
    }
    (Some(order), followers.into_iter().collect())
}

pub(super) fn hexadecimal(digest: &[u8]) -> Arc<str> {
    let mut text = String::from("sha256:");
    for byte in digest {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.into()
}

/// Whether time alone can change where a customer stands.
fn is_timed(rule: &Rule) -> bool {
    let waits = matches!(rule, Rule::Latch(latch) if latch.stay.is_some() || latch.rest.is_some());
    waits || rule.conditions().into_iter().any(reads_time)
}

/// Whether time alone can change what a condition says.
fn reads_time(condition: &Condition) -> bool {
    match condition {
        Condition::Constant(_) => false,
        Condition::And(parts) | Condition::Or(parts) => parts.iter().any(reads_time),
        Condition::Not(inner) => reads_time(inner),
        Condition::If(parts) => parts.iter().any(reads_time),
        Condition::Leaf(leaf) => match &leaf.test {
            Test::Reach { measure, .. } => slides(measure),
            Test::Order(_, left, right) => slides(left) || slides(right),
            Test::Distance { .. } | Test::Period(..) => true,
            Test::Compare(_, left, right)
            | Test::Contains(left, right)
            | Test::StartsWith(left, right)
            | Test::EndsWith(left, right) => varies(left) || varies(right),
            Test::Some(list, condition) => varies(list) || reads_time(condition),
            Test::Matches(operand, _) | Test::In(operand, ..) | Test::Missing(operand, _) | Test::Truth(operand) => {
                varies(operand)
            }
            Test::Sequence(sequence) => slides(&sequence.second),
            Test::Chain(chain) => chain.runs_out() || span_slides(&chain.span),
            Test::ForSome { condition, .. } => reads_time(condition),
            Test::Member(latch) => is_timed(&Rule::Latch(Arc::clone(latch))),
        },
    }
}

fn varies(operand: &Operand) -> bool {
    match operand {
        Operand::Since(_)
        | Operand::Until(_)
        | Operand::Clock(..)
        | Operand::Age(..)
        | Operand::DaysUntil(..)
        | Operand::Anniversary(..) => true,
        Operand::Constant(_)
        | Operand::Millis(_)
        | Operand::Trait(_)
        | Operand::SetAt(_)
        | Operand::Property(_)
        | Operand::Metres(_)
        | Operand::Item(..)
        | Operand::Bucket(..) => false,
        Operand::Measure(measure) => slides(measure),
        Operand::Arithmetic(_, left, right) | Operand::Distance(left, right) => varies(left) || varies(right),
        Operand::Negate(inner) | Operand::Lower(inner) | Operand::DateOf(inner, _) | Operand::StartOf(inner, _) => {
            varies(inner)
        }
        Operand::If(condition, then, otherwise) => reads_time(condition) || varies(then) || varies(otherwise),
        Operand::Condition(condition) => reads_time(condition),
    }
}

fn slides(measure: &Measure) -> bool {
    span_slides(&measure.span)
}

fn span_slides(span: &Span) -> bool {
    match span {
        Span::Whole => false,
        Span::Last { .. } => true,
        Span::After(anchor) => slides(anchor),
    }
}
