//! The real program, run as an operator would run it: a configuration file, a command line, signals, an HTTP port.

mod http;
mod program;
mod setup;

pub use http::{Answer, http_get};
pub use program::{Finished, Program};
pub use setup::{Input, Setup};
