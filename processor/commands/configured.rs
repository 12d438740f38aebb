//! The configuration as the command line gives it, for `run` and `init`.

use std::path::PathBuf;

use clap::Args;
use spicchio_runtime::RunError;
use spicchio_runtime::config::{Loaded, Sources, load};
use spicchio_runtime::definitions::DefinitionsError;
use spicchio_runtime::recovery::{AnnounceFrom, StartFrom};

use super::diagnostics;
use super::events;
use super::exit::{Exit, Failure};
use super::terminal::Terminal;

/// Where the configuration comes from.
#[derive(Debug, Args)]
pub(crate) struct Configured {
    /// The configuration file; every setting can also be given as `SPICCHIO_` and its path: `SPICCHIO_KAFKA__BROKERS`
    #[arg(long, env = "SPICCHIO_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Set one setting, before the environment and the file: `--set kafka.brokers=localhost:9092`
    #[arg(long = "set", value_name = "SETTING=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
}

fn setting(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').map(|(path, value)| (path.trim().to_owned(), value.to_owned()));
    pair.filter(|(path, _)| !path.is_empty()).ok_or_else(|| "write SETTING=VALUE".to_owned())
}

/// Reads where a group begins.
pub(crate) fn start(text: &str) -> Result<StartFrom, String> {
    match text {
        "earliest" => Ok(StartFrom::Earliest),
        "latest" => Ok(StartFrom::Latest),
        instant => events::instant(instant)
            .map(StartFrom::Time)
            .map_err(|_| "write earliest, latest, 2026-01-31 or 2026-01-31T10:00:00Z".to_owned()),
    }
}

/// Reads what of history is announced.
pub(crate) fn announce(text: &str) -> Result<AnnounceFrom, String> {
    match text {
        "now" => Ok(AnnounceFrom::Now),
        "start" => Ok(AnnounceFrom::Start),
        _ => {
            Err("write now (one entry per membership, once caught up) or start (everything, as it happened)".to_owned())
        }
    }
}

impl Configured {
    /// The checked configuration.
    pub(crate) fn load(self) -> Result<Loaded, Failure> {
        let environment =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let sources = Sources { file: self.config, environment: environment.collect(), flags: self.settings };
        load(&sources).map_err(|refused| {
            let count = refused.mistakes.len();
            let mistakes = if count == 1 { "mistake" } else { "mistakes" };
            Failure::Configuration(format!("the configuration has {count} {mistakes}\n{refused}"))
        })
    }
}

/// What the processor said when it ended, as an exit code.
pub(crate) fn ended(ended: Result<(), RunError>, terminal: Terminal) -> Result<Exit, Failure> {
    match ended {
        Ok(()) => Ok(Exit::Fine),
        Err(RunError::Definitions(DefinitionsError::Mistakes { sources, mistakes })) => {
            diagnostics::show(&mistakes, &sources, terminal);
            Err(Failure::Configuration(format!("the definitions have {} mistakes", mistakes.len())))
        }
        Err(error) if error.is_configuration() => Err(Failure::Configuration(error.to_string())),
        Err(error) => Err(Failure::Broken(error.to_string())),
    }
}
