//! A refused record with its reason, as the dead-letter topic keeps it.
//!
//! Enough to find the record again (origin, length, SHA-256), to see what was wrong (the first 64 KiB) and to count by
//! reason without parsing (headers). The same record gives the same bytes, so a retry writes the same. Not here: why a
//! record is refused (`event::Rejection`).

use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Headers;
use super::base64;
use crate::event::{Record, Rejection};

/// Where a record stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// Its topic; Kafka allows 249 bytes.
    pub topic: &'a str,
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
}

/// The value of a record of the dead-letter topic.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DeadLetter")]
pub struct DeadLetter<'a> {
    /// The code of the reason; see the reference for all of them.
    reason: &'static str,
    /// What the producer has to change.
    detail: &'a str,
    /// The topic of the refused record.
    topic: &'a str,
    /// Its partition.
    partition: i32,
    /// Its offset.
    offset: i64,
    /// Its Kafka timestamp in RFC 3339; null where it has none.
    timestamp: Option<String>,
    /// Its key, at most the first 1,024 bytes; null where it has none.
    key: Option<Excerpt<'a>>,
    /// The first 65,536 bytes of its value; null for a tombstone.
    value: Option<Excerpt<'a>>,
    /// How many bytes its value has; 0 for a tombstone.
    length: usize,
    /// The SHA-256 of its whole value, 64 hexadecimal digits.
    sha256: String,
    /// Its headers that say something about the event (`content-type` and those of a `CloudEvent`), in order, at most
    /// the first 32; left out where it has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    headers: Vec<KeptHeader<'a>>,
}

/// A header of a refused record.
#[derive(Debug, Serialize, JsonSchema)]
struct KeptHeader<'a> {
    /// Its name, at most the first 128 bytes.
    name: Excerpt<'a>,
    /// The first 1,024 bytes of its value; null where it has none.
    value: Option<Excerpt<'a>>,
}

/// Bytes of a refused record.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Excerpt<'a> {
    /// As they are, where they are UTF-8 without control characters but tab, line feed and carriage return.
    Text(&'a str),
    /// In base64, where they are not.
    Base64(String),
}

impl DeadLetter<'_> {
    /// How much of a value is kept, in bytes.
    pub const VALUE_BYTES_MAX: usize = 64 * 1024;
    /// How much of a key is kept, in bytes.
    pub const KEY_BYTES_MAX: usize = 1024;
    /// How many headers are kept; further ones are left out.
    pub const HEADERS_MAX: usize = 32;
    /// How much of a header's name is kept, in bytes.
    pub const HEADER_NAME_BYTES_MAX: usize = 128;
    /// How much of a header's value is kept, in bytes.
    pub const HEADER_VALUE_BYTES_MAX: usize = 1024;
    /// What JSON puts around a header, rounded up.
    const HEADER_FRAME_BYTES: usize = 64;
    /// No dead letter's value is longer, in bytes: text doubles at the most, and the rest is short.
    pub const BYTES_MAX: usize = 2 * (Self::VALUE_BYTES_MAX + Self::KEY_BYTES_MAX)
        + Self::HEADERS_MAX
            * (2 * (Self::HEADER_NAME_BYTES_MAX + Self::HEADER_VALUE_BYTES_MAX) + Self::HEADER_FRAME_BYTES)
        + 4096;
}

/// The headers and the value of the dead letter of a refused record.
pub fn dead_letter(rejection: &Rejection, origin: &Origin<'_>, record: &Record<'_>) -> (Headers, Vec<u8>) {
    let value = record.value.unwrap_or_default();
    let letter = DeadLetter {
        reason: rejection.reason.as_str(),
        detail: &rejection.detail,
        topic: origin.topic,
        partition: origin.partition,
        offset: origin.offset,
        timestamp: record.timestamp.map(|timestamp| timestamp.to_string()),
        key: record.key.map(|key| excerpt(key, DeadLetter::KEY_BYTES_MAX)),
        value: record.value.map(|value| excerpt(value, DeadLetter::VALUE_BYTES_MAX)),
        length: value.len(),
        sha256: format!("{:x}", Sha256::digest(value)),
        headers: kept_headers(record),
    };
    let headers = vec![
        ("content-type", "application/json".into()),
        ("reason", rejection.reason.as_str().into()),
        ("topic", origin.topic.into()),
        ("partition", origin.partition.to_string().into()),
        ("offset", origin.offset.to_string().into()),
    ];
    (headers, json(&letter))
}

#[expect(clippy::expect_used, reason = "texts and integers always have a JSON form, and memory takes what is written")]
fn json(letter: &DeadLetter<'_>) -> Vec<u8> {
    serde_json::to_vec(letter).expect("a dead letter has a JSON form")
}

fn kept_headers<'a>(record: &Record<'a>) -> Vec<KeptHeader<'a>> {
    let telling = record.headers.iter().filter(|(name, _)| Record::reads_header(name));
    let kept = telling.take(DeadLetter::HEADERS_MAX).map(|(name, value)| KeptHeader {
        name: excerpt(name.as_bytes(), DeadLetter::HEADER_NAME_BYTES_MAX),
        value: value.map(|value| excerpt(value, DeadLetter::HEADER_VALUE_BYTES_MAX)),
    });
    kept.collect()
}

/// The first bytes; a text is cut between characters.
fn excerpt(bytes: &[u8], most: usize) -> Excerpt<'_> {
    let kept = bytes.get(..most).unwrap_or(bytes);
    let text = match std::str::from_utf8(kept) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() && kept.len() < bytes.len() => {
            kept.get(..error.valid_up_to()).and_then(|whole| std::str::from_utf8(whole).ok())
        }
        Err(_) => None,
    };
    let doubles_at_most = |text: &&str| text.bytes().all(|byte| byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r'));
    match text.filter(doubles_at_most) {
        Some(text) => Excerpt::Text(text),
        None => Excerpt::Base64(base64::encode(kept)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::event::Reason;
    use crate::timer::Instant;

    fn letter(record: &Record<'_>) -> Value {
        let rejection = Rejection::new(Reason::NotJson, "\u{1}".repeat(1000));
        let topic = "t".repeat(249);
        let origin = Origin { topic: &topic, partition: i32::MIN, offset: i64::MIN };
        let (headers, bytes) = dead_letter(&rejection, &origin, record);
        assert!(bytes.len() <= DeadLetter::BYTES_MAX, "{}", bytes.len());
        assert_eq!(headers[1], ("reason", "not_json".into()));
        assert_eq!(dead_letter(&rejection, &origin, record), (headers, bytes.clone()));
        serde_json::from_slice(&bytes).expect("it is JSON")
    }

    fn check(value: &[u8], field: &str, expected: &Value) {
        let letter = letter(&Record { key: Some(value), value: Some(value), ..Record::default() });
        assert_eq!(&letter["value"][field], expected);
        assert_eq!(letter["length"], json!(value.len()));
    }

    #[test]
    fn bytes_are_shown_as_text_or_base64() {
        check(b"{\"a\":\n1}", "text", &json!("{\"a\":\n1}"));
        check("é\u{202e}<script>".as_bytes(), "text", &json!("é\u{202e}<script>"));
        check(b"", "text", &json!(""));
        check(b"\x00\x01", "base64", &json!("AAE="));
        check(&[0xFF, 0xFE, 0xFD], "base64", &json!("//79"));
        check("é".as_bytes().get(..1).expect("a byte"), "base64", &json!("ww=="));
    }

    #[test]
    fn long_values_are_cut_between_characters_and_never_pass_the_bound() {
        const MOST: usize = DeadLetter::VALUE_BYTES_MAX;
        let accents = format!("a{}", "é".repeat(MOST));
        check(accents.as_bytes(), "text", &json!(accents[..MOST - 1]));
        check("\"\n".repeat(MOST).as_bytes(), "text", &json!("\"\n".repeat(MOST / 2)));
        check("x".repeat(MOST).as_bytes(), "text", &json!("x".repeat(MOST)));
        check(&vec![1; MOST * 2], "base64", &json!(base64::encode(&vec![1; MOST])));
        check(&vec![0xFF; MOST * 20], "base64", &json!(base64::encode(&vec![0xFF; MOST])));
    }

    #[test]
    fn headers_that_tell_of_the_event_are_kept_within_their_bounds() {
        let sent: Vec<(&str, Option<&[u8]>)> = vec![
            ("content-type", Some(b"text/plain")),
            ("trace", Some(b"1")),
            ("ce_type", None),
            ("ce_id", Some(&[0xFF])),
        ];
        let kept = letter(&Record { headers: &sent, ..Record::default() });
        let expected = json!([
            {"name": {"text": "content-type"}, "value": {"text": "text/plain"}},
            {"name": {"text": "ce_type"}, "value": null},
            {"name": {"text": "ce_id"}, "value": {"base64": "/w=="}},
        ]);
        assert_eq!(kept["headers"], expected);
        assert!(letter(&Record::default()).get("headers").is_none(), "nothing to say of none");

        let (name, value) = (format!("ce_{}", "\"".repeat(1000)), [0xFF; 5000]);
        let many = vec![(name.as_str(), Some(value.as_slice())); 100];
        let full = vec![b'"'; DeadLetter::VALUE_BYTES_MAX];
        let crowded = letter(&Record { headers: &many, key: Some(&full), value: Some(&full), ..Record::default() });
        let kept = crowded["headers"].as_array().map_or(0, Vec::len);
        assert_eq!(kept, DeadLetter::HEADERS_MAX);
        assert_eq!(crowded["headers"][0]["name"]["text"], json!(name[..DeadLetter::HEADER_NAME_BYTES_MAX]));
        let cut = base64::encode(&value[..DeadLetter::HEADER_VALUE_BYTES_MAX]);
        assert_eq!(crowded["headers"][0]["value"]["base64"], json!(cut));
    }

    #[test]
    fn tombstones_and_records_without_timestamp_are_kept_too() {
        let tombstone = letter(&Record::default());
        assert_eq!(
            (&tombstone["key"], &tombstone["value"], &tombstone["timestamp"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        assert_eq!(tombstone["sha256"], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let timed = letter(&Record { timestamp: Some(Instant::from_millis(0)), ..Record::default() });
        assert_eq!(timed["timestamp"], "1970-01-01T00:00:00.000Z");
    }
}
