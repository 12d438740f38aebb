//! Lengths of time, sizes and mappings as people write them in one word or line.

use spicchio_core::event::{Mapping, RawMapping};
use spicchio_core::timer::Length;

/// Reads a length such as `250ms`, `1d12h` or `25mo`; nothing when it is not one.
pub fn length(text: &str) -> Option<Length> {
    const UNITS: [(&str, i64); 8] = [
        ("ms", 1),
        ("mo", 1),
        ("s", 1_000),
        ("m", 60_000),
        ("h", 3_600_000),
        ("d", 86_400_000),
        ("w", 604_800_000),
        ("y", 12),
    ];
    let (mut months, mut millis) = (0_i64, 0_i64);
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let amount: i64 = rest.get(..digits)?.parse().ok()?;
        let unit = rest.get(digits..)?;
        let (name, factor) = UNITS.iter().find(|(name, _)| unit.starts_with(name))?;
        let total = amount.checked_mul(*factor)?;
        if matches!(*name, "mo" | "y") {
            months = months.checked_add(total)?;
        } else {
            millis = millis.checked_add(total)?;
        }
        rest = unit.get(name.len()..)?;
    }
    (!text.is_empty()).then_some(Length::new(i32::try_from(months).ok()?, millis))
}

/// Reads a mapping such as `{type: /event, customer: /userId}`.
///
/// # Errors
/// What is wrong with it, in one sentence.
pub fn mapping(text: &str) -> Result<Mapping, String> {
    let raw: RawMapping = serde_saphyr::from_str(text).map_err(|error| error.without_snippet().to_string())?;
    Mapping::try_from(raw).map_err(|error| error.to_string())
}

/// Reads a size such as `512`, `64KiB` or `1MiB`, in bytes; nothing when it is not one.
pub(super) fn size(text: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 6] =
        [("B", 1), ("kB", 1_000), ("KiB", 1 << 10), ("MB", 1_000_000), ("MiB", 1 << 20), ("", 1)];
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = UNITS.iter().find(|(name, _)| *name == unit.trim_start())?.1;
    number.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_the_language_writes_them() {
        for (text, months, millis) in
            [("250ms", 0, 250), ("1d12h", 0, 129_600_000), ("25mo", 25, 0), ("1y6mo", 18, 0), ("2w", 0, 1_209_600_000)]
        {
            assert_eq!(length(text), Some(Length::new(months, millis)), "{text}");
        }
        for text in ["", "1", "1.5h", "h", "3 mo", "1h30", "-1s", "99999999999999999999s"] {
            assert_eq!(length(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_have_binary_and_decimal_units() {
        for (text, bytes) in [
            ("512", Some(512)),
            ("64KiB", Some(65_536)),
            ("1 MiB", Some(1_048_576)),
            ("2MB", Some(2_000_000)),
            ("1GB", None),
            ("", None),
        ] {
            assert_eq!(size(text), bytes, "{text}");
        }
    }
}
