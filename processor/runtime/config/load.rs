//! From flags, environment and file to one checked configuration.
//!
//! A flag counts before the environment, the environment before the file, the file before the default. Not here:
//! reading the process's environment, which the caller hands over.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::document::{BYTES_MAX, Document, join};
use super::environment::{self, Override};
use super::mistake::{Mistake, Origin, Refused};
use super::raw::RawConfig;
use super::shape::Shape;
use super::{Config, check, properties};

/// Where settings come from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The configuration file.
    pub file: Option<PathBuf>,
    /// The environment: names and values.
    pub environment: Vec<(String, String)>,
    /// `--set`: path and value.
    pub flags: Vec<(String, String)>,
}

/// A configuration and what to say about it at start.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Checked.
    pub config: Config,
    /// One line for every setting in force: path, value and origin; secrets are masked.
    pub effective: String,
    /// Variables that begin like ours but are no setting: others use the prefix too, an orchestrator for a service's
    /// address.
    pub ignored: Vec<String>,
}

/// The configuration of these sources, or every mistake in them.
pub fn load(sources: &Sources) -> Result<Loaded, Refused> {
    let mut document = match &sources.file {
        Some(file) => read(file, &sources.environment).map_err(|mistake| Refused { mistakes: vec![mistake] })?,
        None => Document::empty(),
    };
    let shape = Shape::new();
    let mut mistakes = Vec::new();
    let flags = sources.flags.iter().map(|(path, text)| Override {
        path: path.split('.').map(str::to_owned).collect(),
        text: Ok(text.clone()),
        origin: Origin::Flag,
    });
    let (ours, others): (Vec<_>, Vec<_>) =
        environment::overrides(&sources.environment).into_iter().partition(|setting| shape.may_mean(&setting.path));
    for setting in ours.into_iter().chain(flags.map(property_path)) {
        apply(&shape, &mut document, setting, &mut mistakes);
    }
    shape.check(&document, &mut mistakes);
    if mistakes.is_empty() {
        let folder = sources.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        match settle(&document, folder, &sources.environment) {
            Ok((config, effective)) => {
                let ignored = others.iter().map(|setting| setting.origin.to_string()).collect();
                return Ok(Loaded { config, effective, ignored });
            }
            Err(found) => mistakes = found,
        }
    }
    mistakes.sort_by_key(|mistake| position(&mistake.origin));
    Err(Refused { mistakes })
}

fn settle(
    document: &Document,
    folder: &Path,
    environment: &[(String, String)],
) -> Result<(Config, String), Vec<Mistake>> {
    let raw: RawConfig = serde_json::from_value(document.value.clone()).map_err(|error| {
        let message = format!("the configuration cannot be read: {error}");
        vec![Mistake { origin: Origin::Default, setting: String::new(), message, help: None }]
    })?;
    let effective = effective(&raw, document);
    Ok((check::check(raw, document, folder, environment)?, effective))
}

fn read(file: &Path, environment: &[(String, String)]) -> Result<Document, Mistake> {
    let name = file.display().to_string();
    let unreadable = |message: String| {
        let help = Some("name another file with --config".to_owned());
        Mistake { origin: Origin::Default, setting: String::new(), message: format!("{name}: {message}"), help }
    };
    let metadata = std::fs::metadata(file).map_err(|error| unreadable(format!("cannot be read: {error}")))?;
    if metadata.len() > BYTES_MAX {
        return Err(unreadable(format!("is longer than {BYTES_MAX} bytes")));
    }
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(format!("cannot be read: {error}")))?;
    Document::parse(&name, &text, environment)
}

/// Everything after `kafka.properties` is one name, dots included.
fn property_path(mut setting: Override) -> Override {
    if let [first, second, name @ ..] = setting.path.as_slice()
        && first == "kafka"
        && second == "properties"
        && !name.is_empty()
    {
        setting.path = vec![first.clone(), second.clone(), name.join(".")];
    }
    setting
}

fn apply(shape: &Shape, document: &mut Document, setting: Override, mistakes: &mut Vec<Mistake>) {
    let path = setting.path.iter().fold(String::new(), |path, step| join(&path, step));
    let value = setting.text.map_err(|message| (message, None)).and_then(|text| shape.read(&setting.path, &text));
    let refused = match value {
        Ok(_) if document.origins.get(&path).is_some_and(|given| is_rank_of(given, &setting.origin)) => {
            Some(("is given twice".to_owned(), None))
        }
        Ok(value) => {
            let placed = place(&mut document.value, &setting.path, value);
            // What the file said below this path is no longer in force.
            let below = |known: &str| known.strip_prefix(&path).is_some_and(|rest| rest.starts_with(['.', '[']));
            document.origins.retain(|known, _| !below(known));
            document.origins.insert(path.clone(), setting.origin.clone());
            (!placed).then(|| ("lies inside a setting that is not a mapping".to_owned(), None))
        }
        Err(refused) => Some(refused),
    };
    if let Some((message, help)) = refused {
        mistakes.push(Mistake { origin: setting.origin, setting: path, message, help });
    }
}

/// Whether neither of the two counts before the other.
fn is_rank_of(one: &Origin, other: &Origin) -> bool {
    position(one).0 == position(other).0
}

/// Whether the value could be placed: everything on the way is an object or not there yet.
fn place(value: &mut Value, path: &[String], new: Value) -> bool {
    let Some((name, rest)) = path.split_first() else {
        *value = new;
        return true;
    };
    if value.is_null() {
        *value = Value::Object(serde_json::Map::new());
    }
    value.as_object_mut().is_some_and(|object| place(object.entry(name.clone()).or_insert(Value::Null), rest, new))
}

/// Mistakes of the file by line, then those of the environment and flags, then what is missing altogether.
fn position(origin: &Origin) -> (u8, u64, u64) {
    match origin {
        Origin::File { line, column, .. } => (0, *line, *column),
        Origin::Environment(_) => (1, 0, 0),
        Origin::Flag => (2, 0, 0),
        Origin::Default => (3, 0, 0),
    }
}

fn effective(raw: &RawConfig, document: &Document) -> String {
    let mut lines = String::new();
    let whole = serde_json::to_value(raw).unwrap_or_default();
    leaves("", &whole, &mut |path, value| {
        let secret = path.strip_prefix("kafka.properties.").is_some_and(properties::is_secret);
        let shown = if secret { "***".to_owned() } else { value.to_string() };
        let given = document.origins.contains_key(path) || path.ends_with(']');
        let origin = if given { document.origin(path) } else { Origin::Default };
        let _ = writeln!(lines, "{path} = {shown}  ({origin})");
    });
    lines
}

fn leaves(path: &str, value: &Value, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(name, inner)| leaves(&join(path, name), inner, visit)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| leaves(&format!("{path}[{index}]"), item, visit));
        }
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) => visit(path, value),
    }
}
