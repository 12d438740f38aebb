//! What stands around the processor when it is measured through a broker: the broker and the deployment, a sender that
//! keeps to a schedule, a listener that takes the time, and the processor time each of them has used.

mod deployment;
mod listener;
mod processor_time;
mod sender;

pub(crate) use deployment::{Deployment, GRACE_MILLIS, PARTITIONS};
pub(crate) use listener::{Heard, Listener};
pub(crate) use processor_time::ProcessorTime;
pub(crate) use sender::{Sender, micros_histogram, wall_micros};
