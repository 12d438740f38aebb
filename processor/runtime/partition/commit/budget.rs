//! How much one transaction takes.

use std::time::Instant as Moment;

use spicchio_core::engine::Engine;

/// How much one transaction takes; what is left waits for the next.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Records to write.
    pub records: usize,
    /// Their bytes.
    pub bytes: usize,
    /// Until when to fold.
    pub until: Moment,
}

impl Budget {
    /// The most records in one transaction.
    pub const RECORDS_MAX: usize = 50_000;
    /// The most bytes in one transaction; what follows from one event or one call for deadlines is not divided.
    pub const BYTES_MAX: usize = 16 << 20;
    /// So many records one call for deadlines may add: a record of two topics for each transition.
    const RECORDS_PER_CALL_MAX: usize = 2 * Engine::DUE_MAX;

    /// What is left of a transaction that holds so much already.
    pub fn left(records: usize, bytes: usize, until: Moment) -> Self {
        let records = Self::RECORDS_MAX.saturating_sub(Self::RECORDS_PER_CALL_MAX).saturating_sub(records);
        Self { records, bytes: Self::BYTES_MAX.saturating_sub(bytes), until }
    }

    /// Whether nothing more fits.
    pub(in crate::partition) fn is_spent(&self) -> bool {
        self.records == 0 || self.bytes == 0
    }

    /// Takes so much of it.
    pub(in crate::partition) fn spend(&mut self, records: usize, bytes: usize) {
        self.records = self.records.saturating_sub(records);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}
