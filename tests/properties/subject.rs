//! What the laws are tried on.
//!
//! The oracle obeys them too: it is how the laws, and what the language says, are checked against each other.

use spicchio_testkit::drive::Subject;
use spicchio_testkit::law::{Failure, Law, tried};
use spicchio_testkit::oracle::Oracle;

use crate::engine::Replaying;

/// Tries a law on every subject.
pub(crate) fn obey(law: &Law) -> Result<(), Failure> {
    let subjects: [&dyn Subject; 2] = [&Oracle, &Replaying];
    subjects.into_iter().try_for_each(|subject| tried(law, subject))
}
