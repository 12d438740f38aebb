//! What binds tighter: each text means the same as its fully parenthesised twin, and not the same as the other reading.

use crate::segment::Expression;
use crate::segment::language::{builtin_declarations, expression};
use crate::timer::Zone;

/// A text, the reading that it has, and one that it has not.
const READINGS: [(&str, &str, &str); 20] = [
    (
        "profile.a or profile.b and profile.c",
        "profile.a or (profile.b and profile.c)",
        "(profile.a or profile.b) and profile.c",
    ),
    ("not profile.a and profile.b", "(not profile.a) and profile.b", "not (profile.a and profile.b)"),
    ("not profile.a == 1", "not (profile.a == 1)", "(not profile.b) == true"),
    ("not profile.a in [1]", "not (profile.a in [1])", "profile.a not in [1]"),
    ("not profile.a exists", "not (profile.a exists)", "(not profile.a) exists"),
    ("not not profile.a", "not (not profile.a)", "profile.a"),
    ("1 + 2 * 3", "1 + (2 * 3)", "(1 + 2) * 3"),
    ("1 - 2 - 3", "(1 - 2) - 3", "1 - (2 - 3)"),
    ("8 / 4 / 2", "(8 / 4) / 2", "8 / (4 / 2)"),
    ("8 / 4 * 2", "(8 / 4) * 2", "8 / (4 * 2)"),
    ("-1 + 2", "(-1) + 2", "-(1 + 2)"),
    ("-profile.a * 2", "(-profile.a) * 2", "-(profile.a * 2)"),
    ("1 + 2 > 3 - 1", "(1 + 2) > (3 - 1)", "1 + 2 > (3) - 2"),
    (
        "profile.a between 1 and 2 and profile.b",
        "(profile.a between 1 and 2) and profile.b",
        "profile.b and profile.a between 1 and 2",
    ),
    (
        "profile.a between 1 and 2 or profile.b",
        "(profile.a between 1 and 2) or profile.b",
        "profile.b or profile.a between 1 and 2",
    ),
    ("if profile.a then 1 else 2 + 3", "if profile.a then 1 else (2 + 3)", "(if profile.a then 1 else 2) + 3"),
    (
        "if profile.a or profile.b then true else false or profile.c",
        "if (profile.a or profile.b) then true else (false or profile.c)",
        "(if profile.a or profile.b then true else false) or profile.c",
    ),
    (
        "if profile.a then if profile.b then 1 else 2 else 3",
        "if profile.a then (if profile.b then 1 else 2) else 3",
        "if profile.b then (if profile.a then 1 else 2) else 3",
    ),
    (
        "count(purchase where total > 1 and coupon exists or tax > 1, 90d)",
        "count(purchase where ((total > 1) and (coupon exists)) or (tax > 1), 90d)",
        "count(purchase where total > 1 and (coupon exists or tax > 1), 90d)",
    ),
    (
        "since(last(purchase)) >= 1d and profile.a",
        "(since(last(purchase)) >= 1d) and profile.a",
        "profile.a and since(last(purchase)) >= 1d",
    ),
];

fn read(text: &str) -> Expression {
    let read = expression(text, &mut builtin_declarations(), &Zone::UTC);
    read.unwrap_or_else(|mistakes| panic!("{text}: {mistakes:#?}"))
}

#[test]
fn a_text_has_one_reading() {
    for (text, reading, other) in READINGS {
        assert_eq!(read(text), read(reading), "{text}");
        assert_ne!(read(text), read(other), "{text}");
    }
}
