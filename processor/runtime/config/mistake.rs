//! What is wrong with a configuration, where it says so, and what would be right.

use std::fmt;

/// Where a setting was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the file, at this line and column, both from 1.
    File {
        /// The file, as it was named.
        file: String,
        /// Line.
        line: u64,
        /// Column, in characters.
        column: u64,
    },
    /// In this environment variable.
    Environment(String),
    /// By `--set`.
    Flag,
    /// Nowhere: it was left out.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Self::Environment(variable) => f.write_str(variable),
            Self::Flag => f.write_str("--set"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it was made.
    pub origin: Origin,
    /// The setting, as a path: `kafka.brokers`, `inputs[0].max_late`; empty for the file as a whole.
    pub setting: String,
    /// What is wrong.
    pub message: String,
    /// What to do, where it is not plain from the message.
    pub help: Option<String>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::Default => {}
            origin @ (Origin::File { .. } | Origin::Environment(_) | Origin::Flag) => write!(f, "{origin}: ")?,
        }
        if !self.setting.is_empty() {
            write!(f, "`{}` ", self.setting)?;
        }
        f.write_str(&self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

/// A configuration that is not taken: every mistake in it, in the order in which it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// At least one.
    pub mistakes: Vec<Mistake>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.mistakes.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}

/// The known name nearest to `name`, when it is near enough to have been meant.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = name.chars().count().div_ceil(3).min(3);
    known
        .into_iter()
        .map(|candidate| (edits(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters must be inserted, left out or replaced to get from one name to the other; case and `-` for `_` are
/// free.
fn edits(from: &str, to: &str) -> usize {
    let folded = |c: char| if c == '-' { '_' } else { c.to_ascii_lowercase() };
    let target: Vec<char> = to.chars().map(folded).collect();
    let mut row: Vec<usize> = (0..=target.len()).collect();
    for (index, letter) in from.chars().map(folded).enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        let mut next = vec![left];
        for (above, wanted) in row.iter().skip(1).zip(&target) {
            left = (diagonal + usize::from(letter != *wanted)).min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_near_a_known_one_are_recognised() {
        let known = ["brokers", "group", "properties"];
        for (written, meant) in [
            ("broker", Some("brokers")),
            ("borkers", Some("brokers")),
            ("Group", Some("group")),
            ("propertys", Some("properties")),
            ("topics", None),
            ("x", None),
        ] {
            assert_eq!(nearest(written, known), meant, "{written}");
        }
    }
}
