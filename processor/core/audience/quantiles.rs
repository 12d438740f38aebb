//! Where a score parts the population: exact quantiles over all customers, for edges that are then fixed.

use crate::customer::CustomerTable;
use crate::event::Number;
use crate::segment::Catalog;
use crate::segment::evaluate::{View, value};
use crate::timer::Instant;

/// The values of one score.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Of each customer that has one, ascending.
    pub values: Vec<Number>,
    /// How many customers have none.
    pub none: u64,
}

/// The values of every score that the catalog measures, in its order, over all customers of a table whose clock stands
/// at `clock`; shown as numbers are, rounded half to even to six places.
pub fn measured(catalog: &Catalog, table: &CustomerTable, clock: Instant) -> Vec<Measured> {
    let mut all = vec![Measured::default(); catalog.scores().len()];
    for shard in 0..=u8::MAX {
        table.visit(shard, |id, customer| {
            let view = View::of(id.as_str(), customer, customer.now(clock));
            for ((_, score), measured) in catalog.scores().iter().zip(&mut all) {
                match value(score, &view).0.quantity().and_then(|quantity| quantity.number_at(view.now)) {
                    Some(number) => measured.values.push(number),
                    None => measured.none += 1,
                }
            }
        });
    }
    for measured in &mut all {
        measured.values.sort_unstable();
    }
    all
}

/// The `parts - 1` edges that part ascending values into that many parts: edge `k` is the value at place
/// `k * values / parts`, rounded down and counted from 0, so that no more than `k / parts` of the values lie below it.
/// Nothing where there are no values.
pub fn edges(values: &[Number], parts: usize) -> Vec<Number> {
    (1..parts).filter_map(|part| values.get(part.checked_mul(values.len())? / parts)).copied().collect()
}
