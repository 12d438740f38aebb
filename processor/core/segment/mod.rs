//! What is decided: which customers a definition holds for, and until when that answer lasts.
//!
//! A definition file is read and every expression in it lexed, parsed and typed into an [`Expression`] (`language`);
//! those are compiled together into one catalog (`plan`) and evaluated against a customer's features (`evaluate`).

pub mod language;

mod chain;
mod definition;
mod display;
mod expression;
mod nth;
mod pattern;

pub mod plan;

pub mod evaluate;
mod explain;

pub use chain::{Chain, ChainStep};
pub use definition::{
    Declarations, Definitions, EventType, LadderDefinition, LatchDefinition, Property, ScoreDefinition,
    SegmentDefinition,
};
pub use explain::{Explanation, VALUES_EXPLAINED_MAX, explain, explain_condition};
pub use expression::{
    Arithmetic, ColumnRef, Events, Expression, Form, Path, Relation, Selection, Side, Term, Type, Window,
};
pub use nth::Nth;
pub use pattern::{PATTERN_BYTES_MAX, Pattern, UnfitPattern};
pub use plan::{Catalog, CompiledSegment};
