//! A number: an integer count of millionths in 64 bits.
//!
//! Exact, ordered, the same on every machine. Not here: sums and quotients (`segment::evaluate`), which use 128 bits.

use std::fmt;

/// A number with up to six decimal places, between about -9.2e12 and 9.2e12.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(i64);

impl Number {
    /// How many parts a whole has.
    pub const SCALE: i64 = 1_000_000;

    /// The number of that many millionths.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// How many millionths it is.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// A whole number, or nothing when it is too large.
    pub const fn from_integer(whole: i64) -> Option<Self> {
        match whole.checked_mul(Self::SCALE) {
            Some(millionths) => Some(Self(millionths)),
            None => None,
        }
    }

    /// Reads a JSON number or a literal of the language, exactly; nothing when it needs more than six decimal places
    /// or a larger magnitude, or is no number.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (digits, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let significant = if fraction.is_empty() { whole.trim_end_matches('0') } else { whole };
        let zeros = i64::try_from(whole.len() - significant.len()).ok()?;
        let scale = exponent.checked_add(6)?.checked_add(zeros)?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let mut millionths: u64 = 0;
        for digit in significant.bytes().chain(fraction.bytes()) {
            millionths = millionths.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        }
        if millionths == 0 {
            return Some(Self(0));
        }
        let power = u32::try_from(scale).ok().and_then(|scale| 10u64.checked_pow(scale))?;
        let magnitude = i128::from(millionths.checked_mul(power)?);
        i64::try_from(if negative { -magnitude } else { magnitude }).ok().map(Self)
    }
}

/// Decimal text without trailing zeros.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let scale = Self::SCALE.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        write!(f, "{}", magnitude / scale)?;
        let fraction = magnitude % scale;
        if fraction != 0 {
            write!(f, ".{}", format!("{fraction:06}").trim_end_matches('0'))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn exact_or_nothing() {
        for (text, shown) in [
            ("12", "12"),
            ("1.5", "1.5"),
            ("-0", "0"),
            ("1e3", "1000"),
            ("1.10", "1.1"),
            ("0.000001", "0.000001"),
            ("1e-6", "0.000001"),
            ("1.2345670000", "1.234567"),
            ("9223372036854.775807", "9223372036854.775807"),
            ("-9223372036854.775808", "-9223372036854.775808"),
            ("0e999999", "0"),
        ] {
            assert_eq!(Number::parse(text).map(|n| n.to_string()).as_deref(), Some(shown), "{text}");
        }
        let zeros = "0".repeat(500);
        assert_eq!(Number::parse(&format!("1{zeros}e-500")), Number::from_integer(1));
        assert_eq!(Number::parse(&format!("0.{zeros}1e501")), Number::from_integer(1));
        for text in [
            "1e9223372036854775807",
            "1e-9223372036854775808",
            "1e9223372036854775808",
            "1.2345678",
            "1e-7",
            "1e400",
            "9223372036854.775808",
            "1e13",
            "",
            ".5",
            "NaN",
            "1x",
            "-",
            "--1",
        ] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }
}
