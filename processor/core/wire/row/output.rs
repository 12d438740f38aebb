//! Rows are appended to the bytes of those before.

use postcard::ser_flavors::Flavor;
use serde::Serialize;

use super::RowError;

/// Appends a row.
pub(super) fn append(out: &mut Vec<u8>, row: &impl Serialize) -> Result<(), RowError> {
    Ok(postcard::serialize_with_flavor(row, Appending(out))?)
}

struct Appending<'a>(&'a mut Vec<u8>);

impl Flavor for Appending<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}
