//! A typed condition as its author would have written it.
//!
//! Written by another hand than the language's own printer, so that the parser can be tried against both. Parentheses
//! stand where the grammar needs them. What the types imply is not written: the day of an instant, the first moment of
//! a date.

mod condition;
mod file;
mod form;
mod reading;

pub use condition::condition;
pub use file::files;
pub use reading::reads_back;

/// Words that need backticks where a name is expected.
const RESERVED: [&str; 27] = [
    "if", "then", "else", "or", "and", "not", "between", "in", "contains", "starts", "ends", "with", "matches", "is",
    "missing", "exists", "true", "false", "where", "within", "without", "since", "by", "any", "for", "some", "profile",
];

/// A name, in backticks where it is not a plain one.
fn name(name: &str) -> String {
    if RESERVED.contains(&name) { format!("`{name}`") } else { word(name) }
}

/// A name after a dot, where no word is reserved.
fn word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_plain = word.chars().all(plain) && word.starts_with(|c: char| !c.is_ascii_digit());
    if is_plain { word.to_owned() } else { format!("`{word}`") }
}
