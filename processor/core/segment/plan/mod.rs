//! All definitions compiled together: features shared, and an index from event type to what it touches.
//!
//! Conditions that measure the same events share a feature, which keeps what the most demanding of them needs. An event
//! touches only the features that its type and their filters admit, and only segments that read those are evaluated.

mod access;
mod adoption;
mod catalog;
mod chain;
mod compile;
mod dispatch;
mod features;
mod forms;
mod layout;
mod lookback;
mod mask;
mod measure;
mod node;
mod orders;
mod rule;
mod segments;
mod who;

pub use adoption::Adoption;
pub use catalog::{Catalog, CompiledSegment};
pub use dispatch::{ColumnUse, Dispatch, FeatureUse, GroupStep, Step};
pub use lookback::Lookback;
pub use mask::Mask;
pub use measure::{Chain, Link, Measure, Reading, RefundEffect, Refunds, Sequence, Span};
pub use node::{Answer, Condition, Leaf, Operand, Test};
pub use rule::{Ladder, Latch, Rule};
