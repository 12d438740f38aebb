//! Other programs that a test runs beside itself: a broker, the processor.
//!
//! A program's output goes to a file; the end of it is printed when a test fails. It dies with its [`Process`]: none
//! outlives the test that started it. Signals go to one process id, never to a name.

mod child;
mod folder;
mod port;
mod wait;

pub use child::{Process, Signal};
pub use folder::Folder;
pub use port::free_port;
pub use wait::{until, until_some};
