//! What an operator can type.
//!
//! Data goes to standard output, everything else to standard error. Exit codes: 0 fine, 1 the checked thing is bad, 2
//! usage, 78 the configuration is refused. A reader that goes away (`| head`) ends a command quietly.

mod check;
mod completions;
mod configured;
mod cost;
mod coverage;
mod definitions;
mod demo;
mod diagnostics;
mod events;
mod exit;
mod explain;
mod init;
mod junit;
mod replay;
mod run;
mod schema;
mod snapshot;
mod terminal;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::terminal::{Color, Terminal};

/// Real-time customer segmentation on Kafka: exact to the millisecond, exactly once, explained.
#[derive(Debug, Parser)]
#[command(name = "spicchio", version, max_term_width = 100)]
struct CommandLine {
    /// Color messages; `NO_COLOR` and `CLICOLOR_FORCE` are respected
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Run(run::Run),
    Init(init::Init),
    Check(check::Check),
    Test(test::Test),
    Replay(replay::Replay),
    Explain(explain::Explain),
    Snapshot(snapshot::Snapshot),
    Schema(schema::Schema),
    Completions(completions::Completions),
}

/// Reads the command line and does what it says.
pub(crate) fn execute() -> ExitCode {
    // What clap prints itself (help, mistakes in usage) ends here, with its own exit codes 0 and 2.
    let line = CommandLine::parse();
    let terminal = Terminal::new(line.color);
    let done = match line.command {
        Command::Demo(command) => command.execute(terminal),
        Command::Run(command) => command.execute(terminal),
        Command::Init(command) => command.execute(terminal),
        Command::Check(command) => command.execute(terminal),
        Command::Test(command) => command.execute(terminal),
        Command::Replay(command) => command.execute(terminal),
        Command::Explain(command) => command.execute(terminal),
        Command::Snapshot(command) => command.execute(terminal),
        Command::Schema(command) => command.execute(),
        Command::Completions(command) => command.execute::<CommandLine>(),
    };
    exit::code(done, terminal)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }
}
