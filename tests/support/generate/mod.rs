//! Random courses: conditions over every form the language has, and histories that make them change.
//!
//! Everything follows from one seed. Thresholds, windows and values are small and few, so that they meet; what is
//! random is always well typed, and legal by the language.

mod author;
mod catalog;
mod condition;
mod course;
mod events;
mod filter;
mod history;
mod number;
mod random;
mod repertoire;
mod scale;
mod special;
mod text;
mod time;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use author::Author;
pub use course::course;
pub use history::{TOPICS, history};
pub use random::Random;
pub use scale::Scale;
