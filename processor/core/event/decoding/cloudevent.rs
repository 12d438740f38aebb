//! `CloudEvents` 1.0 in Kafka records, binary and structured.
//!
//! A header `ce_specversion` makes a record binary: the attributes are headers, the value is the data. A content type
//! `application/cloudevents`, or a text `specversion` in the document, makes it structured: the attributes are members
//! of the document, which for type, time and id are those of the project's own format. Batches are refused. Not here:
//! which attribute is which part of an event (`envelope`).

use crate::event::{Reason, Record, Rejection};

/// How a record shows its event, as far as its headers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Nothing about `CloudEvents`; the document may yet say that it is a structured one.
    Unmarked,
    /// Attributes in the document.
    Structured,
    /// Attributes in headers.
    Binary,
}

/// The mode that the headers say.
pub(super) fn mode(record: &Record<'_>) -> Result<Mode, Rejection> {
    if record.headers.is_empty() {
        return Ok(Mode::Unmarked);
    }
    if record.header("ce_specversion").is_some() {
        return Ok(Mode::Binary);
    }
    let content_type = record.header("content-type").unwrap_or_default();
    let starts = |with: &[u8]| content_type.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    if starts(b"application/cloudevents-batch") {
        return Err(Rejection::new(
            Reason::BadCloudEvent,
            "a batch of CloudEvents in one record: send one event a record",
        ));
    }
    Ok(if starts(b"application/cloudevents") { Mode::Structured } else { Mode::Unmarked })
}

/// An attribute of a binary event; an empty one is not there.
pub(super) fn attribute<'a>(record: &Record<'a>, name: &'static str) -> Result<Option<&'a str>, Rejection> {
    let bytes = record.header(name).unwrap_or_default();
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|_| Rejection::new(Reason::BadCloudEvent, format!("the header `{name}` is not UTF-8")))?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}
