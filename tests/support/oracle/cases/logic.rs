//! Connectives, texts and lists.

use crate::definition::Relation::{AtLeast, Less, Unequal};
use crate::definition::Type;

use super::{check, check_at_once, event};
use crate::build::{
    all, any_of, between, boolean, compare, contains, count, ends_with, is_in, lately, lower, not, not_in, number, of,
    profile, starts_with, text, when,
};
use crate::given::Json;

#[test]
fn connectives() {
    let recent = |kind, window| compare(count(of([kind]), lately(window, 0)), AtLeast, number(1));
    let events = [event("page_view", 10), event("cart_add", 14)];
    let both = all([recent("page_view", 10), recent("cart_add", 3)]);
    check("and", both, &events, "+14e -17t");
    let either = any_of([recent("page_view", 5), recent("cart_add", 3)]);
    check("or", either, &events, "+10e -17t");
    check("not", not(recent("page_view", 5)), &events, "+15t");
    let chosen = when(recent("cart_add", 3), boolean(false), recent("page_view", 10));
    check("if", chosen, &events, "+10e -14e +17t -20t");
}

#[test]
fn ranges_and_lists() {
    let children = || profile("children", Type::Number);
    let with = |number: i64| [event("profile", 0).with("children", number)];
    for (value, holds) in [(1, false), (2, true), (4, true), (5, false)] {
        check_at_once("both ends included", between(children(), number(2), number(4)), &with(value), holds);
    }
    check_at_once("an inverted range is empty", between(children(), number(4), number(2)), &with(3), false);
    check_at_once("in", is_in(children(), [number(1), number(3)]), &with(3), true);
    check_at_once("not in", not_in(children(), [number(1), number(3)]), &with(3), false);
    check_at_once("unequal", compare(children(), Unequal, number(3)), &with(3), false);
}

#[test]
fn texts_compare_by_their_bytes() {
    let city = || profile("city", Type::Text);
    let rome = [event("profile", 0).with("city", "Rome")];
    for (rule, condition, holds) in [
        ("contains", contains(city(), text("om")), true),
        ("case matters", contains(city(), text("OM")), false),
        ("starts with", starts_with(city(), text("Ro")), true),
        ("not in the middle", starts_with(city(), text("om")), false),
        ("ends with", ends_with(city(), text("me")), true),
        ("lower", starts_with(lower(city()), text("ro")), true),
        ("every text contains the empty one", contains(city(), text("")), true),
        ("capitals are less", compare(city(), Less, text("aaa")), true),
    ] {
        check_at_once(rule, condition, &rome, holds);
    }
}

#[test]
fn lists_contain_items() {
    let tags = || profile("tags", Type::List);
    let listed = [event("profile", 0).with("tags", Json::List(vec!["new".into(), 3.into()]))];
    check_at_once("a text", contains(tags(), text("new")), &listed, true);
    check_at_once("a whole item, not a part of one", contains(tags(), text("ne")), &listed, false);
    check_at_once("a number", contains(tags(), number(3)), &listed, true);
    check_at_once("of the same type", contains(tags(), text("3")), &listed, false);
}
