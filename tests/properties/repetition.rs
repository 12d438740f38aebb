//! Two runs over the same events give the same bytes.
//!
//! It proves that nothing outside the input, no hash order, no clock, reaches the output.

use spicchio_testkit::drive::{Course, Subject};
use spicchio_testkit::law::{Failure, Law};

const REPETITION: Law = Law { says: "two runs give the same bytes", one_in: 2, holds };

fn holds(subject: &dyn Subject, course: &Course, _: u64) -> Result<(), String> {
    let (once, again) = (subject.replay(course, &[]), subject.replay(course, &[]));
    if once == again {
        return Ok(());
    }
    Err(format!("once:\n{}\nagain:\n{}", once.text(), again.text()))
}

#[test]
fn two_runs_give_the_same_bytes() -> Result<(), Failure> {
    crate::subject::obey(&REPETITION)
}
