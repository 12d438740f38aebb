//! Forms: what is measured, exactly.

use crate::definition::Relation::{AtLeast, Equal, Greater};
use crate::definition::Type;
use spicchio_core::event::Number;
use spicchio_core::timer::{Instant, Zone};

use super::{check, check_at_once, event};
use crate::build::{
    all, any, average, column, compare, count, days, definitions, distinct, divide, exists, filtered, first_of,
    last_of, lately, life, maximum, minimum, missing, number, of, property, segment, sequence, sum, text, times,
};
use crate::drive::Course;
use crate::given::{GivenEvent, Json};
use crate::oracle::timeline;

fn priced(id: &str, price: &str) -> GivenEvent {
    event("purchase", 0).called(id).with("total", Json::Number(price.to_owned()))
}

#[test]
fn means_and_quotients_are_exact() {
    let events = [priced("1", "1"), priced("2", "1"), priced("3", "2")];
    let mean = || average(column(of(["purchase"]), "total", Type::Number), life());
    check_at_once("4/3 times 3 is 4", compare(times(mean(), number(3)), Equal, number(4)), &events, true);
    let rounded = Number::from_millionths(1_333_333).into();
    check_at_once("4/3 is more than 1.333333", compare(mean(), Greater, rounded), &events, true);
    let third = divide(number(1), number(3));
    check_at_once("1/3 times 3 is 1", compare(times(third, number(3)), Equal, number(1)), &events, true);
    let tiny = || Number::from_millionths(1).into();
    let product = compare(times(times(tiny(), tiny()), times(number(1_000_000), number(1_000_000))), Equal, number(1));
    check_at_once("a product keeps every place", product, &events, true);
}

#[test]
fn least_and_greatest() {
    let total = || column(of(["purchase"]), "total", Type::Number);
    let events = [priced("1", "3"), priced("2", "1.5"), priced("3", "2")];
    check_at_once("min", compare(times(minimum(total(), life()), number(2)), Equal, number(3)), &events, true);
    check_at_once("max", compare(maximum(total(), life()), Equal, number(3)), &events, true);
    let falling = compare(maximum(total(), lately(5, 0)), AtLeast, number(3));
    let events = [event("purchase", 10).with("total", 3), event("purchase", 12).with("total", 2)];
    check("max falls when the greatest leaves", falling, &events, "+10e -15t");
}

#[test]
fn different_values() {
    let total = || column(of(["purchase"]), "total", Type::Number);
    let events = [priced("1", "1"), priced("2", "1.0"), priced("3", "2"), event("purchase", 0).called("4")];
    check_at_once("1 and 1.0 are one value", compare(distinct(total(), life()), Equal, number(2)), &events, true);
    let two = compare(distinct(column(of(["page_view"]), "category", Type::Text), lately(10, 0)), AtLeast, number(2));
    let view = |millis, category: &str| event("page_view", millis).with("category", category);
    let events = [view(10, "a"), view(12, "b"), view(14, "a"), view(17, "b")];
    check("a value stays while one of its events does", two, &events, "+12e -24t");
}

#[test]
fn different_days_in_the_zone() {
    let course = |zone: &str| Course {
        definitions: definitions(vec![segment(
            "s",
            compare(days(of(["purchase"]), life()), AtLeast, number(2)),
            Zone::named(zone).expect("a zone"),
        )]),
        events: vec![
            crate::build::event("purchase", Instant::parse("2026-01-05T22:59:59.999Z").expect("an instant")),
            crate::build::event("purchase", Instant::parse("2026-01-05T23:00:00.000Z").expect("an instant")),
        ],
        until: Instant::parse("2026-01-05T23:00:00.010Z").expect("an instant"),
        forget_after: None,
        tick_millis: 1,
    };
    assert_eq!(timeline(&course("Europe/Rome")).lines.len(), 1, "midnight in Rome lies between them");
    assert_eq!(timeline(&course("UTC")).lines.len(), 0, "midnight in Greenwich does not");
}

#[test]
fn the_value_on_the_first_and_last_event() {
    let coupon = || column(of(["purchase"]), "coupon", Type::Text);
    let events = [event("purchase", 0).called("1").with("coupon", "A"), event("purchase", 0).called("2")];
    check_at_once("first", compare(first_of(coupon(), life()), Equal, text("A")), &events, true);
    check_at_once("the last has none, so it is none", missing(last_of(coupon(), life())), &events, true);
    let with = column(filtered(of(["purchase"]), exists(property("coupon", Type::Text))), "coupon", Type::Text);
    check_at_once("the last that has one", compare(last_of(with, life()), Equal, text("A")), &events, true);
}

#[test]
fn filters() {
    let large = compare(property("total", Type::Number), Greater, number(150));
    let coupon = exists(property("coupon", Type::Text));
    let both = filtered(of(["purchase"]), all([large, coupon]));
    let condition = compare(count(both, life()), Equal, number(1));
    let events = [
        priced("1", "150").with("coupon", "A"),
        priced("2", "151").with("coupon", "A"),
        priced("3", "151"),
        event("purchase", 0).called("4").with("coupon", "A"),
    ];
    check_at_once("both parts on one event", condition, &events, true);
}

#[test]
fn unions_and_any() {
    let events = [event("page_view", 0), event("cart_add", 0), event("mystery", 0), event("profile", 0)];
    let union = compare(count(of(["page_view", "cart_add"]), life()), Equal, number(2));
    check_at_once("a union", union, &events, true);
    check_at_once("every type but profile", compare(count(any(), life()), Equal, number(3)), &events, true);
    let price = column(of(["cart_add", "purchase"]), "price", Type::Number);
    let priced = [event("cart_add", 0).with("price", 2), event("purchase", 0).with("price", 3)];
    check_at_once("a property of a union", compare(sum(price, life()), Equal, number(5)), &priced, true);
    let undeclared = column(of(["page_view", "cart_add"]), "price", Type::Number);
    let events = [event("page_view", 0).with("price", 2), event("cart_add", 0).with("price", 3)];
    check_at_once("read where declared", compare(sum(undeclared, life()), Equal, number(3)), &events, true);
}

#[test]
fn sequences() {
    let steps = |within, window| sequence(of(["cart_add"]), of(["purchase"]), within, window);
    let events = [event("cart_add", 10), event("purchase", 15)];
    check("less than its `within`", steps(Some(5), life()), &events, "");
    check("just less", steps(Some(6), life()), &events, "+15e");
    check("the end lies inside the window, the start need not", steps(None, lately(3, 0)), &events, "+15e -18t");
    let again = sequence(of(["purchase"]), of(["purchase"]), Some(6), life());
    check("different events", again, &[event("purchase", 10), event("purchase", 15)], "+15e");
    let any_choice = [event("cart_add", 10), event("cart_add", 12), event("purchase", 17)];
    check("some choice is enough", steps(Some(6), life()), &any_choice, "+17e");
    check("in this order", steps(None, life()), &[event("purchase", 10), event("cart_add", 15)], "");
}
