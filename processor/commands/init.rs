//! `spicchio init`: where a new group begins.

use clap::Args;
use spicchio_runtime::recovery::{AnnounceFrom, StartFrom};
use spicchio_runtime::{InitOptions, init, logs};

use super::configured::{self, Configured};
use super::exit::{Exit, Failure};
use super::terminal::Terminal;

/// Begin a new group: create missing output topics, and commit where it starts to read
///
/// Refused when the group has begun already, so it is safe to repeat.
#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    configured: Configured,
    /// Where to start: earliest, latest or an instant
    #[arg(long, value_name = "WHERE", value_parser = configured::start)]
    from: StartFrom,
    /// `now` announces one entry per membership when it has caught up, `start` everything as it happened
    #[arg(long, value_name = "WHAT", value_parser = configured::announce, default_value = "now")]
    announce_from: AnnounceFrom,
}

impl Init {
    pub(crate) fn execute(self, terminal: Terminal) -> Result<Exit, Failure> {
        let config = self.configured.load()?.config;
        logs::start(&config.log, terminal.color()).map_err(|error| Failure::Broken(error.to_string()))?;
        let options = InitOptions { from: self.from, announce_from: self.announce_from };
        let exit = configured::ended(init(&config, options), terminal)?;
        terminal.say(&format!("group `{}` has begun: spicchio run --config F", config.kafka.group));
        Ok(exit)
    }
}
