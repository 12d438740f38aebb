//! What a broken law prints: everything that is needed to see why, and to try it again.

use std::fmt::{self, Write as _};

use super::{Law, broken};
use crate::drive::{Course, Subject};
use crate::text;

/// A law that does not hold; shown by its `Debug`, which is what a test prints.
pub struct Failure(String);

impl Failure {
    /// What is wrong on this course.
    pub fn new(law: &Law, subject: &dyn Subject, course: &Course, seed: u64) -> Self {
        let wrong = broken(law, subject, course, seed).unwrap_or_default();
        let mut report = String::new();
        // Writing to a `String` cannot fail.
        let _ = report_of(&mut report, law, subject, course, seed);
        report.push_str(&wrong);
        Self(report)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn report_of(out: &mut String, law: &Law, subject: &dyn Subject, course: &Course, seed: u64) -> fmt::Result {
    writeln!(out, "{} does not obey: {}", subject.name(), law.says)?;
    writeln!(out, "again with: SPICCHIO_SEED={seed} SPICCHIO_CASES=1; made small, this is left of it:\n")?;
    for (name, file) in text::files(&course.definitions) {
        // The tests' declarations are the same everywhere.
        let defined = file.split_once("segments:\n").map_or(file.as_str(), |(_, defined)| defined);
        writeln!(out, "# {name}\nsegments:\n{defined}")?;
    }
    for expression in course.definitions.expressions() {
        writeln!(out, "    {expression:?}")?;
    }
    writeln!(out, "\nread in this order:")?;
    for event in &course.events {
        writeln!(out, "{event} (topic {})", event.topic)?;
    }
    writeln!(out, "until {}", course.until)?;
    if let Some(length) = course.forget_after {
        writeln!(out, "forgotten after {length}")?;
    }
    writeln!(out)
}
