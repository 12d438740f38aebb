//! From definitions to compiled segments and ladders.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use compact_str::CompactString;
use sha2::{Digest, Sha256};

use super::catalog::{CompiledSegment, hexadecimal};
use super::compile::Compiler;
use super::node::{Condition, Operand};
use super::rule::{Ladder, Latch, Rule};
use crate::feature::Horizon;
use crate::segment::{Expression, LadderDefinition, LatchDefinition, SegmentDefinition};
use crate::timer::{Length, Zone};

impl Compiler<'_> {
    /// All segments and ladders, sorted by name.
    pub(super) fn segments(&mut self) -> Vec<CompiledSegment> {
        let definitions = self.definitions;
        let mut compiled: Vec<CompiledSegment> = definitions.segments.iter().map(|one| self.segment(one)).collect();
        compiled.extend(definitions.ladders.iter().map(|ladder| self.ladder(ladder)));
        compiled.sort_by(|one, other| one.name.cmp(&other.name));
        compiled
    }

    /// All scores, sorted by name.
    pub(super) fn scores(&mut self) -> Vec<(Arc<str>, Operand)> {
        let definitions = self.definitions;
        let scores = definitions.scores.iter().map(|score| {
            self.zone = score.zone.clone();
            (score.name.as_str().into(), self.operand(&score.value))
        });
        scores.collect()
    }

    fn segment(&mut self, segment: &SegmentDefinition) -> CompiledSegment {
        self.zone = segment.zone.clone();
        let (rule, text) = match &segment.latch {
            None => (Rule::Holds(self.condition(&segment.condition)), segment.condition.to_string()),
            Some(latch) => (Rule::Latch(self.latch(segment, latch)), latch_text(&segment.condition, latch)),
        };
        let meant = Meant { text, attach: &segment.attach, zone: &segment.zone, grace_millis: segment.grace_millis };
        CompiledSegment {
            name: segment.name.as_str().into(),
            description: segment.description.clone(),
            labels: segment.labels.clone(),
            ..self.finished(rule, meant)
        }
    }

    fn ladder(&mut self, ladder: &LadderDefinition) -> CompiledSegment {
        self.zone = ladder.zone.clone();
        let stages: Vec<Condition> = ladder.stages.iter().map(|(_, condition)| self.condition(condition)).collect();
        let names = ladder.stages.iter().map(|(name, _)| name).chain(&ladder.otherwise);
        let names = names.map(|name| Arc::from(name.as_str())).collect();
        let rule = Rule::Ladder(Ladder { stages, names, has_otherwise: ladder.otherwise.is_some() });
        let text = ladder_text(ladder);
        let meant = Meant { text, attach: &ladder.attach, zone: &ladder.zone, grace_millis: ladder.grace_millis };
        CompiledSegment {
            name: ladder.name.as_str().into(),
            description: ladder.description.clone(),
            labels: ladder.labels.clone(),
            ..self.finished(rule, meant)
        }
    }

    /// Everything but its name, description and labels.
    fn finished(&mut self, rule: Rule, meant: Meant<'_>) -> CompiledSegment {
        let features = self.take_reads();
        let members = self.take_members();
        let attach =
            meant.attach.iter().map(|(name, value)| (name.clone(), self.operand(value), value.ty.clone())).collect();
        self.take_reads();
        self.take_members();
        CompiledSegment {
            name: "".into(),
            description: None,
            labels: std::collections::BTreeMap::new(),
            hash: meant.hash(&self.take_references()),
            text: meant.text,
            rule,
            attach,
            grace_millis: meant.grace_millis,
            features,
            members,
        }
    }

    /// The two thresholds of a segment with a memory; compiled once, however many conditions ask for its members.
    pub(super) fn latch(&mut self, segment: &SegmentDefinition, definition: &LatchDefinition) -> Arc<Latch> {
        if let Some((latch, reads)) = self.latches.get(&segment.name).cloned() {
            self.read(&reads);
            return latch;
        }
        let outer = std::mem::replace(&mut self.zone, segment.zone.clone());
        let before = self.take_reads();
        let enter = self.condition(&segment.condition);
        let leave = match &definition.leave {
            Some(leave) => self.condition(leave),
            None => Condition::Not(Box::new(enter.clone())),
        };
        let enter = match &definition.leave {
            Some(_) => Condition::And(vec![enter, Condition::Not(Box::new(leave.clone()))]),
            None => enter,
        };
        let horizon = |length: Length| Horizon { length, zone: segment.zone.clone() };
        let latch = Arc::new(Latch {
            segment: self.position(&segment.name),
            enter,
            leave,
            stay: definition.stay.map(horizon),
            rest: definition.rest.map(horizon),
        });
        let reads = self.take_reads();
        self.read(&before);
        self.read(&reads);
        self.latches.insert(segment.name.clone(), (Arc::clone(&latch), reads));
        self.zone = outer;
        latch
    }

    /// The position that a segment or ladder has in the catalog.
    fn position(&self, name: &CompactString) -> usize {
        let definitions = self.definitions;
        definitions.segments.partition_point(|segment| segment.name < *name)
            + definitions.ladders.partition_point(|ladder| ladder.name < *name)
    }
}

/// What a segment or ladder means: its conditions, what it attaches, its zone and grace; not its name, description or
/// labels.
struct Meant<'a> {
    text: String,
    attach: &'a [(CompactString, Expression)],
    zone: &'a Zone,
    grace_millis: i64,
}

impl Meant<'_> {
    /// The hash; it covers the definitions that its conditions name.
    fn hash(&self, references: &BTreeSet<String>) -> Arc<str> {
        let mut hasher = Sha256::new();
        hasher.update(self.text.as_bytes());
        for (name, value) in self.attach {
            hasher.update(format!("\0{name}\0{value}").as_bytes());
        }
        hasher.update(format!("\0zone {}\0grace {}", self.zone.name(), self.grace_millis).as_bytes());
        for reference in references {
            hasher.update(format!("\0{reference}").as_bytes());
        }
        hexadecimal(&hasher.finalize())
    }
}

/// The canonical text of a segment with a memory.
pub(super) fn latch_text(enter: &Expression, latch: &LatchDefinition) -> String {
    let mut text = format!("enter when {enter}");
    // Writing to a string cannot fail.
    if let Some(leave) = &latch.leave {
        let _ = write!(text, " leave when {leave}");
    }
    if let Some(stay) = &latch.stay {
        let _ = write!(text, " stay {stay}");
    }
    if let Some(rest) = &latch.rest {
        let _ = write!(text, " rest {rest}");
    }
    text
}

/// The canonical text of a ladder.
pub(super) fn ladder_text(ladder: &LadderDefinition) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    for (name, condition) in &ladder.stages {
        let _ = write!(text, "{name} when {condition}; ");
    }
    let _ = match &ladder.otherwise {
        Some(name) => write!(text, "otherwise {name}"),
        None => write!(text, "otherwise none"),
    };
    text
}
