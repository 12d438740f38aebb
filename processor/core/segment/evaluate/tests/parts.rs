//! Patterns, buckets, distances and items of lists.

use xxhash_rust::xxh3::xxh3_64;

use super::{CUSTOMER, Subject, event, instant};
use crate::timer::Instant;

const NOW: &str = "2026-01-05T12:00:00Z";

/// Whether the condition holds at noon after these events.
fn holds(text: &str, events: &[String]) -> bool {
    Subject::new(text, "Europe/Rome", events).at(instant(NOW)).holds
}

fn profile(properties: &str) -> String {
    event("profile", "2026-01-05T10:00:00Z", properties)
}

fn purchase(properties: &str) -> String {
    event("purchase", "2026-01-05T10:00:00Z", properties)
}

#[test]
fn a_pattern_is_found_anywhere() {
    let events = [profile("\"city\":\"Roma Nord\""), purchase("\"coupon\":\"SPRING-26\"")];
    for (text, expected) in [
        ("profile.city matches \"ma\"", true),
        ("profile.city matches \"^ma\"", false),
        ("profile.city matches \"(?i)^roma\\b\"", true),
        ("profile.city matches \"\"", true),
        ("profile.nobody matches \"\"", false),
        ("not profile.nobody matches \"\"", true),
        ("lower(last(purchase.coupon)) matches \"spring-\\d+$\"", true),
        ("count(purchase where coupon matches \"-2[0-9]$\") == 1", true),
        ("count(purchase where coupon matches \"-3[0-9]$\") == 1", false),
    ] {
        assert_eq!(holds(text, &events), expected, "{text}");
    }
}

/// A pattern that would take exponential time elsewhere, on the longest text there is.
#[test]
fn a_pattern_takes_linear_time() {
    let events = [profile(&format!("\"city\":\"{}\"", "a".repeat(4_096)))];
    assert!(!holds("profile.city matches \"^(a|a)*(a*)*b$\"", &events));
}

#[test]
fn buckets_part_all_customers() {
    let salted = xxh3_64(format!("spring\0{CUSTOMER}").as_bytes()) % 7;
    let plain = xxh3_64(format!("\0{CUSTOMER}").as_bytes()) % 100;
    for bucket in 0..100 {
        assert_eq!(holds(&format!("bucket(100) == {bucket}"), &[]), bucket == plain, "{bucket}");
    }
    for bucket in 0..7 {
        assert_eq!(holds(&format!("bucket(7, \"spring\") == {bucket}"), &[]), bucket == salted, "{bucket}");
    }
    assert!(holds("bucket(1) == 0", &[]));
}

/// It can hold for a customer of whom nothing is kept: such segments are asked when a customer appears.
#[test]
fn a_bucket_is_asked_of_every_customer() {
    for text in ["bucket(2) == 0", "bucket(2) == 1", "bucket(2) == 0 and hour() == 3", "not bucket(2) == 1"] {
        let subject = Subject::new(text, "UTC", &[]);
        assert!(subject.catalog.at_birth().contains(0), "{text}");
    }
}

#[test]
fn distances_are_compared_to_the_metre() {
    // A degree of a meridian is 111.195 km.
    let events = [profile("\"home\":{\"lat\":45.5,\"lon\":9.25}")];
    for (text, expected) in [
        ("distance(profile.home, point(46.5, 9.25)) == 111.195km", true),
        ("distance(profile.home, point(46.5, 9.25)) <= 111.195km", true),
        ("distance(profile.home, point(46.5, 9.25)) < 111.195km", false),
        ("distance(point(44.5, 9.25), profile.home) between 111km and 112km", true),
        ("distance(profile.home, point(46.5, 9.25)) in [111.195km, 3km]", true),
        ("distance(profile.home, profile.home) == 0km", true),
        ("distance(profile.home, profile.work) <= 30000km", false),
        ("distance(profile.home, profile.work) != 3km", true),
        ("distance(profile.home, profile.work) is missing", true),
    ] {
        let declared = text.replace("profile.work", "profile.office");
        assert_eq!(holds(&declared, &events), expected, "{text}");
    }
}

const INTERESTS: &str = r#""interests":[{"key":"cars","value":40,"at":"2026-01-04T12:00:00Z"},
    {"key":"boats","value":50,"day":"2026-01-01"},
    {"key":{"deep":"x"},"value":"60"}, 7, "cars", {"value":45,"at":1767610800000}]"#;

#[test]
fn one_item_meets_the_whole_condition() {
    let events =
        [profile(INTERESTS), purchase(r#""items":[{"category":"lenses","price":3},{"category":"frames","price":90}]"#)];
    for (text, expected) in [
        ("some profile.interests (key == \"cars\" and value > 35)", true),
        ("some profile.interests (key == \"cars\" and value > 45)", false),
        ("some profile.interests (key == \"cars\") and some profile.interests (value > 45)", true),
        ("some profile.interests (value > 55)", false),
        ("some profile.interests (key is missing and value == 45)", true),
        ("some profile.interests (key.deep == \"x\" and key exists)", true),
        ("some profile.interests (day == 2026-01-01)", true),
        ("some profile.interests (day < 2026-01-01)", false),
        ("some profile.interests (at < 2026-01-05T00:00:00Z)", true),
        // Compared with a date it is one, and an instant is none.
        ("some profile.interests (at < 2026-01-05)", false),
        ("some profile.interests (since(at) == 1d)", true),
        ("some profile.interests (since(at) == 1h)", true),
        ("some profile.interests (at in yesterday and key == \"cars\")", true),
        ("some profile.interests (key matches \"^bo\")", true),
        ("some profile.interests (key in [\"boats\"] and value between 50 and 50)", true),
        ("some profile.interests (true)", true),
        ("not some profile.interests (value < 40)", true),
        ("count(purchase where some items (category == \"lenses\" and price < 5)) == 1", true),
        ("count(purchase where some items (category == \"frames\" and price < 5)) == 1", false),
        ("count(purchase where not some items (price > 100)) == 1", true),
        ("count(refund where some items (price > 0)) == 0", true),
    ] {
        assert_eq!(holds(text, &events), expected, "{text}");
    }
    assert!(!holds("some profile.interests (true)", &[]));
    assert!(!holds("some profile.interests (true)", &[profile("\"interests\":[]")]));
}

/// What moves inside changes at the instant at which the first or the last item does.
#[test]
fn items_change_with_time() {
    let subject = Subject::new("some profile.interests (since(at) between 24h and 36h)", "UTC", &[profile(INTERESTS)]);
    let mut now = instant("2026-01-05T10:00:00Z");
    let mut changes = Vec::new();
    while let Some(change) = subject.changes(now).filter(|change| *change <= Instant::MAX) {
        changes.push(change.to_string());
        now = change;
    }
    assert_eq!(
        changes,
        // 24 and 36 hours after noon of the 4th, and after eleven of the 5th.
        [
            "2026-01-05T12:00:00.000Z",
            "2026-01-06T00:00:00.001Z",
            "2026-01-06T11:00:00.000Z",
            "2026-01-06T23:00:00.001Z"
        ]
    );
}
