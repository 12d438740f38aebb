//! What is printed reads back: a condition's text, in the language's own hand and in the tests', parses and checks to
//! the very same condition.
//!
//! It proves that the printer, the parser and the type rules agree on every form, and so that a definition's hash,
//! which is taken from the printed text, stands for its meaning.

use spicchio_core::segment::language::condition;
use spicchio_core::segment::{Declarations, Expression};
use spicchio_core::timer::Zone;
use spicchio_testkit::generate::course;
use spicchio_testkit::given::shop;
use spicchio_testkit::text::{reads_as_written, reads_back};

/// Courses whose conditions are written and read.
const SEEDS: std::ops::Range<u64> = 0..2_000;

fn read(text: &str, declarations: &Declarations, zone: &Zone) -> Result<Expression, String> {
    condition(text, &mut declarations.clone(), zone).map_err(|mistakes| format!("{mistakes:?}"))
}

#[test]
fn what_the_tests_write_reads_back() -> Result<(), String> {
    reads_back(SEEDS, read)
}

#[test]
fn what_the_language_prints_reads_back() {
    let declarations = shop();
    let segments = SEEDS.flat_map(|seed| course(seed).definitions.segments);
    for segment in segments.filter(|segment| reads_as_written(&segment.condition)) {
        let text = segment.condition.to_string();
        assert_eq!(read(&text, &declarations, &segment.zone), Ok(segment.condition), "{text}");
    }
}
