//! Events and declarations as a test writes them down, before anything has read them.

mod declarations;
mod event;
mod json;

pub use declarations::{own_type, shop};
pub use event::GivenEvent;
pub use json::Json;
