//! A definition file: YAML with the place of every value, and what its keys may be.
//!
//! The file is first read into a tree in which every scalar knows where and in which style it was written (`tree`);
//! that is matched with what a file may hold (`raw`, `decode`), reporting every key and value that does not fit. A
//! place inside an expression is led back to the file, whatever style of scalar it was written in (`locate`). Not
//! here: expressions.

mod decode;
mod fields;
mod json;
mod ladder;
mod locate;
mod raw;
mod tests_section;
mod tree;

pub(super) use decode::definition_file;
pub(super) use ladder::{LadderEntry, ScoreEntry};
pub(super) use locate::located;
pub use raw::file_schema;
pub(super) use raw::{
    AttachEntry, DefinitionFile, ExpectEntry, GivenEntry, MembersEntry, Nullable, SegmentEntry, TestEntry,
};
pub(super) use tree::{Style, Written};
