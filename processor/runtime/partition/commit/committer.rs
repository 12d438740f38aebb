//! Commits beside the work: while one transaction is under way, its worker reads and folds for the next.
//!
//! There is one transaction at a time, and its batches are sealed, so nothing that the worker does meanwhile changes
//! them. What becomes of a transaction is the worker's to learn when it asks; it never waits for it. Not here: how a
//! transaction is committed (`transaction`).

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use super::transaction::{Entry, Outcome, TransactionError, Transactor};
use crate::broker::kafka::Member;

/// One transaction under way, and no more.
const UNDER_WAY_MAX: usize = 1;

/// Batches to be committed together, and who proves that we are of the group.
#[derive(Debug)]
struct Request {
    entries: Vec<Entry>,
    member: Arc<Member>,
}

/// A transaction that has ended.
#[derive(Debug)]
pub struct Done {
    /// What it was about.
    pub entries: Vec<Entry>,
    /// What became of it.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
}

/// Commits what is brought to its [`Desk`], on a thread of its own.
#[derive(Debug)]
pub struct Committer {
    requests: Receiver<Request>,
    answers: SyncSender<Result<Done, TransactionError>>,
}

/// Where a worker brings batches and learns what became of them.
#[derive(Debug)]
pub struct Desk {
    requests: SyncSender<Request>,
    answers: Receiver<Result<Done, TransactionError>>,
    under_way: bool,
}

impl Committer {
    /// A committer, and the desk of its worker.
    pub fn new() -> (Self, Desk) {
        let (requests, brought) = sync_channel(UNDER_WAY_MAX);
        let (told, answers) = sync_channel(UNDER_WAY_MAX);
        (Self { requests: brought, answers: told }, Desk { requests, answers, under_way: false })
    }

    /// Commits until the desk is gone, or nothing can be committed any more, which is the last answer.
    pub fn work(&self, transactor: &mut Transactor) {
        while let Ok(Request { entries, member }) = self.requests.recv() {
            let begun = Instant::now();
            let ended = transactor.commit(&entries, &member);
            let ended = ended.map(|outcome| Done { entries, outcome, took: begun.elapsed() });
            let over = ended.is_err();
            if self.answers.send(ended).is_err() || over {
                return;
            }
        }
    }
}

impl Desk {
    /// Whether a transaction is under way.
    pub fn is_taken(&self) -> bool {
        self.under_way
    }

    /// Begins to commit these batches together. Only while no other transaction is under way.
    pub fn bring(&mut self, entries: Vec<Entry>, member: Arc<Member>) {
        self.under_way = true;
        // Where the committer is gone, asking for the answer says so.
        let _ = self.requests.send(Request { entries, member });
    }

    /// What became of the transaction under way, once it has ended.
    pub fn ended(&mut self) -> Result<Option<Done>, TransactionError> {
        match self.answers.try_recv() {
            Ok(answer) => {
                self.under_way = false;
                answer.map(Some)
            }
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(TransactionError::Gone),
        }
    }
}
