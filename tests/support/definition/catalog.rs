//! Segments, ladders and scores.

use compact_str::{CompactString, format_compact};
use spicchio_core::event::Number;
use spicchio_core::timer::{Length, Zone};

use super::{Declarations, Expression, Term};

/// All definitions of one course.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    /// Event types and traits.
    pub declarations: Declarations,
    /// The segments, sorted by name.
    pub segments: Vec<SegmentDefinition>,
    /// The ladders, sorted by name; no segment has the name of a ladder.
    pub ladders: Vec<LadderDefinition>,
    /// The scores, sorted by name.
    pub scores: Vec<ScoreDefinition>,
}

/// A segment.
#[derive(Clone, Debug)]
pub struct SegmentDefinition {
    /// Its name.
    pub name: CompactString,
    /// `when`; `enter when` where there is a latch that says who leaves.
    pub condition: Expression,
    /// What makes leaving another question than entering.
    pub latch: Option<Latch>,
    /// The zone of its file.
    pub zone: Zone,
}

/// Two thresholds, and how long at least.
#[derive(Clone, Debug, Default)]
pub struct Latch {
    /// `leave when`; without it, whoever the condition no longer holds for.
    pub leave: Option<Expression>,
    /// `stay`: at least this long inside.
    pub stay: Option<Length>,
    /// `rest`: at least this long outside between two stays.
    pub rest: Option<Length>,
}

/// A ladder: each customer is on one stage.
#[derive(Clone, Debug)]
pub struct LadderDefinition {
    /// Its name.
    pub name: CompactString,
    /// The stages.
    pub rungs: Rungs,
    /// The stage of everybody else.
    pub otherwise: Option<CompactString>,
    /// The zone of its file.
    pub zone: Zone,
}

/// How a ladder chooses.
#[derive(Clone, Debug)]
pub enum Rungs {
    /// The first stage that holds.
    First(Vec<(CompactString, Expression)>),
    /// The name with the greatest score.
    Best {
        /// Names and numbers.
        scores: Vec<(CompactString, Expression)>,
        /// A lesser score does not count.
        minimum: Option<Number>,
    },
}

impl Rungs {
    /// The expressions in it.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let (Self::First(named) | Self::Best { scores: named, .. }) = self;
        named.iter().map(|(_, expression)| expression)
    }

    /// The same, to be changed.
    pub fn expressions_mut(&mut self) -> impl Iterator<Item = &mut Expression> {
        let (Self::First(named) | Self::Best { scores: named, .. }) = self;
        named.iter_mut().map(|(_, expression)| expression)
    }
}

/// A number per customer.
#[derive(Clone, Debug)]
pub struct ScoreDefinition {
    /// Its name.
    pub name: CompactString,
    /// Its value.
    pub value: Expression,
    /// The zone of its file.
    pub zone: Zone,
}

impl Definitions {
    /// The same under other names, by which they ask about each other, too.
    #[must_use]
    pub fn renamed(mut self, prefix: &str) -> Self {
        let rename = |name: &mut CompactString| *name = format_compact!("{prefix}{name}");
        self.segments.iter_mut().for_each(|segment| rename(&mut segment.name));
        self.ladders.iter_mut().for_each(|ladder| rename(&mut ladder.name));
        self.scores.iter_mut().for_each(|score| rename(&mut score.name));
        let mut below = self.expressions_mut().collect::<Vec<_>>();
        while let Some(expression) = below.pop() {
            if let Term::Member(name) | Term::Stage(name) | Term::Score(name) = &mut expression.term {
                rename(name);
            }
            below.extend(expression.parts_mut());
        }
        self
    }

    /// These and others, no two of which have one name, in the order of names.
    #[must_use]
    pub fn with(mut self, others: Self) -> Self {
        self.segments.extend(others.segments);
        self.ladders.extend(others.ladders);
        self.scores.extend(others.scores);
        self.segments.sort_by(|one, other| one.name.cmp(&other.name));
        self.ladders.sort_by(|one, other| one.name.cmp(&other.name));
        self.scores.sort_by(|one, other| one.name.cmp(&other.name));
        self
    }

    /// Every expression in them.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let segments = self.segments.iter().flat_map(|segment| {
            let leaving = segment.latch.as_ref().and_then(|latch| latch.leave.as_ref());
            std::iter::once(&segment.condition).chain(leaving)
        });
        let ladders = self.ladders.iter().flat_map(|ladder| ladder.rungs.expressions());
        segments.chain(ladders).chain(self.scores.iter().map(|score| &score.value))
    }

    /// The same, to be changed.
    pub fn expressions_mut(&mut self) -> impl Iterator<Item = &mut Expression> {
        let segments = self.segments.iter_mut().flat_map(|segment| {
            let leaving = segment.latch.as_mut().and_then(|latch| latch.leave.as_mut());
            std::iter::once(&mut segment.condition).chain(leaving)
        });
        let ladders = self.ladders.iter_mut().flat_map(|ladder| ladder.rungs.expressions_mut());
        segments.chain(ladders).chain(self.scores.iter_mut().map(|score| &mut score.value))
    }
}
