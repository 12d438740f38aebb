//! From the text of definition files to typed definitions, or to everything that is wrong with them.
//!
//! A file is read as YAML with the place of every value (`file`); event types and traits are declared (`declare`);
//! each expression becomes words (`token`), a tree (`parser`) and a typed expression (`check`). Every mistake of
//! every file is reported at once. Not here: the meaning of expressions, and how mistakes are shown.

mod ast;
mod best;
mod builtin;
mod check;
mod declare;
mod define;
mod diagnostic;
mod file;
mod load;
mod parser;
mod prepare;
mod references;
mod scenario;
mod single;
mod suggest;
mod token;

pub(in crate::segment) use builtin::{
    LINE_ITEMS, ORDER_ID, PURCHASE as PURCHASE_KIND, REFUND as REFUND_KIND, REFUNDED,
};
pub use diagnostic::{Diagnostic, Position, Severity, Span};
pub use file::file_schema;
pub use load::{Loaded, Source, load};
pub use scenario::{About, ExpectedMembers, ExpectedMove, ExpectedTransition, GivenEvent, Scenario};
pub use single::{builtin_declarations, condition, expression};
pub(in crate::segment) use token::{is_reserved, is_word};

#[cfg(test)]
mod tests;
