//! Standard error and standard output, and whether they take color.

use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _};

use clap::ValueEnum;
use serde::Serialize;

/// When to color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How a command's report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

/// What messages are written to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    color: bool,
    data_color: bool,
}

impl Terminal {
    /// Standard error and standard output, each colored when `color` says so.
    pub(crate) fn new(color: Color) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let forced = || std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
        let colored = |is_terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => !set("NO_COLOR") && (forced() || is_terminal),
        };
        Self { color: colored(io::stderr().is_terminal()), data_color: colored(io::stdout().is_terminal()) }
    }

    /// Whether messages are colored.
    pub(crate) const fn color(self) -> bool {
        self.color
    }

    /// Whether data for people is colored.
    pub(crate) const fn data_color(self) -> bool {
        self.data_color
    }

    /// Says what went wrong.
    pub(crate) fn error(self, message: &str) {
        let head = if self.color { "\u{1b}[1;31merror:\u{1b}[0m" } else { "error:" };
        self.say(&format!("{head} {message}"));
    }

    /// Says something beside the data.
    #[expect(clippy::unused_self, reason = "whoever writes to standard error has been handed the terminal")]
    pub(crate) fn say(self, message: &str) {
        // When nobody reads standard error, there is nobody to tell.
        let _ = writeln!(io::stderr(), "{message}");
    }
}

/// Writes a report for machines to standard output: one JSON document and a line feed.
pub(crate) fn json(report: &impl Serialize) -> io::Result<()> {
    let mut data = data();
    serde_json::to_writer_pretty(&mut data, report)?;
    data.write_all(b"\n")?;
    data.flush()
}

/// Standard output for data, buffered; flush it before the command ends.
pub(crate) fn data() -> BufWriter<StdoutLock<'static>> {
    const BUFFER_BYTES: usize = 256 << 10;
    BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock())
}
