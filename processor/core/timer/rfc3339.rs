//! RFC 3339 text to integers and back, strictly and without detours: this is read once for every event and written
//! several times for every transition.
//!
//! `YYYY-MM-DDTHH:MM:SS`, a fraction of one to nine digits or none, and `Z` or an offset. `T` may be a space, and both
//! letters may be small, as the standard allows. What is finer than a millisecond is cut off. A leap second counts as
//! the second before it. What is written is UTC, with three digits of a second and `Z`. Not here: which instants are
//! allowed ([`super::Instant::parse`]).

const DAY_MILLIS: i64 = 86_400_000;

/// Milliseconds since the epoch of a date, a time of day and an offset; years 0 to 9999.
pub(super) fn millis(text: &str) -> Option<i64> {
    let [y3, y2, y1, y0, b'-', m1, m0, b'-', d1, d0, b'T' | b't' | b' ', clock @ ..] = text.as_bytes() else {
        return None;
    };
    let day = day([*y3, *y2, *y1, *y0], [*m1, *m0], [*d1, *d0])?;
    let [h1, h0, b':', n1, n0, b':', s1, s0, rest @ ..] = clock else { return None };
    let (hour, minute, second) = (pair(*h1, *h0)?, pair(*n1, *n0)?, pair(*s1, *s0)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction, zone) = fraction(rest)?;
    let of_day = (hour * 60 + minute) * 60_000 + second.min(59) * 1000 + fraction;
    Some(i64::from(day) * DAY_MILLIS + of_day - offset(zone)?)
}

/// `YYYY-MM-DDTHH:MM:SS.mmmZ` of milliseconds since the epoch; nothing outside the years 0 to 9999.
pub(super) fn written(millis: i64) -> Option<[u8; 24]> {
    let date = written_days(i32::try_from(millis.div_euclid(DAY_MILLIS)).ok()?)?;
    let of_day = u32::try_from(millis.rem_euclid(DAY_MILLIS)).ok()?;
    let (seconds, fraction) = (of_day / 1000, of_day % 1000);
    let [h1, h0] = digits(seconds / 3600);
    let [n1, n0] = digits(seconds / 60 % 60);
    let [s1, s0] = digits(seconds % 60);
    let [f2, f1] = digits(fraction / 10);
    let [_, f0] = digits(fraction % 10);
    let [y3, y2, y1, y0, _, m1, m0, _, d1, d0] = date;
    Some([y3, y2, y1, y0, b'-', m1, m0, b'-', d1, d0, b'T', h1, h0, b':', n1, n0, b':', s1, s0, b'.', f2, f1, f0, b'Z'])
}

/// `YYYY-MM-DD` of days since the epoch; nothing outside the years 0 to 9999.
pub(super) fn written_days(days: i32) -> Option<[u8; 10]> {
    // The reverse of `day`: eras of 400 years, in which years are counted from March.
    let since_march = days.checked_add(719_468)?;
    let (era, of_era) = (since_march.div_euclid(146_097), since_march.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let (month, carried) = if from_march < 10 { (from_march + 3, 0) } else { (from_march - 9, 1) };
    let year = u32::try_from(era * 400 + year_of_era + carried).ok().filter(|year| *year <= 9999)?;
    let [y3, y2] = digits(year / 100);
    let [y1, y0] = digits(year % 100);
    let [m1, m0] = digits(month.unsigned_abs());
    let [d1, d0] = digits(day.unsigned_abs());
    Some([y3, y2, y1, y0, b'-', m1, m0, b'-', d1, d0])
}

/// The two decimal digits of a number below a hundred.
const fn digits(number: u32) -> [u8; 2] {
    [b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]
}

/// Days since the epoch of `YYYY-MM-DD`; years 0 to 9999.
pub(super) fn days(text: &str) -> Option<i32> {
    let [y3, y2, y1, y0, b'-', m1, m0, b'-', d1, d0] = text.as_bytes() else { return None };
    day([*y3, *y2, *y1, *y0], [*m1, *m0], [*d1, *d0])
}

fn day(year: [u8; 4], month: [u8; 2], day: [u8; 2]) -> Option<i32> {
    let year = i32::try_from(pair(year[0], year[1])? * 100 + pair(year[2], year[3])?).ok()?;
    let (month, day) = (pair(month[0], month[1])?, pair(day[0], day[1])?);
    let (month, day) = (i32::try_from(month).ok()?, i32::try_from(day).ok()?);
    if !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
        return None;
    }
    // Years are counted from March, so that the leap day is the last of its year; 1970-01-01 is 719,468 days after the
    // first of March of the year 0.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

fn days_of(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn pair(tens: u8, ones: u8) -> Option<i64> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

/// Milliseconds of a fraction of a second, and what follows it.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    /// Nanoseconds.
    const DIGITS_MAX: usize = 9;
    let [b'.', digits @ ..] = rest else { return Some((0, rest)) };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, zone) = digits.split_at_checked(count)?;
    let tenths = [100, 10, 1];
    let millis = digits.iter().zip(tenths).map(|(digit, worth)| i64::from(digit - b'0') * worth).sum();
    (1..=DIGITS_MAX).contains(&count).then_some((millis, zone))
}

/// How far the local time is ahead of UTC, in milliseconds.
fn offset(zone: &[u8]) -> Option<i64> {
    match zone {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h0, b':', m1, m0] => {
            let (hours, minutes) = (pair(*h1, *h0)?, pair(*m1, *m0)?);
            let millis = (hours * 60 + minutes) * 60_000;
            (hours <= 23 && minutes <= 59).then_some(if *sign == b'+' { millis } else { -millis })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY_MILLIS, days, millis, written, written_days};
    use proptest::prelude::*;

    #[test]
    fn strict() {
        let at_ten = 1_767_261_600_000;
        for (text, expected) in [
            ("2026-01-01T10:00:00Z", Some(at_ten)),
            ("2026-01-01t10:00:00z", Some(at_ten)),
            ("2026-01-01 10:00:00Z", Some(at_ten)),
            ("2026-01-01T10:00:00-00:00", Some(at_ten)),
            ("2026-01-01T15:45:00+05:45", Some(at_ten)),
            ("2025-12-31T20:30:00-13:30", Some(at_ten)),
            ("2026-01-01T10:00:00.1Z", Some(at_ten + 100)),
            ("2026-01-01T10:00:00.999999999Z", Some(at_ten + 999)),
            ("2016-12-31T23:59:60Z", Some(1_483_228_799_000)),
            ("1969-12-31T23:59:59.9999Z", Some(-1)),
            ("0000-03-01T00:00:00Z", Some(-719_468 * 86_400_000)),
            ("2024-02-29T00:00:00Z", Some(1_709_164_800_000)),
            ("2026-01-01T10:00:00.1234567890Z", None),
            ("2026-01-01T10:00:00.Z", None),
            ("2026-01-01T10:00:00,5Z", None),
            ("2026-01-01T10:00:00", None),
            ("2026-01-01T10:00Z", None),
            ("2026-01-01", None),
            ("2026-01-01T24:00:00Z", None),
            ("2026-01-01T23:60:00Z", None),
            ("2026-01-01T23:59:61Z", None),
            ("2026-02-29T00:00:00Z", None),
            ("2100-02-29T00:00:00Z", None),
            ("2026-02-30T00:00:00Z", None),
            ("2026-13-01T00:00:00Z", None),
            ("2026-00-01T00:00:00Z", None),
            ("2026-01-00T00:00:00Z", None),
            ("2026-01-01T10:00:00+24:00", None),
            ("2026-01-01T10:00:00+05", None),
            ("2026-01-01T10:00:00+0545", None),
            ("2026-01-01T10:00:00+05:45:10", None),
            ("2026-01-01T10:00:00Z[UTC]", None),
            ("+2026-01-01T10:00:00Z", None),
            ("20260101T100000Z", None),
            (" 2026-01-01T10:00:00Z", None),
            ("2026-01-01T10:00:00Z ", None),
            ("２026-01-01T10:00:00Z", None),
            ("", None),
        ] {
            assert_eq!(millis(text), expected, "{text}");
        }
    }

    #[test]
    fn every_edge_of_a_day_month_and_year_is_written() {
        let civil = |year, month, day| jiff::civil::date(year, month, day);
        for year in [0, 1, 3, 4, 99, 100, 400, 1582, 1600, 1899, 1900, 1969, 1970, 1972, 2000, 2026, 2100, 9999] {
            for (month, day) in [(1, 1), (2, 28), (3, 1), (4, 30), (7, 31), (9, 9), (10, 10), (12, 30)] {
                let midnight = civil(year, month, day).to_zoned(jiff::tz::TimeZone::UTC).expect("in jiff's years");
                let midnight = midnight.timestamp().as_millisecond();
                for millis in [-1, 0, 1, 999, 1_000, 59_999, 3_599_999, 43_200_000, DAY_MILLIS / 2 + 7] {
                    let millis = midnight + millis;
                    if millis < -62_167_219_200_000 {
                        assert_eq!(written(millis), None, "before the year 0");
                        continue;
                    }
                    let expected = format!("{:.3}", jiff::Timestamp::from_millisecond(millis).expect("in range"));
                    let ours = written(millis).expect("four digits");
                    assert_eq!(std::str::from_utf8(&ours), Ok(&*expected), "{millis}");
                }
            }
        }
        for millis in [i64::MIN, -62_167_219_200_001, 253_402_300_800_000, i64::MAX] {
            assert_eq!(written(millis), None, "{millis}");
        }
        for days in [i32::MIN, -719_529, 2_932_897, i32::MAX] {
            assert_eq!(written_days(days), None, "{days}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_calendar(
            second in -62_135_596_800i64..253_402_300_800, nano in 0i32..1_000_000_000, offset in -86_000i32..86_000
        ) {
            let timestamp = jiff::Timestamp::new(second, nano).expect("within jiff's years");
            let zone = jiff::tz::Offset::from_seconds(offset / 60 * 60).expect("within jiff's offsets").to_time_zone();
            let local = timestamp.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%.9f%:z").to_string();
            let expected = timestamp.as_nanosecond().div_euclid(1_000_000);
            // An offset can carry the local time out of the four-digit years.
            if local.len() == 35 && !local.starts_with('-') {
                prop_assert_eq!(millis(&local).map(i128::from), Some(expected), "{}", local);
            }
        }

        #[test]
        fn instants_are_written_as_the_calendar_says(millis in -62_167_219_200_000_i64..253_402_207_201_000) {
            let timestamp = jiff::Timestamp::from_millisecond(millis).expect("within jiff's years");
            let expected = format!("{timestamp:.3}");
            let ours = written(millis).expect("within four digits");
            prop_assert_eq!(std::str::from_utf8(&ours), Ok(&*expected));
        }

        #[test]
        fn days_agree_with_the_calendar(day in -719_162i32..2_932_896) {
            let after = jiff::Span::new().days(day);
            let date = jiff::civil::date(1970, 1, 1).checked_add(after).expect("within the years");
            prop_assert_eq!(days(&date.to_string()), Some(day));
            let ours = written_days(day).expect("within four digits");
            prop_assert_eq!(std::str::from_utf8(&ours), Ok(&*date.to_string()));
        }

        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = (millis(&text), days(&text));
        }
    }
}
