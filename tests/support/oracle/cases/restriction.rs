//! `for some P (C)`: one value of a property for the whole condition.

use crate::definition::Relation::{AtLeast, Equal};
use crate::definition::Side::Last;
use crate::definition::{Expression, Term, Type};

use super::{check, event};
use crate::build::{after, all, compare, count, for_some, lately, life, number, of, path};
use crate::given::{GivenEvent, Json};

fn view(millis: i64, product: &str) -> GivenEvent {
    event("page_view", millis).with("product_id", product)
}

fn bought(millis: i64, products: &[&str]) -> GivenEvent {
    let item = |product: &&str| Json::object([("product_id", Json::from(*product))]);
    event("purchase", millis).with("items", Json::List(products.iter().map(item).collect()))
}

#[test]
fn one_value_throughout() {
    let twice = for_some("product_id", compare(count(of(["page_view"]), lately(10, 0)), AtLeast, number(2)));
    check("two views of one product", twice.clone(), &[view(10, "A"), view(12, "B"), view(14, "A")], "+14e -20t");
    check("not of two products", twice.clone(), &[view(10, "A"), view(12, "B")], "");
    check("nor without any", twice, &[event("page_view", 10), event("page_view", 11)], "");
}

#[test]
fn looked_at_and_not_bought() {
    let viewed = compare(count(of(["page_view"]), life()), AtLeast, number(2));
    let not_bought = compare(count(of(["purchase"]), life()), Equal, number(0));
    let condition = for_some("product_id", all([viewed, not_bought]));
    let events = [view(10, "A"), view(11, "A"), bought(20, &["B"]), bought(30, &["B", "A"])];
    check("each line item counts for its product", condition, &events, "+11e -30e");
}

#[test]
fn an_events_own_value_and_its_items() {
    let condition = for_some(
        "product_id",
        all([
            compare(count(of(["page_view"]), life()), AtLeast, number(1)),
            compare(count(of(["purchase"]), life()), AtLeast, number(1)),
        ]),
    );
    let own = bought(20, &["B"]).with("product_id", "A");
    check("its own", condition.clone(), &[view(10, "A"), own.clone()], "+20e");
    check("its item's", condition.clone(), &[view(10, "B"), own.clone()], "+20e");
    check("no other", condition, &[view(10, "C"), own], "");
}

#[test]
fn a_value_that_counts_as_missing_is_none_to_try() {
    let condition = |name| {
        let bought = compare(count(of(["purchase"]), life()), AtLeast, number(1));
        Expression {
            term: Term::ForSome { property: path(name), ty: Type::Number, condition: bought.into() },
            ty: Type::Boolean,
        }
    };
    let priced = |price: i64| [event("purchase", 10).with("price", price)];
    check("declared `minimum: 0`", condition("price"), &priced(-1), "");
    check("and obeyed", condition("price"), &priced(1), "+10e");
    let item = Json::object([("price", Json::from(-1))]);
    check("by line items, too", condition("price"), &[event("purchase", 10).with("items", Json::List(vec![item]))], "");
}

#[test]
fn candidates_lie_outside_the_window_too() {
    let condition = for_some("product_id", compare(count(of(["page_view"]), lately(5, 0)), Equal, number(0)));
    check("a product no longer looked at", condition.clone(), &[view(10, "A")], "+15t");
    check("but some product", condition, &[event("page_view", 10)], "");
}

#[test]
fn an_opening_event_is_restricted_as_well() {
    let opened = after(Last, of(["cart_add"]), life());
    let condition = for_some(
        "product_id",
        all([
            compare(count(of(["cart_add"]), life()), AtLeast, number(1)),
            compare(count(of(["purchase"]), opened), Equal, number(0)),
        ]),
    );
    let cart = |millis, product: &str| event("cart_add", millis).with("product_id", product);
    let events = [cart(10, "A"), bought(15, &["A"]), cart(20, "B"), bought(25, &["B"]), cart(30, "A")];
    check("bought since that product was put in", condition, &events, "+10e -15e +20e -25e +30e");
}
