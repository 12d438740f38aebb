//! Conditions are read as they were written: the text of each is accepted, and no two are taken for one.

use std::collections::BTreeMap;

use spicchio_core::timer::Zone;

use super::condition;
use crate::build::moves;
use crate::definition::{Expression, Term};
use crate::generate::course;

/// Writes the conditions of so many courses and has each read, into the text that whoever reads it prints.
///
/// # Errors
/// The text, where one is not read; both conditions, where two of one zone are printed the same.
pub fn reads_back(
    seeds: std::ops::Range<u64>,
    read: impl Fn(&str, &Zone) -> Result<String, String>,
) -> Result<(), String> {
    let mut known = BTreeMap::new();
    for seed in seeds {
        let segments = course(seed).definitions.segments;
        for segment in segments.into_iter().filter(|segment| is_of_its_own(&segment.condition)) {
            let text = condition(&segment.condition);
            let printed = read(&text, &segment.zone).map_err(|wrong| format!("seed {seed}: {text}\n{wrong}"))?;
            let zone = segment.zone.name().to_owned();
            let same = known.entry((zone, printed.clone())).or_insert_with(|| segment.condition.clone());
            if *same != segment.condition {
                return Err(format!("seed {seed}: {text}\nprinted: {printed}\nlike: {}", condition(same)));
            }
        }
    }
    Ok(())
}

/// Whether a condition needs no other definition, and is not another way of writing one: a list in which something that
/// moves with time is looked for reads as comparisons.
fn is_of_its_own(expression: &Expression) -> bool {
    let refers = matches!(expression.term, Term::Member(_) | Term::Stage(_) | Term::Score(_));
    let moves_in_list = matches!(&expression.term, Term::In { value, .. } if moves(value));
    !refers && !moves_in_list && expression.parts().into_iter().all(is_of_its_own)
}

#[cfg(test)]
mod tests {
    use super::reads_back;

    const SEEDS: std::ops::Range<u64> = 0..2_000;

    /// Two conditions of one text could not both be read back.
    #[test]
    fn different_conditions_have_different_texts() {
        assert_eq!(reads_back(SEEDS, |text, _| Ok(text.to_owned())), Ok(()));
    }

    #[test]
    fn a_reader_that_errs_is_found_out() {
        // This reader sees no difference between `>` and `>=`.
        let wrong = reads_back(SEEDS, |text, _| Ok(text.replace(">=", ">")));
        assert!(wrong.is_err());
    }
}
