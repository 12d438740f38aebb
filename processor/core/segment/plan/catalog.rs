//! The immutable set of compiled definitions in force.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use compact_str::CompactString;
use sha2::{Digest, Sha256};

use super::compile::Compiler;
use super::dispatch::{Dispatch, Dispatcher};
use super::mask::Mask;
use super::node::{Condition, Operand, Test};
use super::{Measure, Span, layout};
use crate::event::{Interest, Kind};
use crate::feature::{Feature, FeatureSet};
use crate::segment::evaluate::{View, answer};
use crate::segment::{Definitions, SegmentDefinition, Type};
use crate::timer::{Instant, Zone};

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
}

/// A compiled segment.
#[derive(Debug)]
pub struct CompiledSegment {
    /// Its name.
    pub name: Arc<str>,
    /// What it is for.
    pub description: Option<String>,
    /// The canonical text of its condition.
    pub text: String,
    /// Its hash: `sha256:` and 64 hexadecimal digits; a comment or layout changes nothing.
    pub hash: Arc<str>,
    /// Whom it holds for.
    pub condition: Condition,
    /// What its transitions carry.
    pub attach: Vec<(CompactString, Operand, Type)>,
    /// How long it waits for late events, where that is longer than the configured grace, in milliseconds.
    pub grace_millis: i64,
    /// Labels of the author's.
    pub labels: BTreeMap<String, String>,
    /// The features its condition reads.
    pub features: Vec<usize>,
}

impl Catalog {
    /// Compiles definitions that the front end accepted.
    pub fn compile(definitions: &Definitions) -> Self {
        let mut compiler = Compiler::new(Zone::UTC);
        let segments: Vec<CompiledSegment> =
            definitions.segments.iter().map(|segment| compiled(segment, &mut compiler)).collect();
        let (dispatches, interest) =
            Dispatcher::new(&definitions.declarations).build(&compiler.customer, &compiler.groups);
        let mut readers = vec![Mask::default(); compiler.customer.all.len()];
        let (mut timed, mut at_birth) = (Mask::default(), Mask::default());
        let nobody = FeatureSet::default();
        let mut all = Sha256::new();
        for (index, segment) in segments.iter().enumerate() {
            for feature in &segment.features {
                if let Some(mask) = readers.get_mut(*feature) {
                    mask.insert(index);
                }
            }
            if reads_time(&segment.condition) {
                timed.insert(index);
            }
            let empty = answer(&segment.condition, &View::of("", &nobody, Instant::MIN));
            if empty.holds || empty.until != Instant::NEVER {
                at_birth.insert(index);
            }
            all.update(segment.name.as_bytes());
            all.update([0]);
            all.update(segment.hash.as_bytes());
        }
        let groups = compiler.groups.iter().map(|group| &group.features);
        let layout = Sha256::digest(layout::text(&compiler.customer, groups, &interest));
        let features = compiler.customer.all.into_iter().map(|sourced| sourced.feature).collect();
        let groups = compiler
            .groups
            .into_iter()
            .map(|group| group.features.all.into_iter().map(|sourced| sourced.feature).collect());
        Self {
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

    /// The segments, sorted by name; their positions are the order of [`crate::engine::Engine::members`].
    pub fn segments(&self) -> &[CompiledSegment] {
        &self.segments
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

    /// What an event of that kind is folded into.
    pub fn dispatch(&self, kind: &Kind) -> Option<&Dispatch> {
        match kind {
            Kind::Declared(rank) => self.dispatches.get(usize::from(*rank)),
            Kind::Other(_) => self.dispatches.last(),
        }
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
}

fn compiled(segment: &SegmentDefinition, compiler: &mut Compiler) -> CompiledSegment {
    compiler.zone = segment.zone.clone();
    let condition = compiler.condition(&segment.condition);
    let features = compiler.take_reads();
    let attach =
        segment.attach.iter().map(|(name, value)| (name.clone(), compiler.operand(value), value.ty.clone())).collect();
    compiler.take_reads();
    let text = segment.condition.to_string();
    CompiledSegment {
        name: segment.name.as_str().into(),
        description: segment.description.clone(),
        hash: hash(segment, &text),
        text,
        condition,
        attach,
        grace_millis: segment.grace_millis,
        labels: segment.labels.clone(),
        features,
    }
}

/// What the segment means: its condition, what it attaches, its zone and grace; not its name, description or labels.
fn hash(segment: &SegmentDefinition, condition: &str) -> Arc<str> {
    let mut hasher = Sha256::new();
    hasher.update(condition.as_bytes());
    for (name, value) in &segment.attach {
        hasher.update(format!("\0{name}\0{value}").as_bytes());
    }
    hasher.update(format!("\0zone {}\0grace {}", segment.zone.name(), segment.grace_millis).as_bytes());
    hexadecimal(&hasher.finalize())
}

fn hexadecimal(digest: &[u8]) -> Arc<str> {
    let mut text = String::from("sha256:");
    for byte in digest {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.into()
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
            Test::Distance { .. } => true,
            Test::Compare(_, left, right)
            | Test::Contains(left, right)
            | Test::StartsWith(left, right)
            | Test::EndsWith(left, right) => varies(left) || varies(right),
            Test::In(operand, ..) | Test::Missing(operand, _) | Test::Truth(operand) => varies(operand),
            Test::Sequence(sequence) => slides(&sequence.second),
            Test::ForSome { condition, .. } => reads_time(condition),
        },
    }
}

fn varies(operand: &Operand) -> bool {
    match operand {
        Operand::Since(_) | Operand::Until(_) => true,
        Operand::Constant(_) | Operand::Millis(_) | Operand::Trait(_) | Operand::Property(_) => false,
        Operand::Measure(measure) => slides(measure),
        Operand::Arithmetic(_, left, right) => varies(left) || varies(right),
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
