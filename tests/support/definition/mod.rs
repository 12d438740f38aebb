//! Definitions as the tests mean them: typed, every name resolved, and written down by another hand than the product's.
//!
//! The generator makes them, the oracle says what they mean, `text` writes them as their author would have. A subject
//! is told that text and nothing else, so that its own reading is put to the test as well. Only what a value is, and
//! how time and declarations are written down, is shared with the product.

mod catalog;
mod expression;
mod form;
mod parts;

pub use catalog::{Definitions, LadderDefinition, Latch, Rungs, ScoreDefinition, SegmentDefinition};
pub use expression::{Arithmetic, Clock, Expression, Period, Relation, Span, Term};
pub use form::{ColumnRef, Events, Form, Selection, Side, Step, Window};
pub use spicchio_core::segment::{Declarations, EventType, Path, Property, Type};
