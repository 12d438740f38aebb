//! Who was erased, as a row: how many, then the hash and the instant of each.

use super::RowError;
use super::output::append;
use crate::customer::Erasures;
use crate::timer::Instant;

/// Appends the row of all erasures.
///
/// # Errors
/// Never.
pub fn write_erasures(out: &mut Vec<u8>, erasures: &Erasures) -> Result<(), RowError> {
    append(out, &(erasures.iter().len() as u64))?;
    erasures.iter().try_for_each(|(hash, up_to)| append(out, &(hash, up_to.millis())))
}

/// Reads what [`write_erasures`] wrote, into what is there.
///
/// # Errors
/// Where the bytes are not a row, or more than one.
pub fn read_erasures(bytes: &[u8], erasures: &mut Erasures) -> Result<(), RowError> {
    let (count, mut rest) = postcard::take_from_bytes::<u64>(bytes)?;
    for _ in 0..count {
        let ((hash, up_to), after) = postcard::take_from_bytes::<(u128, i64)>(rest)?;
        erasures.put(hash, Instant::from_millis(up_to));
        rest = after;
    }
    if rest.is_empty() { Ok(()) } else { Err(RowError::Layout) }
}
