//! Traits: what profile events make of them.

use crate::definition::Relation::Equal;
use crate::definition::{Expression, Type};

use super::{check, event};
use crate::build::{compare, contains, exists, missing, number, profile, text};
use crate::given::{GivenEvent, Json};

fn lives(millis: i64, city: impl Into<Json>) -> GivenEvent {
    event("profile", millis).with("city", city)
}

fn in_rome() -> Expression {
    compare(profile("city", Type::Text), Equal, text("Rome"))
}

fn plan(millis: i64, plan: impl Into<Json>) -> GivenEvent {
    event("profile", millis).with("plan", plan)
}

fn level(of: i64) -> Json {
    Json::object([("level", Json::from(of))])
}

#[test]
fn the_latest_time_wins() {
    check("set and set again", in_rome(), &[lives(10, "Rome"), lives(20, "Bari")], "+10e -20e");
    check("a late one is older", in_rome(), &[lives(10, "Bari"), lives(20, "Rome"), lives(15, "Bari")], "+20m");
    check(
        "between two",
        in_rome(),
        &[lives(10, "Rome"), event("page_view", 20).by("a"), lives(15, "Bari")],
        "+10e -20l",
    );
    let tied = [lives(10, "Bari").called("2"), lives(10, "Rome").called("1")];
    check("of equal times the greater id", in_rome(), &tied, "");
    check("what is not named stays", in_rome(), &[lives(10, "Rome"), event("profile", 20).with("vip", true)], "+10e");
}

#[test]
fn null_removes() {
    check("a trait", in_rome(), &[lives(10, "Rome"), lives(20, Json::Null)], "+10e -20e");
    let level_exists = exists(profile("plan.level", Type::Number));
    check("with all that is in it", level_exists.clone(), &[plan(10, level(3)), plan(20, Json::Null)], "+10e -20e");
    let inner = Json::object([("level", Json::Null)]);
    check("one key", level_exists, &[plan(10, level(3)), plan(20, inner)], "+10e -20e");
}

#[test]
fn objects_merge_and_lists_replace() {
    let address = |name: &str, value: &str| {
        event("profile", 10).called(name).with("address", Json::object([(name, Json::from(value))]))
    };
    let at_home = compare(profile("address.city", Type::Text), Equal, text("Rome"));
    check("by key", at_home, &[address("city", "Rome"), address("zip", "00100")], "+10e");
    let tags = |millis, tag: &str| event("profile", millis).with("tags", Json::List(vec![tag.into()]));
    let tagged = contains(profile("tags", Type::List), text("a"));
    check("as a whole", tagged, &[tags(10, "a"), tags(20, "b")], "+10e -20e");
}

#[test]
fn a_replaced_parent_takes_its_children_along() {
    let third = compare(profile("plan.level", Type::Number), Equal, number(3));
    check("a text instead", third.clone(), &[plan(10, level(3)), plan(20, "gold")], "+10e -20e");
    check("an object instead of a text", in_rome(), &[lives(10, "Rome"), lives(20, level(3))], "+10e -20e");
    check("an empty object changes no key", third, &[plan(10, level(3)), plan(20, Json::object([]))], "+10e");
}

#[test]
fn a_trait_of_another_type_is_missing() {
    let gone = missing(profile("city", Type::Text));
    check("and replaces what was there", gone, &[lives(10, "Rome"), lives(20, 5)], "+20e");
}
