//! What begins with a digit: numbers, durations, distances, dates and instants.

use super::{TokenKind, continues_word};
use crate::event::Number;
use crate::segment::language::{Diagnostic, Span};
use crate::timer::{Date, Instant, Length};

/// The longest duration in calendar months: ten thousand years.
const MONTHS_MAX: i64 = 120_000;
/// The longest duration in milliseconds: as many months of 30 days.
const MILLIS_MAX: i64 = MONTHS_MAX * 30 * 86_400_000;

/// A literal that cannot be read; its place counts from the literal's start.
#[derive(Debug)]
pub(super) struct Unreadable {
    code: &'static str,
    span: Span,
    message: String,
    help: String,
}

impl Unreadable {
    fn new(code: &'static str, span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, span, message: message.into(), help: help.into() }
    }

    /// The same as a mistake in a text where the literal starts at `start`.
    pub(super) fn at(self, start: usize) -> Diagnostic {
        let span = Span::new(self.span.start + start, self.span.end + start);
        Diagnostic::error(self.code, span, self.message).help(self.help)
    }
}

/// Reads the literal that `text` begins with: its length in bytes, and what it is.
pub(super) fn read(text: &str) -> (usize, Result<TokenKind, Unreadable>) {
    if let Some(day) = date_length(text) {
        return instant(text, day);
    }
    let whole = digits(text);
    let fraction = match text.get(whole..).and_then(|rest| rest.strip_prefix('.')).map(digits) {
        Some(length @ 1..) => length + 1,
        Some(0) | None => 0,
    };
    let number = whole + fraction;
    let suffix = text.get(number..).unwrap_or_default();
    let length = number + suffix.find(|c| !continues_word(c)).unwrap_or(suffix.len());
    let literal = text.get(..length).unwrap_or_default();
    let value = if length == number {
        plain_number(literal)
    } else if literal.get(number..) == Some("km") {
        kilometres(literal, number)
    } else if fraction > 0 {
        Err(Unreadable::new(
            "broken-duration",
            Span::new(0, length),
            format!("`{literal}` is no duration: the parts of a duration are whole"),
            "write smaller units: `1h30m` instead of `1.5h`",
        ))
    } else {
        duration(literal).map(TokenKind::Duration)
    };
    (length, value)
}

/// How many ASCII digits `text` begins with.
fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Reads `30km` or `1.25km`, to the metre.
fn kilometres(literal: &str, number: usize) -> Result<TokenKind, Unreadable> {
    const METRE: i64 = Number::SCALE / 1_000;
    let millionths = literal.get(..number).and_then(Number::parse).map(Number::millionths);
    let metres = millionths.filter(|millionths| millionths % METRE == 0).map(|millionths| millionths / METRE);
    metres.map(TokenKind::Kilometres).ok_or_else(|| {
        let message = format!("`{literal}` is no distance of this language");
        let help = "a distance is given in kilometres, to the metre: at most three decimal places";
        Unreadable::new("number-out-of-range", Span::new(0, literal.len()), message, help)
    })
}

fn plain_number(literal: &str) -> Result<TokenKind, Unreadable> {
    Number::parse(literal).map(TokenKind::Number).ok_or_else(|| {
        Unreadable::new(
            "number-out-of-range",
            Span::new(0, literal.len()),
            format!("`{literal}` is no number of this language"),
            "a number has at most six decimal places and lies between about -9.2e12 and 9.2e12",
        )
    })
}

/// Reads `1d12h`: whole parts, each unit once, larger ones first.
fn duration(literal: &str) -> Result<Length, Unreadable> {
    const UNITS: [(&str, i64, bool); 8] = [
        ("y", 12, true),
        ("mo", 1, true),
        ("w", 604_800_000, false),
        ("d", 86_400_000, false),
        ("h", 3_600_000, false),
        ("m", 60_000, false),
        ("s", 1_000, false),
        ("ms", 1, false),
    ];
    let (mut months, mut millis) = (0_i64, 0_i64);
    let mut units = UNITS.iter();
    let mut at = 0;
    while at < literal.len() {
        let rest = literal.get(at..).unwrap_or_default();
        let number = digits(rest);
        let after = rest.get(number..).unwrap_or_default();
        let unit_length = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let unit = after.get(..unit_length).unwrap_or_default();
        let part = Span::new(at, at + number + unit_length);
        at = part.end;
        let count = rest.get(..number).and_then(|digits| digits.parse::<i64>().ok());
        let Some((_, size, calendar)) = units.find(|(name, ..)| *name == unit) else {
            return Err(misplaced_unit(literal, part, unit, UNITS.iter().any(|(name, ..)| *name == unit)));
        };
        let amount = count.and_then(|count| count.checked_mul(*size)).unwrap_or(i64::MAX);
        let sum = if *calendar { &mut months } else { &mut millis };
        *sum = sum.saturating_add(amount);
    }
    match i32::try_from(months) {
        Ok(short) if months <= MONTHS_MAX && millis <= MILLIS_MAX => Ok(Length::new(short, millis)),
        Ok(_) | Err(_) => Err(Unreadable::new(
            "broken-duration",
            Span::new(0, literal.len()),
            format!("`{literal}` is too long"),
            "a duration is at most ten thousand years",
        )),
    }
}

fn misplaced_unit(literal: &str, part: Span, unit: &str, known: bool) -> Unreadable {
    const MEANT: [(&[&str], &str); 7] = [
        (&["months", "month", "M", "mon", "mth"], "mo"),
        (&["years", "year", "yr", "yrs", "Y", "a"], "y"),
        (&["weeks", "week", "W"], "w"),
        (&["days", "day", "D"], "d"),
        (&["hours", "hour", "hr", "hrs", "H"], "h"),
        (&["minutes", "minute", "min", "mins"], "m"),
        (&["seconds", "second", "sec", "secs", "S"], "s"),
    ];
    const UNITS: &str = "the units are `ms`, `s`, `m`, `h`, `d`, `w`, `mo` (months) and `y`";
    if unit.is_empty() {
        let message = format!("`{literal}` is no duration: its last part has no unit");
        return Unreadable::new("broken-duration", part, message, UNITS);
    }
    if known {
        let message = format!("`{literal}` is no duration: `{unit}` is out of place");
        return Unreadable::new("broken-duration", part, message, "each unit comes once, larger ones first: `1d12h`");
    }
    let meant = MEANT.iter().find(|(spellings, _)| spellings.contains(&unit));
    let help = meant.map_or_else(|| UNITS.to_owned(), |(_, meant)| format!("did you mean `{meant}`? {UNITS}"));
    Unreadable::new("broken-duration", part, format!("`{literal}` is no duration: there is no unit `{unit}`"), help)
}

/// The length of `YYYY-MM-DD`, when `text` begins so.
fn date_length(text: &str) -> Option<usize> {
    const LENGTH: usize = 10;
    let day = text.as_bytes().get(..LENGTH)?;
    let shaped = day.iter().enumerate().all(|(at, byte)| match at {
        4 | 7 => *byte == b'-',
        0..=3 | 5.. => byte.is_ascii_digit(),
    });
    let ends = text.as_bytes().get(LENGTH).is_none_or(|byte| !byte.is_ascii_digit());
    (shaped && ends).then_some(LENGTH)
}

/// Reads a date, or an instant where a time follows it.
fn instant(text: &str, day: usize) -> (usize, Result<TokenKind, Unreadable>) {
    let after = text.get(day..).unwrap_or_default();
    let timed = after.starts_with(['T', 't']) && after.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    let length = if timed { day + time_length(after) } else { day };
    let tail = text.get(length..).unwrap_or_default();
    let glued = tail.find(|c| !continues_word(c)).unwrap_or(tail.len());
    let literal = text.get(..length + glued).unwrap_or_default();
    let value =
        if timed { Instant::parse(literal).map(TokenKind::Instant) } else { Date::parse(literal).map(TokenKind::Date) };
    let result = value.ok_or_else(|| {
        let span = Span::new(0, literal.len());
        if timed {
            let help = "write `2026-01-01T10:00:00Z`, or an offset such as `+01:00` instead of `Z`";
            Unreadable::new("broken-instant", span, format!("`{literal}` is no instant with an offset"), help)
        } else {
            let help = "a date is `YYYY-MM-DD`, in the years 1 to 9999";
            Unreadable::new("broken-instant", span, format!("there is no day `{literal}`"), help)
        }
    });
    (literal.len(), result)
}

/// The length of `T10:00:00.000+01:00`: the `T`, digits, colons, one fraction, and `Z` or a signed offset.
fn time_length(text: &str) -> usize {
    let run = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(rest.len())
    };
    let mut at = run(1);
    let begins = |at: usize, signs: &[char]| text.get(at..).is_some_and(|rest| rest.starts_with(signs));
    let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    if begins(at, &['.']) && digit(at + 1) {
        at = run(at + 1);
    }
    if begins(at, &['Z', 'z']) {
        at + 1
    } else if begins(at, &['+', '-']) && digit(at + 1) {
        run(at + 1)
    } else {
        at
    }
}
