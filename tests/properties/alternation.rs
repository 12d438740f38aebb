//! Lines come in the order of (`at`, customer, segment), each of them once, and for a customer and segment `entered`
//! and `exited` alternate, `entered` first; a ladder moves on from the stage to which it moved last.
//!
//! It proves that a consumer can keep the truth by doing what each line says, and that time never goes back.

use std::collections::{BTreeMap, BTreeSet};

use spicchio_testkit::drive::{Change, Course, Line, Subject};
use spicchio_testkit::law::{Failure, Law};

const ALTERNATION: Law = Law { says: "entered and exited alternate, and `at` never goes back", one_in: 1, holds };

fn holds(subject: &dyn Subject, course: &Course, _: u64) -> Result<(), String> {
    let lines = subject.replay(course, &[]).lines;
    let place = |line: &Line| (line.at, line.customer.clone(), line.segment.clone());
    for (one, next) in lines.iter().zip(lines.iter().skip(1)) {
        if place(one) >= place(next) {
            return Err(format!("out of order:\n  {one}\n  {next}"));
        }
    }
    let mut inside = BTreeSet::new();
    let mut stages = BTreeMap::new();
    for line in &lines {
        let pair = (&line.customer, &line.segment);
        let alternates = match &line.change {
            Change::Entered => inside.insert(pair),
            Change::Exited => inside.remove(&pair),
            Change::Moved { from, to } => {
                let stands = stages.insert(pair, to.clone()).flatten();
                stands == *from && from != to
            }
        };
        if !alternates {
            return Err(format!("twice in a row:\n  {line}"));
        }
    }
    Ok(())
}

#[test]
fn lines_alternate_and_are_in_order() -> Result<(), Failure> {
    crate::subject::obey(&ALTERNATION)
}
