//! The state machine of one partition: the only file that knows the order of things.
//!
//! It is told about records and about time, and returns what must be announced. It never fails, never looks at a clock,
//! and the same inputs in the same order give the same effects.


