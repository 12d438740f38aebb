//! The subject announces what the oracle computes: the same memberships, at the same milliseconds, in the same order,
//! for a cause that is possible.
//!
//! It proves that nothing which makes the engine fast changes what a condition means: no state that was let go was
//! still needed, no deadline comes early, late or never.

use spicchio_testkit::drive::{Course, Subject, listed};
use spicchio_testkit::law::{Failure, Law, tried};
use spicchio_testkit::oracle::timeline;

pub(crate) const AGREEMENT: Law = Law { says: "the timeline is that of the oracle", one_in: 1, holds: agrees };

fn agrees(subject: &dyn Subject, course: &Course, _: u64) -> Result<(), String> {
    let expected = timeline(course).lines;
    let found = subject.replay(course, &[]).lines;
    let same = expected.len() == found.len() && expected.iter().zip(&found).all(|(line, found)| line.admits(found));
    if same {
        return Ok(());
    }
    Err(format!("expected:\n{}\nfound:\n{}", listed(&expected), listed(&found)))
}

#[test]
fn engine_equals_oracle() -> Result<(), Failure> {
    tried(&AGREEMENT, &crate::engine::Replaying)
}
