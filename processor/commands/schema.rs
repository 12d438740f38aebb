//! `spicchio schema`: the JSON Schemas of what goes in and comes out.

use std::io::Write as _;

use clap::{Args, ValueEnum};
use spicchio_core::segment::language;
use spicchio_core::wire::DeadLetter;

use super::exit::{Exit, Failure};
use super::terminal;

/// Print a JSON Schema (draft 2020-12)
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Of what
    #[arg(value_enum)]
    of: Document,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Document {
    /// A file of segment definitions
    Segments,
    /// The configuration of `spicchio run`
    Config,
    /// A record of an input topic, or a line of a file of events
    Event,
    /// A record of the transitions topic
    Transition,
    /// A record of the memberships topic
    Membership,
    /// A record of the dead letters topic
    DeadLetter,
}

impl Document {
    fn text(self) -> String {
        match self {
            Self::Segments => generated(&language::file_schema()),
            Self::Config => generated(&spicchio_runtime::config::schema()),
            Self::Event => include_str!("../../schemas/event.schema.json").to_owned(),
            Self::Transition => include_str!("../../schemas/transition.schema.json").to_owned(),
            Self::Membership => include_str!("../../schemas/membership.schema.json").to_owned(),
            Self::DeadLetter => generated(&schemars::schema_for!(DeadLetter<'static>).to_value()),
        }
    }
}

/// A schema derived from types, as it is published in `schemas/`.
fn generated(schema: &serde_json::Value) -> String {
    format!("{schema:#}\n")
}

impl Schema {
    pub(crate) fn execute(self) -> Result<Exit, Failure> {
        let mut data = terminal::data();
        data.write_all(self.of.text().as_bytes())?;
        data.flush()?;
        Ok(Exit::Fine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_is_what_is_printed() {
        for (document, published) in [
            (Document::Segments, include_str!("../../schemas/segments.schema.json")),
            (Document::Config, include_str!("../../schemas/config.schema.json")),
            (Document::DeadLetter, include_str!("../../schemas/dead-letter.schema.json")),
        ] {
            let name = document.to_possible_value().unwrap();
            let name = name.get_name();
            assert!(document.text() == published, "write it again: spicchio schema {name} > schemas/{name}.schema.json");
        }
    }
}
