//! Events of equal time: by type, then by id, those without id last.

use crate::definition::Relation::{AtMost, Equal, Greater, Less, Unequal};
use crate::definition::{Relation, Type};

use super::{check_at_once, event};
use crate::build::{any, between, column, compare, first, first_of, last, last_of, life, of, sequence, text};
use crate::given::GivenEvent;

#[test]
fn types_in_the_order_of_the_language() {
    let then = |one: &str, other: &str| sequence(of([one]), of([other]), None, life());
    let at_once = |rule, one: &str, other: &str, holds| {
        let events = [event("purchase", 0), event("booking", 0), event("cart_add", 0), event("page_view", 0)];
        check_at_once(rule, then(one, other), &events, holds);
    };
    at_once("built-in types in their order", "page_view", "purchase", true);
    at_once("not the other way round", "purchase", "page_view", false);
    at_once("the file's own after them", "purchase", "booking", true);
    at_once("an event is not after itself", "purchase", "purchase", false);
    let declared_last = [event("aaa", 0), event("booking", 0)];
    check_at_once("undeclared types at the end", sequence(of(["booking"]), any(), None, life()), &declared_last, true);
}

fn added(id: Option<&str>, product: &str) -> GivenEvent {
    let event = event("cart_add", 0).with("product_id", product);
    match id {
        Some(id) => event.called(id),
        None => event,
    }
}

#[test]
fn ids_bytewise() {
    let product = || column(of(["cart_add"]), "product_id", Type::Text);
    let newest = |id| compare(last_of(product(), life()), Equal, text(id));
    let oldest = |id| compare(first_of(product(), life()), Equal, text(id));
    let events = [added(Some("b"), "B"), added(Some("a"), "A"), added(Some("Z"), "Z")];
    check_at_once("the greatest id is last", newest("B"), &events, true);
    check_at_once("capitals come first", oldest("Z"), &events, true);
    let events = [added(None, "none"), added(Some("\u{e9}"), "accent")];
    check_at_once("without id after every id", newest("none"), &events, true);
    let events = [added(None, "2"), added(None, "10")];
    check_at_once("without ids by the bytes of the record", newest("2"), &events, true);
}

#[test]
fn moments_compare_as_events_do() {
    let moments =
        |relation: Relation| compare(last(of(["purchase"]), life()), relation, last(of(["cart_add"]), life()));
    let events = [event("purchase", 0), event("cart_add", 0)];
    check_at_once("later by its type at the same instant", moments(Greater), &events, true);
    check_at_once("so not equal", moments(Equal), &events, false);
    let ends = |relation| compare(first(of(["purchase"]), life()), relation, last(of(["purchase"]), life()));
    check_at_once("one event is equal to itself", ends(Equal), &[event("purchase", 0)], true);
    let two = [event("purchase", 0).called("1"), event("purchase", 0).called("2")];
    check_at_once("two events of one instant differ", ends(Less), &two, true);
}

#[test]
fn never_is_before_every_instant_and_equal_to_itself() {
    let moments =
        |relation: Relation| compare(last(of(["cart_add"]), life()), relation, last(of(["purchase"]), life()));
    check_at_once("carted, never bought", moments(Greater), &[event("cart_add", 0)], true);
    check_at_once("bought, never carted", moments(Less), &[event("purchase", 0)], true);
    check_at_once("never is never", moments(Equal), &[event("page_view", 0)], true);
    check_at_once("and not unequal", moments(Unequal), &[event("page_view", 0)], false);
    check_at_once("at most itself", moments(AtMost), &[event("page_view", 0)], true);
    let carted =
        between(last(of(["cart_add"]), life()), last(of(["purchase"]), life()), last(of(["cart_add"]), life()));
    check_at_once("between is two comparisons", carted, &[event("cart_add", 0)], true);
    let constant = compare(last(of(["cart_add"]), life()), Less, crate::build::instant(super::at(50)));
    check_at_once("only between two of them", constant, &[event("page_view", 0)], false);
}
