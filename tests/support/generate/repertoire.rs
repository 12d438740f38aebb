//! The forms of the language that can be left out of random courses, one by one.
//!
//! `SPICCHIO_FORMS=top,held` leaves out every one of them but these two, `SPICCHIO_FORMS=none` all of them and
//! `SPICCHIO_FORMS=all` none, as where the environment says nothing.

use std::env;
use std::sync::OnceLock;

/// Their names, as `SPICCHIO_FORMS` calls them.
#[cfg(test)]
pub(super) const FORMS: [&str; 24] = [
    "nth",
    "values",
    "top",
    "steps",
    "visits",
    "time_spent",
    "net",
    "refunded",
    "items",
    "some",
    "matches",
    "bucket",
    "clock",
    "age",
    "days_until",
    "anniversary",
    "period",
    "calendar_window",
    "distance",
    "held",
    "member",
    "ladder",
    "score",
    "latch",
];

/// Whether a form is among those that courses are made of.
pub(super) fn has(form: &str) -> bool {
    static CHOSEN: OnceLock<Option<Vec<String>>> = OnceLock::new();
    let chosen = CHOSEN.get_or_init(|| {
        let names = env::var("SPICCHIO_FORMS").ok()?;
        Some(names.split(',').map(|name| name.trim().to_owned()).collect())
    });
    match chosen {
        None => true,
        Some(names) => names.iter().any(|name| name == form || name == "all"),
    }
}
