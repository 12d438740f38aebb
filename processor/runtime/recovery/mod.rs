//! How a partition comes to the state that its committed offsets stand for.
//!
//! What is committed says how far the partition had come (`restore`): its history is folded in silence from a start
//! position up to there, what consumers were told is read back (`announced`), and the two are compared. A partition is
//! never guessed: where offsets, control words or history do not fit together it stops and says why. The first start
//! of a group is `beginning`.
//!
//! Today the start position is where the group began; a snapshot is a later one. Not here: what the engine does with
//! it.

mod announced;
mod beginning;
mod history;
mod pool;
mod restore;

pub use beginning::{AnnounceFrom, Begin, BeginError, Begun, StartFrom};
pub use pool::recover_until_closed;
pub use restore::{Restorer, Stop};
