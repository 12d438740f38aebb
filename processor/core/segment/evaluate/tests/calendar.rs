//! The forms of the calendar through daylight saving, leap days and the ends of time.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};

use super::{Subject, event, instant};
use crate::timer::Instant;

/// What a condition must answer: from now and the instant or the first moment of the date it is about.
type Direct = fn(&Zoned, &Zoned) -> bool;

fn days(from: &Zoned, to: &Zoned) -> i32 {
    from.date().until((jiff::Unit::Day, to.date())).unwrap().get_days()
}

/// The Monday of its week.
fn monday(day: Date) -> Date {
    day - Span::new().days(day.weekday().to_monday_zero_offset())
}

/// Months since the year 0.
fn month(day: &Zoned) -> i32 {
    i32::from(day.year()) * 12 + i32::from(day.month())
}

fn weeks(now: &Zoned, it: &Zoned) -> i32 {
    monday(now.date()).until((jiff::Unit::Day, monday(it.date()))).unwrap().get_days() / 7
}

/// The day of the year on which a birthday is celebrated.
fn celebrated(now: &Zoned, birthday: &Zoned) -> (i8, i8) {
    let leap = birthday.month() == 2 && birthday.day() == 29 && !now.date().in_leap_year();
    (birthday.month(), if leap { 28 } else { birthday.day() })
}

fn age(now: &Zoned, birthday: &Zoned) -> i16 {
    let before = (now.month(), now.day()) < celebrated(now, birthday);
    now.year() - birthday.year() - i16::from(before)
}

/// Steps of an hour from `start` for `days`, each with the milliseconds around it.
fn steps(start: &str, days: i64) -> impl Iterator<Item = Instant> {
    let start = instant(start);
    (0..days * 24).flat_map(move |step| [-1, 0].map(|beside| start.plus(step * 3_600_000 + beside)))
}

fn zoned(instant: Instant, zone: &TimeZone) -> Zoned {
    Timestamp::from_millisecond(instant.millis()).unwrap().to_zoned(zone.clone())
}

/// Walks over the steps: the answer is the direct one, `until` is never too late, and what it comes to after a few
/// steps is where the answer changes.
fn check(
    subject: &Subject,
    zone: &str,
    text: &str,
    steps: impl Iterator<Item = Instant>,
    direct: impl Fn(&Zoned) -> bool,
) {
    let zone = TimeZone::get(zone).unwrap();
    let (mut held, mut failed) = (0, 0);
    let mut before: Option<(Instant, crate::segment::plan::Answer)> = None;
    for now in steps {
        let found = subject.at(now);
        let wall = zoned(now, &zone);
        assert_eq!(found.holds, direct(&wall), "{text} at {wall}");
        assert!(found.until > now, "{text} at {wall}");
        if let Some((_, earlier)) = before.filter(|(_, earlier)| earlier.holds != found.holds) {
            assert!(earlier.until <= now, "{text} changed before {wall}, said {}", earlier.until);
        }
        if let Some(change) = subject.changes(now).filter(|change| *change <= Instant::MAX) {
            assert_eq!(subject.at(change.plus(-1)).holds, found.holds, "{text} at {wall}: {change}");
            assert_ne!(subject.at(change).holds, found.holds, "{text} at {wall}: {change}");
        }
        if found.holds {
            held += 1;
        } else {
            failed += 1;
        }
        before = Some((now, found));
    }
    assert!(held > 0 && failed > 0, "{text} from {before:?}: {held} held, {failed} did not");
}

const CLOCKS: [(&str, Direct); 7] = [
    ("hour() == 2", |now, _| now.hour() == 2),
    ("hour() between 9 and 17", |now, _| (9..=17).contains(&now.hour())),
    ("hour() < 1", |now, _| now.hour() < 1),
    ("hour() == 23", |now, _| now.hour() == 23),
    ("weekday() in [6, 7]", |now, _| now.weekday().to_monday_one_offset() > 5),
    ("day_of_month() <= 4 or day_of_month() == 31", |now, _| now.day() <= 4 || now.day() == 31),
    ("weekday() * 2 - hour() >= 1", |now, _| now.weekday().to_monday_one_offset() * 2 - now.hour() >= 1),
];

#[test]
fn clocks_are_put_forward_and_back() {
    for (zone, start) in [
        ("Europe/Rome", "2026-03-26T00:00:00Z"),
        ("Europe/Rome", "2026-10-22T00:00:00Z"),
        // The clock goes from midnight to one o'clock, and in February from midnight back to eleven.
        ("America/Sao_Paulo", "2018-10-31T00:00:00Z"),
        ("America/Sao_Paulo", "2018-02-14T00:00:00Z"),
        // By half an hour.
        ("Australia/Lord_Howe", "2026-04-01T00:00:00Z"),
    ] {
        for (text, direct) in CLOCKS.iter().filter(|(text, _)| !text.contains("month") || start.contains("-31")) {
            let subject = Subject::new(text, zone, &[]);
            check(&subject, zone, text, steps(start, 5), |now| direct(now, now));
        }
    }
}

const DATES: [(&str, Direct); 12] = [
    ("age(profile.birthday) >= 18", |now, it| age(now, it) >= 18),
    ("age(profile.birthday) == 17", |now, it| age(now, it) == 17),
    ("age(profile.birthday) in [17, 30]", |now, it| age(now, it) == 17),
    ("age(profile.birthday) > 17.5", |now, it| age(now, it) > 17),
    ("age(profile.birthday) - 1 < 17", |now, it| age(now, it) < 18),
    ("days_until(anniversary(profile.birthday)) == 0", |now, it| (now.month(), now.day()) == celebrated(now, it)),
    ("anniversary(profile.birthday) in today", |now, it| (now.month(), now.day()) == celebrated(now, it)),
    ("days_until(anniversary(profile.birthday)) <= 2", |now, it| {
        (0..3).any(|days| {
            let then = now + Span::new().days(days);
            (then.month(), then.day()) == celebrated(&then, it)
        })
    }),
    ("until(anniversary(profile.birthday)) <= 24h", |now, it| {
        let (month, day) = celebrated(now, it);
        let day = Date::new(now.year(), month, day).unwrap();
        let start = |day: Date| day.to_zoned(now.time_zone().clone()).unwrap().timestamp();
        let now = now.timestamp();
        now >= start(day) - Span::new().hours(24) && now < start(day.tomorrow().unwrap())
    }),
    ("days_until(profile.birthday + 365d * 18 + 4d) <= 1", |now, it| {
        days(now, &(it + Span::new().hours(24 * (365 * 18 + 4)))) <= 1
    }),
    ("profile.birthday in this year", |now, it| now.year() == it.year()),
    ("anniversary(profile.birthday) in this week", |now, it| {
        let today = (now.month(), now.day());
        let day = celebrated(now, it);
        day >= today && monday(Date::new(now.year(), day.0, day.1).unwrap()) == monday(now.date())
    }),
];

#[test]
fn birthdays_come_back_on_29_february_too() {
    for (birthday, start) in [
        ("2008-02-29", "2026-02-24T00:00:00Z"),
        ("2008-03-01", "2026-02-25T00:00:00Z"),
        ("2008-03-29", "2026-03-26T00:00:00Z"),
        ("2006-02-29", "2024-02-26T00:00:00Z"),
    ] {
        let leap = birthday == "2006-02-29";
        // In a leap year it is the day itself: who was born then turned 20.
        let birthday = if leap { "2004-02-29" } else { birthday };
        let zone = "Europe/Rome";
        let date: Date = birthday.parse().unwrap();
        let it = date.to_zoned(TimeZone::get(zone).unwrap()).unwrap();
        let events = [event("profile", "2020-01-01T00:00:00Z", &format!("\"birthday\":\"{birthday}\""))];
        let anniversaries = |text: &str| text.contains("anniversary");
        for (text, direct) in DATES.iter().filter(|(text, _)| anniversaries(text) || !leap && text.contains("age(")) {
            let subject = Subject::new(text, zone, &events);
            check(&subject, zone, text, steps(start, 9), |now| direct(now, &it));
        }
    }
    let zone = "America/Sao_Paulo";
    // Midnight of that birthday in 2018 was skipped.
    let it = "2000-11-04".parse::<Date>().unwrap().to_zoned(TimeZone::get(zone).unwrap()).unwrap();
    let events = [event("profile", "2010-01-01T00:00:00Z", "\"birthday\":\"2000-11-04\"")];
    for (text, direct) in DATES.iter().filter(|(text, _)| !text.contains("year") && !text.contains("until(ann")) {
        if text.contains("365d") {
            continue;
        }
        let subject = Subject::new(text, zone, &events);
        check(&subject, zone, text, steps("2018-11-01T00:00:00Z", 9), |now| direct(now, &it));
    }
}

const PERIODS: [(&str, Direct); 12] = [
    ("yesterday", |now, it| days(now, it) == -1),
    ("today", |now, it| days(now, it) == 0),
    ("tomorrow", |now, it| days(now, it) == 1),
    ("last week", |now, it| weeks(now, it) == -1),
    ("this week", |now, it| weeks(now, it) == 0),
    ("next week", |now, it| weeks(now, it) == 1),
    ("last month", |now, it| month(it) - month(now) == -1),
    ("this month", |now, it| month(it) == month(now)),
    ("next month", |now, it| month(it) - month(now) == 1),
    ("last year", |now, it| now.year() - it.year() == 1),
    ("this year", |now, it| now.year() == it.year()),
    ("next year", |now, it| it.year() - now.year() == 1),
];

#[test]
fn an_instant_lies_in_a_period() {
    for (zone, start, ends) in [
        ("Europe/Rome", "2025-12-25T00:00:00Z", "2026-01-01T00:30:00+01:00"),
        ("Europe/Rome", "2025-12-25T00:00:00Z", "2025-12-31T23:59:59.999+01:00"),
        ("America/Sao_Paulo", "2018-10-25T00:00:00Z", "2018-11-04T01:00:00-02:00"),
        ("America/Sao_Paulo", "2018-02-11T00:00:00Z", "2018-02-17T23:30:00-03:00"),
        ("Europe/Rome", "2026-10-18T00:00:00Z", "2026-10-25T02:30:00+01:00"),
    ] {
        let it = zoned(instant(ends), &TimeZone::get(zone).unwrap());
        let events = [event("profile", "2010-01-01T00:00:00Z", &format!("\"ends\":\"{ends}\""))];
        for (period, direct) in PERIODS {
            let text = format!("profile.ends in {period}");
            let (start, length) = match period {
                period if period.contains("year") => ("2016-12-30T00:00:00Z", 3 * 365 + 5),
                period if period.contains("month") => (start, 80),
                _ => (start, 24),
            };
            let start = if period.contains("year") && zone == "Europe/Rome" { "2024-11-30T00:00:00Z" } else { start };
            let start =
                if period.contains("next month") { &*format!("{}-08-30T00:00:00Z", it.year() - 1) } else { start };
            let length = if period.contains("next month") { 500 } else { length };
            let subject = Subject::new(&text, zone, &events);
            let every = if length > 90 {
                47
            } else if length > 24 {
                5
            } else {
                1
            };
            check(&subject, zone, &text, steps(start, length).step_by(every), |now| direct(now, &it));
        }
    }
}

/// Windows that are periods, against counting by hand: purchases every few hours around the turn of clocks and years.
#[test]
fn windows_follow_the_calendar() {
    let windows: [(&str, Direct); 8] = [
        ("today", PERIODS[1].1),
        ("yesterday", PERIODS[0].1),
        ("this week", PERIODS[4].1),
        ("last week", PERIODS[3].1),
        ("this month", PERIODS[7].1),
        ("last month", PERIODS[6].1),
        ("this year", PERIODS[10].1),
        ("last year", PERIODS[9].1),
    ];
    for (name, first) in [
        ("Europe/Rome", "2025-12-27T22:30:00Z"),
        ("America/Sao_Paulo", "2018-10-31T02:30:00Z"),
        ("Europe/Rome", "2026-03-26T22:30:00Z"),
        ("Pacific/Apia", "2011-12-27T10:30:00Z"),
    ] {
        let zone = TimeZone::get(name).unwrap();
        let times: Vec<Instant> = (0..12_i64).map(|n| instant(first).plus(n * 9 * 3_600_000)).collect();
        let events: Vec<String> =
            times.iter().map(|time| event("purchase", &time.to_string(), "\"total\":1")).collect();
        let last = *times.last().unwrap();
        for (window, direct) in windows {
            let inside = |now: &Zoned| {
                let now_millis = now.timestamp().as_millisecond();
                let lies = |time: &&Instant| time.millis() <= now_millis && direct(now, &zoned(**time, &zone));
                times.iter().filter(lies).count()
            };
            let days = if window.contains("year") { 760 } else { 75 };
            let every = if days > 100 { 149 } else { 13 };
            let steps = || {
                (0..days * 48).step_by(every).flat_map(|step| [0, 1].map(|beside| last.plus(step * 1_800_000 + beside)))
            };
            for (form, wanted) in [
                ("count(purchase, W) >= 1", 1),
                ("count(purchase, W) >= 3", 3),
                ("sum(purchase.total, W) >= 3", 3),
                ("sum(purchase.total, W) - 0 >= 2", 2),
                ("last(purchase.total, W) == 1", 1),
                ("days(purchase, W) >= 1", 1),
            ] {
                let text = form.replace('W', window);
                let subject = Subject::new(&text, name, &events);
                let mut held = false;
                let mut before: Option<crate::segment::plan::Answer> = None;
                for now in steps() {
                    let wall = zoned(now, &zone);
                    let found = subject.at(now);
                    assert_eq!(found.holds, inside(&wall) >= wanted, "{text} at {wall}");
                    assert!(found.until > now);
                    if let Some(earlier) = before.filter(|earlier| earlier.holds != found.holds) {
                        assert!(earlier.until <= now, "{text} changed before {wall}");
                    }
                    if found.holds
                        && found.until <= Instant::MAX
                        && form.starts_with("count")
                        && window.starts_with('t')
                    {
                        assert!(
                            !subject.at(found.until).holds && subject.at(found.until.plus(-1)).holds,
                            "{text} {wall}"
                        );
                    }
                    held |= found.holds;
                    before = Some(found);
                }
                assert!(held || wanted > 1 || window == "today", "{text} in {name}");
            }
        }
    }
}

/// Nothing is kept that cannot matter any more, and what can is.
#[test]
fn an_event_is_dropped_when_its_period_is_over() {
    let events = [
        event("purchase", "2026-01-05T10:00:00Z", ""),
        event("purchase", "2026-01-06T10:00:00Z", ""),
        event("purchase", "2026-01-07T10:00:00Z", ""),
    ];
    for (text, kept) in [
        ("count(purchase, today) - 0 == 9", 1),
        ("count(purchase, yesterday) - 0 == 9", 2),
        ("count(purchase, this week) - 0 == 9", 3),
        ("count(purchase, yesterday) >= 1", 2),
    ] {
        let subject = Subject::new(text, "UTC", &events);
        let state = subject.customer.features.state(0).unwrap();
        assert_eq!(state.kept_len(), kept, "{text}");
    }
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    let texts = CLOCKS.iter().chain(&DATES).map(|(text, _)| (*text).to_owned());
    let periods = PERIODS.iter().map(|(period, _)| format!("profile.ends in {period} or last(purchase) in {period}"));
    let windows =
        ["today", "last week", "this month", "last year"].map(|window| format!("count(purchase, {window}) == 1"));
    let numbers = ["age(profile.birthday) >= 9000000000000", "days_until(profile.ends) == -9000000000000"];
    let all: Vec<String> = texts.chain(periods).chain(windows).chain(numbers.map(str::to_owned)).collect();
    for zone in ["Pacific/Kiritimati", "America/New_York", "America/St_Johns", "Pacific/Apia"] {
        for (birthday, ends) in [
            ("0001-01-01", "0001-01-01T00:00:00Z"),
            ("9999-12-31", "9999-12-30T22:00:00.999Z"),
            ("9996-02-29", "2006-10-29T03:00:00Z"),
        ] {
            let traits = format!("\"birthday\":\"{birthday}\",\"ends\":\"{ends}\"");
            let events = [event("profile", ends, &traits), event("purchase", ends, "")];
            for text in &all {
                let subject = Subject::new(text, zone, &events);
                for now in [
                    Instant::MIN,
                    Instant::MIN.plus(1),
                    Instant::MIN.plus(86_400_000),
                    // In St John's clocks went back at one minute past midnight, into the day before.
                    instant("2006-10-29T02:30:30Z"),
                    instant("2006-10-29T02:31:00Z"),
                    instant("2006-10-29T03:29:59.999Z"),
                    instant("2006-10-29T03:30:00Z"),
                    instant("2011-12-30T09:59:59.999Z"),
                    instant("2011-12-30T10:00:00Z"),
                    Instant::MAX.plus(-86_400_000),
                    Instant::MAX.plus(-1),
                    Instant::MAX,
                    Instant::MAX.plus(1),
                    Instant::MAX.plus(40 * 86_400_000),
                ] {
                    let found = subject.at(now);
                    assert!(found.until > now, "{text} in {zone} at {now}");
                    if let Some(change) = subject.changes(now).filter(|change| *change != Instant::NEVER) {
                        assert_eq!(
                            subject.at(change.plus(-1)).holds,
                            found.holds,
                            "{text} in {zone} at {now}: {change}"
                        );
                    }
                }
            }
        }
    }
}
