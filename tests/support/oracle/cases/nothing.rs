//! None, and what counts as missing.

use crate::definition::Relation::{AtLeast, Equal, Less, Unequal};
use crate::definition::{Expression, Type};

use super::{check_at_once, event};
use crate::build::{
    add, average, between, boolean, column, compare, contains, count, divide, exists, is_in, last, last_of, life,
    maximum, minimum, minus, missing, not, not_in, number, of, profile, since, starts_with, sum, text, when,
};
use crate::given::{GivenEvent, Json};

fn view() -> [GivenEvent; 1] {
    [event("page_view", 0)]
}

#[test]
fn comparisons_with_none() {
    let city = || profile("city", Type::Text);
    for (rule, condition, holds) in [
        ("== is false", compare(city(), Equal, text("Rome")), false),
        ("!= is true", compare(city(), Unequal, text("Rome")), true),
        ("none is not equal to none", compare(city(), Equal, profile("plan.name", Type::Text)), false),
        ("but unequal", compare(city(), Unequal, profile("plan.name", Type::Text)), true),
        ("< is false", compare(profile("children", Type::Number), Less, number(9)), false),
        ("in is false", is_in(city(), [text("Rome")]), false),
        ("not in is true", not_in(city(), [text("Rome")]), true),
        ("between is false", between(profile("children", Type::Number), number(-9), number(9)), false),
        ("contains is false", contains(city(), text("")), false),
        ("a list that is none contains nothing", contains(profile("tags", Type::List), text("x")), false),
        ("starts with is false", starts_with(city(), text("")), false),
        ("is missing", missing(city()), true),
        ("exists", exists(city()), false),
        ("since none is none", missing(since(last(of(["purchase"]), life()))), true),
    ] {
        check_at_once(rule, condition, &view(), holds);
    }
}

#[test]
fn conditions_that_are_none() {
    let vip = || profile("vip", Type::Boolean);
    check_at_once("none does not hold", vip(), &view(), false);
    check_at_once("so not of it does", not(vip()), &view(), true);
    check_at_once("if takes else", when(vip(), boolean(false), boolean(true)), &view(), true);
    let branch = compare(when(boolean(true), profile("children", Type::Number), number(1)), Equal, number(1));
    check_at_once("a chosen branch that is none stays none", branch, &view(), false);
}

#[test]
fn arithmetic_with_none() {
    let children = || profile("children", Type::Number);
    check_at_once("none plus one is none", missing(add(children(), number(1))), &view(), true);
    let purchases = || count(of(["purchase"]), life());
    check_at_once("x / 0 is none", missing(divide(number(1), purchases())), &view(), true);
    check_at_once("and compares like none", compare(divide(number(1), purchases()), Unequal, number(1)), &view(), true);
    let gap = minus(last(of(["page_view"]), life()), last(of(["purchase"]), life()));
    check_at_once("never is none in arithmetic", missing(gap), &view(), true);
}

#[test]
fn measures_of_nothing() {
    let total = || column(of(["purchase"]), "total", Type::Number);
    check_at_once("count is 0", compare(count(of(["purchase"]), life()), Equal, number(0)), &view(), true);
    check_at_once("sum is 0", compare(sum(total(), life()), Equal, number(0)), &view(), true);
    for (rule, measure) in [
        ("avg is none", average(total(), life())),
        ("min is none", minimum(total(), life())),
        ("max is none", maximum(total(), life())),
        ("last is none", last_of(total(), life())),
    ] {
        check_at_once(rule, missing(measure), &view(), true);
    }
}

/// Whether the last purchase's total exists.
fn total_exists() -> Expression {
    exists(last_of(column(of(["purchase"]), "total", Type::Number), life()))
}

#[test]
fn values_that_count_as_missing() {
    for (rule, total, holds) in [
        ("a number", Json::from(5), true),
        ("zero obeys `minimum: 0`", Json::from(0), true),
        ("a negative one does not", Json::from(-1), false),
        ("null", Json::Null, false),
        ("another type", Json::from("5"), false),
        ("six places", Json::Number("0.000001".to_owned()), true),
        ("seven places", Json::Number("0.0000001".to_owned()), false),
        ("too large", Json::Number("1e13".to_owned()), false),
    ] {
        check_at_once(rule, total_exists(), &[event("purchase", 0).with("total", total)], holds);
    }
}

#[test]
fn a_sum_skips_what_is_missing() {
    let total = || column(of(["purchase"]), "total", Type::Number);
    let events = [
        event("purchase", 0).called("1").with("total", 5),
        event("purchase", 0).called("2"),
        event("purchase", 0).called("3").with("total", -9),
        event("purchase", 0).called("4").with("total", 2),
    ];
    check_at_once("5 + 2", compare(sum(total(), life()), Equal, number(7)), &events, true);
    let mean = compare(add(average(total(), life()), average(total(), life())), Equal, number(7));
    check_at_once("the mean of two", mean, &events, true);
    let fourth = compare(count(of(["purchase"]), life()), AtLeast, number(4));
    check_at_once("but all four count", fourth, &events, true);
}

#[test]
fn what_is_empty_exists() {
    let profile_event = event("profile", 0).with("city", "").with("tags", Json::List(Vec::new()));
    let events = [profile_event];
    check_at_once("empty text", compare(profile("city", Type::Text), Equal, text("")), &events, true);
    check_at_once("an empty list", exists(profile("tags", Type::List)), &events, true);
    check_at_once("which contains nothing", contains(profile("tags", Type::List), text("")), &events, false);
}
