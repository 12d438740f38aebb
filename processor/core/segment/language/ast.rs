//! An expression as it was written: names unresolved, types unknown, a place on every node.

use compact_str::CompactString;

use super::Span;
use crate::event::Number;
use crate::segment::{Arithmetic, Relation, Side};
use crate::timer::{Date, Dial, Instant, Length, Period};

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) span: Span,
    /// How many nodes lie on the longest way down, this one included.
    pub(super) height: usize,
}

/// What a part can be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NodeKind {
    /// Something unreadable, already reported.
    Mistake,
    Boolean(bool),
    Number(Number),
    Duration(Length),
    Text(CompactString),
    When(When),
    If(Box<[Node; 3]>),
    Or(Vec<Node>),
    And(Vec<Node>),
    Not(Box<Node>),
    Compare(Relation, Box<[Node; 2]>),
    Between(Box<[Node; 3]>),
    In {
        value: Box<Node>,
        items: Vec<Node>,
        negated: bool,
    },
    Search(Search, Box<[Node; 2]>),
    Missing(Box<Node>),
    Exists(Box<Node>),
    Arithmetic(Arithmetic, Box<[Node; 2]>),
    Negate(Box<Node>),
    Trait(Vec<Name>),
    Property(Vec<Name>),
    /// A measurement of events; boxed, so that the many frames of a deep expression stay small.
    Form(Box<FormNode>),
    ForSome {
        property: Name,
        condition: Box<Node>,
    },
    Lower(Box<Node>),
    Since(Box<Node>),
    Until(Box<Node>),
    InPeriod(Box<Node>, Period),
    Clock(Dial),
    Dated(Dated, Box<Node>),
    /// `held(profile.a)`
    Held(Vec<Name>),
    /// `member(..)`, `stage(..)` and `score(..)`
    Reference(About, Name),
    /// `30km`, in metres.
    Kilometres(i64),
    Point(Box<[Node; 2]>),
    Distance(Box<[Node; 2]>),
    Matches(Box<Node>, Name),
    Bucket(Number, Name),
    Some {
        list: Box<Node>,
        condition: Box<Node>,
    },
}

/// A measurement of events as written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FormNode {
    Counting(Counting, EventsNode, Option<WindowNode>),
    Column(Measure, ColumnNode, Option<WindowNode>),
    Moment(NthNode, EventsNode, Option<WindowNode>),
    Pick(NthNode, ColumnNode, Option<WindowNode>),
    Values(ColumnNode, Option<WindowNode>),
    Net(ColumnNode, Option<WindowNode>),
    Top { value: ColumnNode, weight: Option<ColumnNode>, window: Option<WindowNode> },
    Sessions { asked: Sessions, events: EventsNode, gap: (Length, Span), window: Option<WindowNode> },
    Sequence { first: EventsNode, steps: Vec<StepNode>, all_within: Option<Within>, window: Option<WindowNode> },
}

/// One event from an end: `last(E, 3)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct NthNode {
    pub(super) side: Side,
    pub(super) ordinal: Option<(Number, Span)>,
}

/// A step of a sequence but the first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StepNode {
    pub(super) without: bool,
    pub(super) events: EventsNode,
    pub(super) within: Option<(Length, Span)>,
}

/// What is asked about sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sessions {
    Visits,
    TimeSpent,
}

impl Sessions {
    /// Its name in the language.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Visits => "visits",
            Self::TimeSpent => "time_spent",
        }
    }
}

/// What a form about another definition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    Segment,
    Ladder,
    Score,
}

impl About {
    /// The form.
    pub(super) const fn form(self) -> &'static str {
        match self {
            Self::Segment => "member",
            Self::Ladder => "stage",
            Self::Score => "score",
        }
    }

    /// What it is called in mistakes.
    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Segment => "segment",
            Self::Ladder => "ladder",
            Self::Score => "score",
        }
    }
}

/// A length between two steps, and where it stands.
pub(super) type Within = (Length, Span);

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Name {
    pub(super) text: CompactString,
    pub(super) span: Span,
}

/// A point in time as written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum When {
    Date(Date),
    Instant(Instant),
}

/// How a text or a list is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    Contains,
    StartsWith,
    EndsWith,
}

/// Forms that follow a date through the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dated {
    Age,
    DaysUntil,
    Anniversary,
}

/// Forms over events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counting {
    Count,
    Days,
}

/// Forms over a property of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Sum,
    Average,
    Minimum,
    Maximum,
    Distinct,
}

impl Measure {
    /// Its name in the language.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Average => "avg",
            Self::Minimum => "min",
            Self::Maximum => "max",
            Self::Distinct => "distinct",
        }
    }
}

/// Event types, with an optional filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EventsNode {
    pub(super) types: Vec<TypeNode>,
    pub(super) filter: Option<Box<Node>>,
    pub(super) span: Span,
    pub(super) height: usize,
}

/// An event type as written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TypeNode {
    Any(Span),
    Named(Name),
}

impl TypeNode {
    /// Where it stands.
    pub(super) const fn span(&self) -> Span {
        match self {
            Self::Any(span) => *span,
            Self::Named(name) => name.span,
        }
    }
}

/// A property of events, with an optional filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ColumnNode {
    pub(super) events: EventsNode,
    pub(super) path: Vec<Name>,
}

impl ColumnNode {
    /// Where the names of the property stand.
    pub(super) fn place(&self) -> Span {
        self.path.iter().map(|name| name.span).reduce(Span::to).unwrap_or(self.events.span)
    }
}

/// A stretch of history as written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WindowNode {
    pub(super) kind: WindowKind,
    pub(super) span: Span,
    pub(super) height: usize,
}

/// What a stretch of history can be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum WindowKind {
    Last { from: Length, to: Option<Length> },
    Period(Period),
    Since(When),
    Between(When, When),
    After(NthNode, EventsNode, Option<Box<WindowNode>>),
}
