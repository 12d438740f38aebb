//! Why a snapshot cannot be written, found or used.

/// What is kept is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The manifest.
    #[error("its manifest {0}")]
    Manifest(String),
    /// A part is missing, or is not as the manifest says.
    #[error("part `{0}` is missing, or its length or checksum is not that of the manifest")]
    Part(String),
    /// A block of a part.
    #[error("a block has {0}")]
    Block(&'static str),
    /// The blocks together.
    #[error("it lacks {0}")]
    Incomplete(String),
    /// The rows in the blocks.
    #[error(transparent)]
    Rows(#[from] spicchio_core::engine::RestoreError),
}

/// The store does not do what it is asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It cannot be used at all.
    #[error("the store {place} cannot be opened: {reason}")]
    Open {
        /// Where it is.
        place: String,
        /// Why.
        reason: String,
    },
    /// One request failed, or took too long.
    #[error("the store cannot {what} `{name}`: {reason}")]
    Request {
        /// What was asked.
        what: &'static str,
        /// Of which object.
        name: String,
        /// Why.
        reason: String,
    },
    /// The object is not there.
    #[error("the store has no `{0}`")]
    Missing(String),
}

/// Why a snapshot was not written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WriteError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rows.
    #[error("the snapshot cannot be written: {0}")]
    Content(#[from] Damage),
    /// The cluster did not answer.
    #[error("the cluster does not answer: {0}")]
    Unanswered(String),
    /// The partition is given up, or decided anew: nothing is wrong.
    #[error("the partition was given up meanwhile")]
    Abandoned,
}
