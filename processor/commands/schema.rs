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
    let mut schema = schema.clone();
    unwrap_lines(&mut schema);
    format!("{schema:#}\n")
}

/// Descriptions come from comments: where a comment's line ends is no part of what it says.
fn unwrap_lines(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => *text = text.replace('\n', " "),
        serde_json::Value::Array(items) => items.iter_mut().for_each(unwrap_lines),
        serde_json::Value::Object(entries) => entries.values_mut().for_each(unwrap_lines),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
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
    use std::sync::Arc;

    use serde_json::Value;
    use spicchio_core::event::{Decoder, Record, TopicRules};
    use spicchio_core::replay::{Replay, settings};
    use spicchio_core::segment::Catalog;
    use spicchio_core::segment::language::Source;
    use spicchio_core::timer::Instant;
    use spicchio_core::wire::{Origin, dead_letter, membership_value, transition_value};

    use super::*;

    const SHOP: &str = include_str!("../../schemas/examples/shop/segments.yaml");
    const EVENTS: &str = include_str!("../../schemas/examples/shop/events.ndjson");

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn yaml(text: &str) -> Value {
        serde_saphyr::from_str(text).unwrap()
    }

    /// Everything that is wrong with `value` by the published schema.
    fn wrong(document: Document, value: &Value) -> Vec<String> {
        let schema = json(&document.text());
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    fn fits(document: Document, value: &Value) {
        assert_eq!(wrong(document, value), Vec::<String>::new(), "{value:#}");
    }

    #[test]
    fn what_is_published_is_what_is_printed() {
        for (document, published) in [
            (Document::Segments, include_str!("../../schemas/segments.schema.json")),
            (Document::Config, include_str!("../../schemas/config.schema.json")),
            (Document::DeadLetter, include_str!("../../schemas/dead-letter.schema.json")),
        ] {
            let name = document.to_possible_value().unwrap();
            let name = name.get_name();
            assert!(
                document.text() == published,
                "write it again: spicchio schema {name} > schemas/{name}.schema.json"
            );
        }
    }

    #[test]
    fn the_examples_fit_and_the_wrong_ones_do_not() {
        for document in [Document::Event, Document::Transition, Document::Membership] {
            let schema = json(&document.text());
            schema["examples"].as_array().unwrap().iter().for_each(|example| fits(document, example));
        }
        EVENTS.lines().for_each(|line| fits(Document::Event, &json(line)));
        fits(Document::Segments, &yaml(SHOP));
        fits(Document::Config, &yaml(include_str!("../../schemas/examples/config.yaml")));
        for (document, value, places) in [
            (
                Document::Event,
                json(include_str!("../../schemas/examples/event.invalid.json")),
                ["/customer_id", "/time"],
            ),
            (
                Document::Transition,
                json(include_str!("../../schemas/examples/transition.invalid.json")),
                ["/at", "/change"],
            ),
            (Document::Config, yaml(include_str!("../../schemas/examples/config.invalid.yaml")), ["/grace", "/kafka"]),
        ] {
            let found = wrong(document, &value);
            for place in places {
                assert!(found.iter().any(|error| error.starts_with(place)), "{document:?}: {place} not in {found:#?}");
            }
        }
    }

    #[test]
    fn what_the_processor_writes_fits() {
        let file = Source { name: "shop".to_owned(), text: SHOP.to_owned() };
        let loaded = language::load(&[file]).unwrap();
        let catalog = Arc::new(Catalog::compile(&loaded.definitions));
        let rules = TopicRules { key_required: false, ..TopicRules::default() };
        let decoder = Decoder::new(catalog.interest(), &rules);
        let mut replay = Replay::new(Arc::clone(&catalog), &settings(None));
        let mut written = 0;
        let mut check = |transition: spicchio_core::transition::Transition| {
            for bytes_max in [1 << 20, 16] {
                fits(Document::Transition, &serde_json::from_slice(&transition_value(&transition, bytes_max)).unwrap());
            }
            if let Some(membership) = membership_value(&transition) {
                fits(Document::Membership, &serde_json::from_slice(&membership).unwrap());
            }
            written += 1;
        };
        for line in EVENTS.lines() {
            let event = decoder.decode(&Record { value: Some(line.as_bytes()), ..Record::default() }).unwrap();
            replay.event(0, event, &mut check);
        }
        replay.finish(Instant::parse("2026-06-01T00:00:00Z").unwrap(), &mut check);
        assert!(written >= 10, "entries and exits by events and by time, with witnesses and what is attached");

        for value in [None, Some(&b"{}"[..]), Some(&b"\xff"[..])] {
            let record = Record { value, ..Record::default() };
            let rejection = decoder.decode(&record).unwrap_err();
            let origin = Origin { topic: "events", partition: 0, offset: 7 };
            let (_, letter) = dead_letter(&rejection, &origin, &record);
            fits(Document::DeadLetter, &serde_json::from_slice(&letter).unwrap());
        }
    }
}
