//! Why a partition stops although it is ours.

use spicchio_core::timer::Instant;

/// Why a partition cannot go on.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Halt {
    /// A record made the engine panic.
    #[error("deciding about the record at offset {offset} of it failed, which is a defect of this program: {panic}")]
    Record {
        /// Index of the input.
        topic: usize,
        /// The record's offset.
        offset: i64,
        /// What the panic said.
        panic: String,
    },
    /// The passing of time made the engine panic.
    #[error("deciding what is due at {clock} failed, which is a defect of this program: {panic}")]
    Clock {
        /// The partition clock.
        clock: Instant,
        /// What the panic said.
        panic: String,
    },
    /// It holds as many customers as it may.
    #[error("it holds {customers} customers, and nobody is dropped in silence: raise `max_customers` and start again")]
    Full {
        /// How many.
        customers: usize,
    },
}

/// What a panic said.
pub(crate) fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}
