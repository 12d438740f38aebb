//! The event types and traits that tests work with: the built-in types in their order, and one of the file's own.
//!
//! Properties are chosen so that every type of value occurs and several event types share names.

use std::collections::BTreeMap;

use crate::definition::{Declarations, EventType, Path, Property, Type};

/// The built-in types, in the order that decides between events of equal time.
const BUILT_IN: [&str; 19] = [
    "signup",
    "profile",
    "email_sent",
    "email_open",
    "email_click",
    "unsubscribe",
    "message_sent",
    "message_open",
    "message_click",
    "page_view",
    "search",
    "wishlist_add",
    "review",
    "cart_add",
    "cart_remove",
    "checkout_start",
    "purchase",
    "refund",
    "erase",
];

/// The name of the one type that is declared in the file.
pub const fn own_type() -> &'static str {
    "booking"
}

/// What the tests' shop knows of its events and customers.
pub fn shop() -> Declarations {
    let types = BUILT_IN.into_iter().chain([own_type()]);
    let events = types.map(|name| EventType { name: name.into(), properties: properties_of(name) }).collect();
    let traits = [
        ("birthday", Type::Date),
        ("children", Type::Number),
        ("city", Type::Text),
        ("vip", Type::Boolean),
        ("member_since", Type::Instant),
        ("tags", Type::List),
        ("plan.name", Type::Text),
        ("plan.level", Type::Number),
        ("address.city", Type::Text),
        ("born", Type::Date),
        ("home", Type::Point),
        ("interests", Type::List),
    ];
    Declarations { events, traits: traits.into_iter().map(|(name, ty)| (path(name), ty)).collect() }
}

fn path(dotted: &str) -> Path {
    dotted.split('.').map(Into::into).collect()
}

fn properties_of(kind: &str) -> BTreeMap<Path, Property> {
    let properties: &[(&str, Type, bool)] = match kind {
        "page_view" => {
            &[("product_id", Type::Text, false), ("category", Type::Text, false), ("depth", Type::Number, false)]
        }
        "wishlist_add" | "cart_remove" => &[("product_id", Type::Text, false)],
        "review" => &[("product_id", Type::Text, false), ("stars", Type::Number, false)],
        "cart_add" => {
            &[("product_id", Type::Text, false), ("price", Type::Number, true), ("quantity", Type::Number, true)]
        }
        "purchase" => &[
            ("order_id", Type::Text, false),
            ("product_id", Type::Text, false),
            ("price", Type::Number, true),
            ("total", Type::Number, true),
            ("coupon", Type::Text, false),
            ("gift", Type::Boolean, false),
            ("items", Type::List, false),
            ("delivery", Type::Instant, false),
            ("score.points", Type::Number, false),
        ],
        "refund" => &[("order_id", Type::Text, false), ("total", Type::Number, true)],
        "booking" => &[
            ("seats", Type::Number, false),
            ("product_id", Type::Text, false),
            ("day", Type::Date, false),
            ("departure", Type::Instant, false),
            ("flexible", Type::Boolean, false),
        ],
        _ => &[],
    };
    properties
        .iter()
        .map(|(name, ty, nonnegative)| (path(name), Property { ty: ty.clone(), nonnegative: *nonnegative }))
        .collect()
}
