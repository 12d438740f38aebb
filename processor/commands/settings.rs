//! The configuration of a command that needs one: `--config`, `--set`, and the environment.

use std::path::PathBuf;

use clap::Args;
use spicchio_runtime::config::{self, Config, Sources};
use spicchio_runtime::logs;

use super::exit::Failure;
use super::terminal::Terminal;

/// Where settings come from.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// The configuration file
    #[arg(long, short, value_name = "FILE", env = "SPICCHIO_CONFIG")]
    config: Option<PathBuf>,
    /// One setting, such as `kafka.brokers=localhost:9092`; counts before the environment and the file
    #[arg(long = "set", value_name = "SETTING=VALUE", value_parser = assignment)]
    flags: Vec<(String, String)>,
}

impl Settings {
    /// The configuration; starts the log, whose first lines are the settings in force.
    pub(crate) fn load(self, terminal: Terminal) -> Result<Config, Failure> {
        let sources = Sources { file: self.config, environment: std::env::vars().collect(), flags: self.flags };
        let loaded = config::load(&sources).map_err(|refused| Failure::Configuration(refused.to_string()))?;
        logs::start(&loaded.config.log, terminal.color()).map_err(|error| Failure::Broken(error.to_string()))?;
        for line in loaded.effective.lines() {
            tracing::info!(target: "settings", "{line}");
        }
        for name in &loaded.ignored {
            tracing::warn!(target: "settings", "{name} is not a setting and is ignored");
        }
        Ok(loaded.config)
    }
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (setting, value) = text.split_once('=').ok_or("write it as `setting=value`")?;
    Ok((setting.to_owned(), value.to_owned()))
}
