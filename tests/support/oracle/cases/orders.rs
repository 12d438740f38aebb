//! Line items, and what refunds took back.

use super::{check, check_at_once, event};
use crate::build::{
    all, average, column, compare, count, distinct, filtered, heaviest, lately, life, net, not, number, of, profile,
    property, refunded, some, sum, text, top,
};
use crate::definition::Relation::{AtLeast, Equal, Greater};
use crate::definition::{ColumnRef, Expression, Type};
use crate::given::{GivenEvent, Json};

fn item(product: &str, price: i64) -> Json {
    Json::object([("product_id", Json::from(product)), ("price", Json::from(price))])
}

fn basket(millis: i64, items: &[Json]) -> GivenEvent {
    event("purchase", millis).with("items", Json::List(items.to_vec()))
}

fn price() -> ColumnRef {
    column(of(["purchase"]), "items.price", Type::Number)
}

fn product() -> ColumnRef {
    column(of(["purchase"]), "items.product_id", Type::Text)
}

#[test]
fn measures_reach_line_items() {
    let events = [basket(10, &[item("A", 2), item("B", 3)]), basket(12, &[item("A", 4)])];
    check("each item adds", compare(sum(price(), lately(10, 0)), AtLeast, number(9)), &events, "+12e -20t");
    check("each item is one of the mean", compare(average(price(), life()), Equal, number(3)), &events, "+12e");
    check("different values", compare(distinct(product(), life()), Equal, number(2)), &events, "+10e");
    check("the most frequent", compare(top(product(), life()), Equal, text("A")), &events, "+12e");
    let heavy = compare(heaviest(product(), "items.price", life()), Equal, text("B"));
    check("the heaviest, each item with its own weight", heavy, &events, "+10e -12e");
    check_at_once(
        "no items, no values",
        compare(sum(price(), life()), Equal, number(0)),
        &[event("purchase", 0)],
        true,
    );
    let lacking = [basket(0, &[Json::object([("price", Json::from("x"))]), item("A", 2)])];
    check_at_once("another type is missing", compare(sum(price(), life()), Equal, number(2)), &lacking, true);
}

#[test]
fn one_item_meets_the_whole_condition() {
    let list = || property("items", Type::List);
    let dear = |product: &str| {
        let is_it = compare(property("product_id", Type::Text), Equal, text(product));
        some(list(), all([is_it, compare(property("price", Type::Number), Greater, number(2))]))
    };
    let bought = |product| compare(count(filtered(of(["purchase"]), dear(product)), life()), AtLeast, number(1));
    let events = [basket(0, &[item("A", 2), item("B", 3)])];
    check_at_once("one item", bought("B"), &events, true);
    check_at_once("not two", bought("A"), &events, false);
    check_at_once("no list, no item", bought("A"), &[event("purchase", 0)], false);
}

#[test]
fn one_item_of_a_list_trait() {
    let interested = some(
        profile("interests", Type::List),
        all([
            compare(property("key", Type::Text), Equal, text("cars")),
            compare(property("value", Type::Number), Greater, number(45)),
        ]),
    );
    let interest = |key: &str, value: i64| Json::object([("key", Json::from(key)), ("value", Json::from(value))]);
    let said = |millis, list: Vec<Json>| event("profile", millis).with("interests", Json::List(list));
    let events = [
        said(10, vec![interest("cars", 45), interest("boats", 50)]),
        said(12, vec![interest("cars", 46)]),
        said(14, Vec::new()),
    ];
    check("one item, and lists replace", interested, &events, "+12e -14e");
}

fn ordered(millis: i64, order: &str, total: i64) -> GivenEvent {
    event("purchase", millis).with("order_id", order).with("total", total)
}

fn refund(millis: i64, order: &str) -> GivenEvent {
    event("refund", millis).with("order_id", order)
}

fn spent(least: i64) -> Expression {
    compare(net(column(of(["purchase"]), "total", Type::Number), lately(20, 0)), AtLeast, number(least))
}

#[test]
fn net_of_refunds() {
    check("a refund takes its total", spent(5), &[ordered(10, "1", 8), refund(12, "1").with("total", 4)], "+10e -12e");
    check("at the order's own time", spent(4), &[ordered(10, "1", 8), refund(25, "1").with("total", 4)], "+10e -30t");
    check("without one, the whole order", spent(1), &[ordered(10, "1", 8), refund(12, "1")], "+10e -12e");
    check("of that order alone", spent(8), &[ordered(10, "1", 8), refund(12, "2")], "+10e -30t");
    check("one before the purchase is none of it", spent(8), &[refund(8, "1"), ordered(10, "1", 8)], "+10e -30t");
    check("one of its instant is", spent(1), &[ordered(10, "1", 8), refund(10, "1")], "");
    let more = [ordered(10, "1", 3), ordered(10, "2", 4), refund(12, "1").with("total", 9)];
    check("an order is never less than nothing", spent(4), &more, "+10e -30t");
    check(
        "two refunds",
        spent(2),
        &[ordered(10, "1", 8), refund(12, "1").with("total", 4), refund(13, "1").with("total", 3)],
        "+10e -13e",
    );
    check(
        "without an order there is nothing to take back",
        spent(8),
        &[event("purchase", 10).with("total", 8), event("refund", 12)],
        "+10e -30t",
    );
}

#[test]
fn not_refunded() {
    let kept = compare(count(filtered(of(["purchase"]), not(refunded())), life()), AtLeast, number(1));
    check("until a refund comes", kept.clone(), &[ordered(10, "1", 8), refund(12, "1").with("total", 1)], "+10e -12e");
    check("an earlier one is of no account", kept, &[refund(8, "1"), ordered(10, "1", 8)], "+10e");
    let returned = compare(count(filtered(of(["purchase"]), refunded()), life()), AtLeast, number(1));
    check("and the other way round", returned, &[ordered(10, "1", 8), refund(12, "1")], "+12e");
}
