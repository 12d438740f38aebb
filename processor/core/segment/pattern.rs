//! A regular expression of a definition: found anywhere in a text, in linear time, compiled to a bounded size.

use std::fmt;
use std::hash::{Hash, Hasher};

use regex::{Regex, RegexBuilder};

/// How large a compiled expression, and the tables that searching builds beside it, may become, in bytes each. A larger
/// one is refused when it is loaded.
pub const PATTERN_BYTES_MAX: usize = 1 << 20;

/// A compiled regular expression; two of the same text are equal. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

/// A text is no regular expression, or one too large; says why, in one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnfitPattern(String);

impl Pattern {
    /// Compiles an expression in the dialect of the `regex` crate.
    ///
    /// # Errors
    /// It is no expression of that dialect, or larger than [`PATTERN_BYTES_MAX`] when compiled.
    pub fn new(text: &str) -> Result<Self, UnfitPattern> {
        let mut builder = RegexBuilder::new(text);
        builder.size_limit(PATTERN_BYTES_MAX).dfa_size_limit(PATTERN_BYTES_MAX);
        builder.build().map(Self).map_err(|error| UnfitPattern(reason(&error)))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether it is found somewhere in `text`.
    pub fn is_found_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// What is wrong, without the many lines that show where.
fn reason(error: &regex::Error) -> String {
    if let regex::Error::CompiledTooBig(limit) = error {
        return format!("compiled it would be larger than {} KiB", limit / 1024);
    }
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

/// Its text.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
