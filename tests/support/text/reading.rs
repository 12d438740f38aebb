//! The text of a condition reads back as the same condition.

use spicchio_core::segment::{Declarations, Expression, Term};
use spicchio_core::timer::Zone;

use super::condition;
use crate::build::moves;
use crate::generate::course;
use crate::given::shop;

/// Writes the conditions of so many courses and reads each with the parser under test.
///
/// # Errors
/// The text, and both conditions, where one is not read or is read as another.
pub fn reads_back(
    seeds: std::ops::Range<u64>,
    read: impl Fn(&str, &Declarations, &Zone) -> Result<Expression, String>,
) -> Result<(), String> {
    let declarations = shop();
    for seed in seeds {
        let segments = course(seed).definitions.segments;
        for segment in segments.into_iter().filter(|segment| reads_as_written(&segment.condition)) {
            let text = condition(&segment.condition);
            let found = read(&text, &declarations, &segment.zone);
            if found.as_ref() != Ok(&segment.condition) {
                let meant = segment.condition;
                return Err(format!("seed {seed}: {text}\nmeant: {meant:?}\nread:  {found:?}"));
            }
        }
    }
    Ok(())
}

/// Whether a condition is read as it was written: a list in which something that moves with time is looked for is read
/// as comparisons instead.
pub fn reads_as_written(expression: &Expression) -> bool {
    let moves_in_list = matches!(&expression.term, Term::In { value, .. } if moves(value));
    !moves_in_list && expression.parts().into_iter().all(reads_as_written)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{condition, course, reads_back};

    const SEEDS: std::ops::Range<u64> = 0..2_000;

    /// Two conditions of one text could not both be read back.
    #[test]
    fn different_conditions_have_different_texts() {
        let mut known = BTreeMap::new();
        for segment in SEEDS.flat_map(|seed| course(seed).definitions.segments) {
            let text = condition(&segment.condition);
            let same = known.entry(text.clone()).or_insert_with(|| segment.condition.clone());
            assert_eq!(*same, segment.condition, "{text}");
        }
    }

    #[test]
    fn a_reader_that_errs_is_found_out() {
        let conditions = SEEDS.flat_map(|seed| course(seed).definitions.segments);
        let by_text = conditions.map(|segment| (condition(&segment.condition), segment.condition));
        let by_text = by_text.collect::<BTreeMap<_, _>>();
        let known = |text: &str| by_text.get(text).cloned().ok_or_else(|| "unknown".to_owned());
        assert_eq!(reads_back(SEEDS, |text, _, _| known(text)), Ok(()));
        // This reader takes every conjunction for a disjunction.
        let wrong = reads_back(SEEDS, |text, _, _| known(&text.replace(" and ", " or ")));
        assert!(wrong.is_err_and(|report| report.contains(" and ")));
    }
}
