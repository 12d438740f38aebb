//! The n-th event, the top value, the set of values.

use super::{check, check_at_once, event};
use crate::build::{
    after, column, compare, contains, count, exists, heaviest, lately, life, missing, nth, nth_of, number, of, since,
    text, top, values,
};
use crate::definition::Relation::{AtLeast, Equal, Greater, Less};
use crate::definition::Side::{First, Last};
use crate::definition::{Expression, Type, Window};
use crate::given::GivenEvent;

fn view(millis: i64, category: &str) -> GivenEvent {
    event("page_view", millis).with("category", category)
}

fn favourite(category: &str, window: i64) -> Expression {
    compare(top(column(of(["page_view"]), "category", Type::Text), lately(window, 0)), Equal, text(category))
}

#[test]
fn the_nth_event() {
    let events = [event("purchase", 10), event("purchase", 15), event("purchase", 20)];
    let third_newest = compare(since(nth(Last, of(["purchase"]), 3, life())), AtLeast, crate::build::fixed(12));
    check("the third newest, none before there are three", third_newest, &events, "+22t");
    let second = exists(nth(First, of(["purchase"]), 2, lately(10, 0)));
    check("the second of those in the window", second, &events, "+15e -25t");
    let total = || column(of(["purchase"]), "total", Type::Number);
    let priced = [event("purchase", 10).with("total", 1), event("purchase", 11).with("total", 2)];
    check("its value", compare(nth_of(Last, total(), 2, life()), Equal, number(1)), &priced, "+11e");
    let lacking = [event("purchase", 10), event("purchase", 11).with("total", 2)];
    check("none where it lacks one", missing(nth_of(Last, total(), 2, life())), &lacking, "+10e");
}

#[test]
fn the_nth_moment_compares_as_an_event() {
    let before = compare(nth(Last, of(["purchase"]), 2, life()), Less, nth(Last, of(["cart_add"]), 1, life()));
    let events = [event("cart_add", 10), event("purchase", 12), event("purchase", 14)];
    check("never is before every instant", before, &events, "+10e -14e");
}

#[test]
fn a_window_opened_by_the_nth_event() {
    let opened = Window::After(Last, of(["page_view"]), 2, life().into());
    let condition = compare(count(of(["page_view"]), opened), Equal, number(1));
    let events = [event("page_view", 10), event("page_view", 12), event("page_view", 14)];
    check("the whole life until there are two", condition, &events, "+10e");
    let condition = compare(count(of(["page_view"]), after(Last, of(["page_view"]), life())), Equal, number(0));
    check("unlike the first", condition, &events, "+10e");
}

#[test]
fn the_most_frequent_value() {
    let events = [view(10, "a"), view(12, "b"), view(14, "a")];
    check("by how often, and of one each the latest", favourite("a", 100), &events, "+10e -12e +14e");
    check(
        "what leaves the window no longer counts",
        favourite("b", 10),
        &[view(10, "a"), view(11, "b"), view(12, "a")],
        "+11e -12e",
    );
    let events = [view(10, "a"), view(11, "a"), view(12, "b")];
    check("so time alone may change it", favourite("b", 10), &events, "+20t -22t");
    let none = missing(top(column(of(["page_view"]), "category", Type::Text), lately(5, 0)));
    check("none of nothing", none, &[view(10, "a")], "+15t");
    let same = [view(10, "a").called("2"), view(10, "b").called("1")];
    check_tie("of one instant the greater in the order of events", &same, "a");
    check_tie("then the greater value", &[of_two("a", "b")], "b");
}

fn of_two(one: &str, other: &str) -> GivenEvent {
    use crate::given::Json;
    let item = |product: &str| Json::object([("product_id", Json::from(product))]);
    event("purchase", 10).with("items", Json::List(vec![item(one), item(other)]))
}

#[track_caller]
fn check_tie(rule: &str, events: &[GivenEvent], winner: &str) {
    let (kind, path) =
        if events[0].kind == "purchase" { ("purchase", "items.product_id") } else { ("page_view", "category") };
    let condition = compare(top(column(of([kind]), path, Type::Text), life()), Equal, text(winner));
    check(rule, condition, events, "+10e");
}

#[test]
fn the_heaviest_value() {
    let bought =
        |millis, product: &str, total: i64| event("purchase", millis).with("product_id", product).with("total", total);
    let product = || column(of(["purchase"]), "product_id", Type::Text);
    let a = compare(heaviest(product(), "total", lately(10, 0)), Equal, text("A"));
    let events = [bought(10, "A", 5), bought(12, "B", 3), bought(14, "B", 3)];
    check("by the sum, while it lies in the window", a.clone(), &events, "+10e -14e");
    let events = [bought(10, "A", 5), bought(12, "B", 3), bought(13, "A", 1)];
    check("until the heavy one leaves", a, &events, "+10e -20t +22t -23t");
    let unweighed = [event("purchase", 10).with("product_id", "A"), bought(12, "B", 1)];
    let b = compare(heaviest(product(), "total", life()), Equal, text("B"));
    check("what has no weight weighs nothing", b, &unweighed, "+12e");
}

#[test]
fn the_set_of_values() {
    let seen = || values(column(of(["page_view"]), "category", Type::Text), lately(10, 0));
    let events = [view(10, "a"), view(14, "b")];
    check("each while one of its events lies in the window", contains(seen(), text("a")), &events, "+10e -20t");
    check("whole values", contains(seen(), text("")), &events, "");
    check_at_once("of nothing it is empty and exists", exists(seen()), &[event("purchase", 0)], true);
    let totals = values(column(of(["purchase"]), "total", Type::Number), life());
    check_at_once("of numbers", contains(totals, number(2)), &[event("purchase", 0).with("total", 2)], true);
    let more = compare(top(column(of(["purchase"]), "total", Type::Number), life()), Greater, number(1));
    check_at_once("the top number", more, &[event("purchase", 0).with("total", 2)], true);
}
