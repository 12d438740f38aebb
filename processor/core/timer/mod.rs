//! When to decide again: instants, calendar lengths, the partition clock and the queue of deadlines.

mod calendar;
mod clock;
mod instant;
mod length;
mod queue;
mod rfc3339;
mod zone;

pub use calendar::{Dial, Period, Unit};
pub use clock::{Head, Pace, PartitionClock};
pub use instant::{Date, Instant};
pub use length::Length;
pub use queue::TimerQueue;
pub use zone::{UnknownZone, Zone};
