//! What is measured: for each customer, what its events add up to, and no more of it than can still matter.
//!
//! A [`Feature`] is one measurement that some definition reads; equal measurements are kept once, and conditions with
//! different windows over the same events share one list. State does not depend on the order in which events are
//! folded. Not here: which events a feature is about and what is concluded from it (`segment`).

mod amounts;
mod definition;
mod edge;
mod entries;
mod footprint;
mod history;
mod kept;
mod latest;
mod moment;
mod moments;
mod peaks;
mod reach;
mod register;
mod retention;
mod set;
mod state;
mod tuple;

pub use amounts::Amounts;
pub use definition::{Extreme, Feature, Fold, Measured};
pub use edge::Edge;
pub use entries::{Entries, Entry};
pub use footprint::customer_bytes;
pub use history::{HISTORY_MAX, History};
pub use kept::{Item, Kept};
pub use latest::Latest;
pub use moment::{Moment, Position};
pub use moments::Moments;
pub use peaks::Peaks;
pub use reach::Reach;
pub use register::Register;
pub use retention::{EVENTS_MAX, Horizon, Retention, Rule, VALUES_MAX};
pub use set::FeatureSet;
pub use state::{Keyed, KeyedValue, Seen, State};
pub use tuple::{tuple, tuple_at};
