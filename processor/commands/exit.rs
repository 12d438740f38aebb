//! How a command ends.

use std::io;
use std::process::ExitCode;

use super::terminal::Terminal;

/// How a command ended that did what it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Fine.
    Fine,
    /// The checked thing is bad; what is wrong with it was said.
    Bad,
}

/// Why a command could not do what it was told.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked for does not exist or cannot be read.
    Usage(String),
    /// The configuration is refused.
    Configuration(String),
    /// It broke while it ran.
    Broken(String),
    /// Standard output could not be written.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// The exit code, after saying what went wrong.
pub(crate) fn code(done: Result<Exit, Failure>, terminal: Terminal) -> ExitCode {
    match done {
        Ok(Exit::Fine) => ExitCode::SUCCESS,
        Ok(Exit::Bad) => ExitCode::from(1),
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => {
            terminal.error(&format!("standard output cannot be written: {error}"));
            ExitCode::from(1)
        }
        Err(Failure::Broken(message)) => {
            terminal.error(&message);
            ExitCode::from(1)
        }
        Err(Failure::Usage(message)) => {
            terminal.error(&message);
            ExitCode::from(2)
        }
        Err(Failure::Configuration(message)) => {
            terminal.error(&message);
            ExitCode::from(78)
        }
    }
}
