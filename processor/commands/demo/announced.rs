//! A transition as somebody reads it who knows the published format alone.

use serde::Deserialize;
use serde_json::{Map, Value};
use spicchio_core::timer::Instant;

/// What the demo looks at in a transition.
#[derive(Debug, Deserialize)]
pub(super) struct Announced {
    customer_id: String,
    segment: String,
    change: Way,
    /// Of a ladder: the stage that the customer is in now.
    to: Option<String>,
    at: String,
    cause: String,
    until: Option<String>,
    #[serde(default)]
    because: Vec<Reason>,
    #[serde(default)]
    witnesses: Vec<Map<String, Value>>,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Way {
    /// The membership began.
    Entered,
    /// It ended.
    Exited,
    /// From one stage of a ladder to another.
    Moved,
}

/// A condition that decided it.
#[derive(Debug, Deserialize)]
struct Reason {
    condition: String,
    value: Value,
}

impl Announced {
    /// The transition of a record's value, or why it cannot be read.
    pub(super) fn read(value: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(value).map_err(|error| format!("a transition cannot be read: {error}"))
    }

    pub(super) fn customer(&self) -> &str {
        &self.customer_id
    }

    /// The segment, or the ladder and its stage.
    pub(super) fn what(&self) -> String {
        self.to.as_ref().map_or_else(|| self.segment.clone(), |stage| format!("{}: {stage}", self.segment))
    }

    pub(super) const fn way(&self) -> Way {
        self.change
    }

    /// Whether time alone did it.
    pub(super) fn is_by_time(&self) -> bool {
        self.cause == "time"
    }

    pub(super) fn cause(&self) -> &str {
        &self.cause
    }

    /// When the membership changed.
    pub(super) fn at(&self) -> Option<Instant> {
        Instant::parse(&self.at)
    }

    /// Until when nothing changes without a new event; nothing when time alone changes nothing.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until.as_deref().and_then(Instant::parse)
    }

    /// Why, in few words and at most that many characters: the measurement and what it was, or the value for which it
    /// holds.
    pub(super) fn why(&self, columns: usize) -> String {
        let witness = self.witnesses.first().and_then(|witness| witness.iter().next());
        if let Some((property, value)) = witness {
            return with_value(property, value, columns);
        }
        self.because.first().map(|reason| reason.in_words(columns)).unwrap_or_default()
    }
}

impl Reason {
    fn in_words(&self, columns: usize) -> String {
        if let Some(rest) = self.condition.strip_prefix("for some ") {
            return format!("no {} any more", rest.split(' ').next().unwrap_or_default());
        }
        match measurement(&self.condition) {
            Some(measured) => with_value(measured, &self.value, columns),
            None => shortened(&self.condition, columns),
        }
    }
}

/// What was measured and its value; of the two the value is shown whole.
fn with_value(measured: &str, value: &Value, columns: usize) -> String {
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let rest = columns.saturating_sub(value.chars().count() + 3);
    format!("{} = {value}", shortened(measured, rest))
}

fn shortened(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    let kept: String = text.chars().take(columns.saturating_sub(1)).collect();
    format!("{kept}…")
}

/// What a comparison measures: its left side. Nothing where the condition is no comparison.
fn measurement(condition: &str) -> Option<&str> {
    const RELATIONS: [&str; 6] = [" == ", " != ", " <= ", " >= ", " < ", " > "];
    let mut depth = 0_u32;
    let mut quoted = None;
    for (at, sign) in condition.char_indices() {
        match (sign, quoted) {
            ('"' | '`', None) => quoted = Some(sign),
            (_, Some(quote)) if sign == quote => quoted = None,
            ('(', None) => depth += 1,
            (')', None) => depth = depth.saturating_sub(1),
            (' ', None) if depth == 0 => {
                let rest = condition.get(at..)?;
                if RELATIONS.iter().any(|relation| rest.starts_with(relation)) {
                    return condition.get(..at);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_told_by_what_it_measures() {
        for (condition, measured) in [
            ("since(last(cart_add)) >= 4h", Some("since(last(cart_add))")),
            ("count(purchase where total > 5, 6mo) == 0", Some("count(purchase where total > 5, 6mo)")),
            ("profile.name contains \" == \"", None),
            ("profile.consent", None),
        ] {
            assert_eq!(measurement(condition), measured, "{condition}");
        }
    }

    #[test]
    fn a_published_transition_is_read() {
        let value = br#"{"customer_id":"c-007","segment":"cart-abandoned","change":"entered","cause":"time",
            "at":"2026-11-23T14:00:00.000Z","until":"2026-11-26T10:00:00.000Z","definition":"sha256:0",
            "because":[{"condition":"since(last(cart_add)) >= 4h","value":"4h"}],"evidence":[]}"#;
        let read = Announced::read(value).unwrap();
        assert!(read.way() == Way::Entered && read.is_by_time());
        assert_eq!(read.what(), "cart-abandoned");
        assert_eq!(read.why(80), "since(last(cart_add)) = 4h");
        assert_eq!(read.why(20), "since(last(car… = 4h");
        assert_eq!(read.until().map(|at| at.to_string()).as_deref(), Some("2026-11-26T10:00:00.000Z"));
    }
}
