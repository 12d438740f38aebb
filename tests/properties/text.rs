//! What is written reads back: a condition's text, as its author would have written it, is accepted by the parser and
//! the type rules; the language prints what was read, reads that as the very same condition, and reads no two different
//! conditions as one.
//!
//! It proves that the printer and the parser agree on every form, and so that a definition's hash, which is taken from
//! the printed text, stands for its meaning.

use spicchio_core::segment::Expression;
use spicchio_core::segment::language::condition;
use spicchio_core::timer::Zone;
use spicchio_testkit::given::shop;
use spicchio_testkit::text::reads_back;

/// Courses whose conditions are written and read.
const SEEDS: std::ops::Range<u64> = 0..2_000;

fn read(text: &str, zone: &Zone) -> Result<Expression, String> {
    condition(text, &mut shop(), zone).map_err(|mistakes| format!("{mistakes:?}"))
}

#[test]
fn what_the_tests_write_is_told_apart() -> Result<(), String> {
    reads_back(SEEDS, |text, zone| Ok(read(text, zone)?.to_string()))
}

#[test]
fn what_the_language_prints_reads_back() -> Result<(), String> {
    reads_back(SEEDS, |text, zone| {
        let first = read(text, zone)?;
        let again = read(&first.to_string(), zone)?;
        if first == again { Ok(again.to_string()) } else { Err(format!("{first:?}\nread again: {again:?}")) }
    })
}
