//! `spicchio run` and `spicchio init`: the processor on Kafka, and its first start.

use clap::{Args, ValueEnum};
use spicchio_core::timer::Instant;
use spicchio_runtime::definitions::DefinitionsError;
use spicchio_runtime::recovery::{AnnounceFrom, StartFrom};
use spicchio_runtime::{InitOptions, RunError, RunOptions};

use super::diagnostics;
use super::exit::{Exit, Failure};
use super::settings::Settings;
use super::terminal::Terminal;

/// Run the processor until it is told to stop
///
/// SIGTERM and SIGINT end it: what was decided is committed first. A group that has never run begins with `--from`, or
/// with `spicchio init`.
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    settings: Settings,
    /// Where a new group begins to read: `earliest`, `latest`, or an instant such as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "earliest|latest|INSTANT", value_parser = start)]
    from: Option<StartFrom>,
    #[command(flatten)]
    announce: Announce,
}

/// Begin a group: create missing output topics and commit where it starts
///
/// Refused where the group has begun before. By default nothing of the past is announced but one entry for each
/// membership, once it has caught up.
#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    settings: Settings,
    /// Where the group begins to read: `earliest`, `latest`, or an instant such as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "earliest|latest|INSTANT", value_parser = start)]
    from: StartFrom,
    #[command(flatten)]
    announce: Announce,
}

/// What of history a new group announces.
#[derive(Debug, Args)]
struct Announce {
    /// What of history a new group announces: nothing but the memberships that hold now, or everything as it happened
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    announce_from: When,
}

/// From when on to announce.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum When {
    /// One entry for each membership that holds when history has been read.
    #[default]
    Now,
    /// Every entry and exit, as it happened.
    Start,
}

impl From<When> for AnnounceFrom {
    fn from(when: When) -> Self {
        match when {
            When::Now => Self::Now,
            When::Start => Self::Start,
        }
    }
}

impl Run {
    pub(crate) fn execute(self, terminal: Terminal) -> Result<Exit, Failure> {
        let config = self.settings.load(terminal)?;
        let options = RunOptions { from: self.from, announce_from: self.announce.announce_from.into() };
        ended(spicchio_runtime::run(&config, options), terminal)
    }
}

impl Init {
    pub(crate) fn execute(self, terminal: Terminal) -> Result<Exit, Failure> {
        let config = self.settings.load(terminal)?;
        let options = InitOptions { from: self.from, announce_from: self.announce.announce_from.into() };
        ended(spicchio_runtime::init(&config, options), terminal)
    }
}

fn ended(result: Result<(), RunError>, terminal: Terminal) -> Result<Exit, Failure> {
    match result {
        Ok(()) => Ok(Exit::Fine),
        Err(RunError::Definitions(DefinitionsError::Mistakes { sources, mistakes })) => {
            diagnostics::show(&mistakes, &sources, terminal);
            Err(Failure::Configuration(format!("the definitions have {} mistakes", mistakes.len())))
        }
        Err(error) if error.is_configuration() => Err(Failure::Configuration(error.to_string())),
        Err(error) => Err(Failure::Broken(error.to_string())),
    }
}

fn start(text: &str) -> Result<StartFrom, String> {
    match text {
        "earliest" => Ok(StartFrom::Earliest),
        "latest" => Ok(StartFrom::Latest),
        _ => {
            let instant = Instant::parse(text).ok_or("neither `earliest`, nor `latest`, nor an instant with an offset")?;
            Ok(StartFrom::Time(instant))
        }
    }
}
