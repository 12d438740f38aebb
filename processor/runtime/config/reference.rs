//! References in the values of Kafka properties: `${env:NAME}` and `${file:PATH}` stand for what is kept elsewhere.
//!
//! A value is a reference or it is not: nothing is replaced inside of one. What is found is never shown, in no message
//! and no log; the reference is. Relative paths begin at the folder of the configuration file.

use std::path::Path;

use super::environment::secret;

/// What a value refers to, or why that cannot be had; none where it is no reference.
pub(super) fn resolve(
    text: &str,
    environment: &[(String, String)],
    folder: &Path,
) -> Option<Result<String, (String, &'static str)>> {
    let inner = text.strip_prefix("${")?.strip_suffix('}')?;
    let (kind, name) = inner.split_once(':').unwrap_or((inner, ""));
    let found = match kind {
        "env" => {
            let value = environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
            value.ok_or_else(|| {
                (format!("names the variable `{name}`, which is not set"), "set it, or correct the name")
            })
        }
        "file" => {
            let content = secret(&folder.join(name).display().to_string());
            content.map_err(|message| (message, "a file of one line that this user can read"))
        }
        _ => Err((format!("is `{text}`, which refers to nothing"), "`${env:NAME}` or `${file:PATH}`")),
    };
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str) -> Option<Result<String, (String, &'static str)>> {
        let environment = [("KAFKA_PASSWORD".to_owned(), "from the environment".to_owned())];
        resolve(text, &environment, Path::new(env!("CARGO_MANIFEST_DIR")))
    }

    #[test]
    fn a_reference_stands_for_what_it_names() {
        assert_eq!(resolved("${env:KAFKA_PASSWORD}"), Some(Ok("from the environment".to_owned())));
        let manifest = resolved("${file:Cargo.toml}").unwrap().unwrap();
        assert!(manifest.contains("spicchio-runtime") && !manifest.ends_with('\n'));
    }

    #[test]
    fn what_is_no_reference_stays_as_it_is() {
        for text in ["", "secret", "a${env:KAFKA_PASSWORD}", "${env:KAFKA_PASSWORD", "$KAFKA_PASSWORD", "{}"] {
            assert_eq!(resolved(text), None, "{text}");
        }
    }

    #[test]
    fn a_reference_to_nothing_is_named_with_the_remedy() {
        for (text, told) in [
            ("${env:ABSENT}", "`ABSENT`, which is not set"),
            ("${file:absent}", "absent, which cannot be read"),
            ("${vault:secret}", "refers to nothing"),
            ("${}", "refers to nothing"),
        ] {
            let (message, help) = resolved(text).unwrap().unwrap_err();
            assert!(message.contains(told) && !help.is_empty(), "{text}: {message}");
        }
    }
}
