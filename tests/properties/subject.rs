//! What the laws are tried on.
//!
//! The engine, and now and then the oracle: it obeys them too, which is how the laws and the language's definition are
//! checked against each other.

use spicchio_testkit::law::{Failure, Law, tried};
use spicchio_testkit::oracle::Oracle;

use crate::engine::Replaying;

/// The oracle is slow and seldom changes: it is tried on one course in so many of the engine's.
const ORACLE_ONE_IN: u64 = 10;

/// Tries a law on the engine and on the oracle.
pub(crate) fn obey(law: &Law) -> Result<(), Failure> {
    tried(law, &Replaying)?;
    tried(&Law { one_in: law.one_in * ORACLE_ONE_IN, ..*law }, &Oracle)
}
