//! `spicchio run`: the processor, until it is told to stop.

use clap::Args;
use spicchio_runtime::recovery::{AnnounceFrom, StartFrom};
use spicchio_runtime::{RunOptions, logs, run};

use super::configured::{self, Configured};
use super::exit::{Exit, Failure};
use super::terminal::Terminal;

/// Run the processor until SIGTERM or SIGINT
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    configured: Configured,
    /// Begin here if the group is new: earliest, latest or an instant; a group that has begun goes on where it was
    #[arg(long, value_name = "WHERE", value_parser = configured::start)]
    from: Option<StartFrom>,
    /// With --from: `now` announces one entry per membership when it has caught up, `start` everything as it happened
    #[arg(long, value_name = "WHAT", value_parser = configured::announce, requires = "from", default_value = "now")]
    announce_from: AnnounceFrom,
}

impl Run {
    pub(crate) fn execute(self, terminal: Terminal) -> Result<Exit, Failure> {
        let loaded = self.configured.load()?;
        logs::start(&loaded.config.log, terminal.color()).map_err(|error| Failure::Broken(error.to_string()))?;
        tracing::info!(version = spicchio_runtime::VERSION, revision = spicchio_runtime::REVISION, "spicchio starts");
        for setting in loaded.effective.lines() {
            tracing::info!("{setting}");
        }
        for variable in &loaded.ignored {
            tracing::warn!("{variable} begins like a setting and is none: it is ignored");
        }
        let options = RunOptions { from: self.from, announce_from: self.announce_from };
        configured::ended(run(&loaded.config, options), terminal)
    }
}
