//! However the events are split into batches, the output is the same, byte for byte.
//!
//! It proves that a decision does not depend on where a transaction happens to end.

use spicchio_testkit::drive::{Course, Subject};
use spicchio_testkit::generate::Random;
use spicchio_testkit::law::{Failure, Law};

const BATCHES: Law = Law { says: "any batches give the same bytes", one_in: 2, holds };

fn holds(subject: &dyn Subject, course: &Course, seed: u64) -> Result<(), String> {
    let whole = subject.replay(course, &[]);
    let one_by_one = (1..course.events.len()).collect::<Vec<_>>();
    let mut random = Random::new(seed);
    let mut splits = vec![one_by_one.clone()];
    for percent in [10, 50] {
        splits.push(one_by_one.iter().copied().filter(|_| random.chance(percent)).collect());
    }
    for cuts in splits {
        let split = subject.replay(course, &cuts);
        if split != whole {
            return Err(format!("in one batch:\n{}\nsplit at {cuts:?}:\n{}", whole.text(), split.text()));
        }
    }
    Ok(())
}

#[test]
fn any_batches_give_the_same_bytes() -> Result<(), Failure> {
    crate::subject::obey(&BATCHES)
}
