//! An expression as it was written: names unresolved, types unknown, a place on every node.
//!
//! Forms of the language whose meaning comes later are parsed in full and kept as [`Later`].

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
    /// A form that is read and not yet given a meaning.
    Later(Later),
}

/// A measurement of events as written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FormNode {
    Counting(Counting, EventsNode, Option<WindowNode>),
    Column(Measure, ColumnNode, Option<WindowNode>),
    Moment(Side, EventsNode, Option<WindowNode>),
    Pick(Side, ColumnNode, Option<WindowNode>),
    Sequence { first: EventsNode, second: EventsNode, within: Option<(Length, Span)>, window: Option<WindowNode> },
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
    After(Side, EventsNode, Option<Box<WindowNode>>),
    Later(Later),
}

/// The forms whose meaning comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Later {
    Top,
    Values,
    Net,
    Ordinal,
    LongSequence,
    Sessions,
}

impl Later {
    /// What to call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Top => "`top(..)`",
            Self::Values => "`values(..)`",
            Self::Net => "`net(..)`",
            Self::Ordinal => "the n-th first or last event",
            Self::LongSequence => "a sequence of three steps, with `all within` or `without`",
            Self::Sessions => "`visits(..)` and `time_spent(..)`",
        }
    }
}
