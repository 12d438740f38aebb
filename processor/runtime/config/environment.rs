//! Settings from the environment: `SPICCHIO_` and the path, two underscores between its steps.
//!
//! `SPICCHIO_KAFKA__BROKERS` is `kafka.brokers`; `SPICCHIO_KAFKA__PROPERTIES__SASL_PASSWORD` is the property
//! `sasl.password`, and with `_FILE` at its end the variable names a file that holds it. Not here: which settings there
//! are (`raw`).

use super::mistake::Origin;

/// What every variable begins with.
const PREFIX: &str = "SPICCHIO_";

/// Names the configuration file; it is no setting.
const CONFIG_FILE: &str = "SPICCHIO_CONFIG";

/// The longest secret that is read from a file, in bytes.
const SECRET_BYTES_MAX: u64 = 64 << 10;

/// A setting given outside the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Override {
    /// The steps of its path.
    pub path: Vec<String>,
    /// Its value as text, or why it could not be read.
    pub text: Result<String, String>,
    /// Who gives it.
    pub origin: Origin,
}

/// The settings among these variables, in order of name.
pub(super) fn overrides(environment: &[(String, String)]) -> Vec<Override> {
    let mut found: Vec<Override> = environment
        .iter()
        .filter(|(name, _)| name != CONFIG_FILE)
        .filter_map(|(name, value)| Some((name, name.strip_prefix(PREFIX)?, value)))
        .map(|(name, path, value)| one(name, path, value))
        .collect();
    found.sort_by_key(|setting| setting.origin.to_string());
    found
}

fn one(variable: &str, path: &str, value: &str) -> Override {
    let origin = Origin::Environment(variable.to_owned());
    let Some(property) = path.strip_prefix("KAFKA__PROPERTIES__") else {
        let path = path.split("__").map(str::to_lowercase).collect();
        return Override { path, text: Ok(value.to_owned()), origin };
    };
    let (property, text) = match property.strip_suffix("_FILE") {
        Some(property) => (property, secret(value)),
        None => (property, Ok(value.to_owned())),
    };
    let name = property.to_lowercase().replace('_', ".");
    Override { path: vec!["kafka".to_owned(), "properties".to_owned(), name], text, origin }
}

/// The content of a file that holds a secret, without the line break at its end.
pub(super) fn secret(file: &str) -> Result<String, String> {
    let length = std::fs::metadata(file).map_err(|error| format!("names {file}, which cannot be read: {error}"))?.len();
    if length > SECRET_BYTES_MAX {
        return Err(format!("names {file}, which is longer than {SECRET_BYTES_MAX} bytes"));
    }
    let text = std::fs::read_to_string(file).map_err(|error| format!("names {file}, which cannot be read: {error}"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
