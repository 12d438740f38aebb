//! The words that random conditions and random histories share, few enough to meet often.

use spicchio_core::event::Number;

use super::Random;

/// The event types that conditions read, in the order of their ranks.
pub(super) const READ: [&str; 7] = ["signup", "page_view", "review", "cart_add", "purchase", "refund", "booking"];

/// The properties over which `for some` ranges, and the types that may have them, in the order of their ranks.
pub(super) const RANGED: [(&str, &[&str]); 3] = [
    ("product_id", &["page_view", "review", "cart_add", "purchase", "booking"]),
    ("category", &["page_view", "purchase"]),
    ("price", &["cart_add", "purchase"]),
];

/// Types that nobody declared, one that sorts before every other name and one after.
pub(super) const UNDECLARED: [&str; 2] = ["aaa", "zzz"];

/// Texts that contain, begin and end each other, in both cases, and one that is not ASCII.
pub(super) const TEXTS: [&str; 7] = ["A", "B", "a", "AB", "Ab", "", "\u{e9}"];

/// Patterns that some of these texts match, and not others.
pub(super) const PATTERNS: [&str; 6] = ["A", "^A$", "(?i)^ab", "^.$", "b|B", "^$"];

/// Places, in millionths of a degree of latitude and longitude: Milan, a suburb, Turin, Auckland.
pub(super) const PLACES: [(i64, i64); 4] =
    [(45_464_200, 9_190_000), (45_583_600, 9_273_800), (45_070_300, 7_686_900), (-36_848_500, 174_763_300)];

/// A small number, whole more often than not.
pub(super) fn number(random: &mut Random, least: i64, greatest: i64) -> Number {
    let parts = random.weighted(&[(8, 1), (2, 2), (1, 4)]);
    Number::from_millionths(random.between(least * parts, greatest * parts) * (Number::SCALE / parts))
}
