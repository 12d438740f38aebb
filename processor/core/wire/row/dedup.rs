//! The ids that one topic has shown, as a row: the topic's time, how many there are, then of each the hash and when.

use super::RowError;
use super::output::append;
use crate::event::{Dedup, Sighting};
use crate::timer::Instant;

/// Appends the row of a topic's ids.
///
/// # Errors
/// Never.
pub fn write_dedup(out: &mut Vec<u8>, dedup: &Dedup) -> Result<(), RowError> {
    let sightings = dedup.sightings();
    out.reserve(sightings.len() * 24 + 32);
    append(out, &(dedup.topic_time().millis(), sightings.len() as u64))?;
    for sighting in sightings {
        out.extend_from_slice(&sighting.hash.to_le_bytes());
        out.extend_from_slice(&sighting.at.millis().to_le_bytes());
    }
    Ok(())
}

/// Reads what [`write_dedup`] wrote into an empty memory.
///
/// # Errors
/// Where the bytes are not a row, or more than one.
pub fn read_dedup(bytes: &[u8], dedup: &mut Dedup) -> Result<(), RowError> {
    /// A hash and an instant.
    const SIGHTING_BYTES: usize = 24;
    let ((topic_time, count), rest) = postcard::take_from_bytes::<(i64, u64)>(bytes)?;
    let (sightings, left) = rest.as_chunks::<SIGHTING_BYTES>();
    if !left.is_empty() || sightings.len() as u64 != count || sightings.len() > Dedup::IDS_MAX {
        return Err(RowError::Layout);
    }
    let sighting = |bytes: &[u8; SIGHTING_BYTES]| {
        let (hash, at) = bytes.split_first_chunk::<16>()?;
        let at = Instant::from_millis(i64::from_le_bytes(*at.first_chunk::<8>()?));
        Some(Sighting { hash: u128::from_le_bytes(*hash), at })
    };
    let sightings: Vec<Sighting> = sightings.iter().filter_map(sighting).collect();
    if !sightings.is_sorted_by_key(|sighting| sighting.at) {
        return Err(RowError::Content("sightings out of order"));
    }
    dedup.restore(Instant::from_millis(topic_time), sightings);
    Ok(())
}
