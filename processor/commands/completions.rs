//! `spicchio completions`: what a shell needs to complete this command line.

use std::io::Write as _;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::exit::{Exit, Failure};
use super::terminal;

/// Print the completions for a shell
///
/// For bash: `spicchio completions bash > /etc/bash_completion.d/spicchio`
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn execute<C: CommandFactory>(self) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut C::command(), "spicchio", &mut script);
        let mut data = terminal::data();
        data.write_all(&script)?;
        data.flush()?;
        Ok(Exit::Fine)
    }
}
