//! The event types that everybody has, in the order of the language's list, with their usual properties.
//!
//! Names follow the usual e-commerce tracking plan in snake case, so that events of common trackers fit as they are.

use std::collections::BTreeMap;

use crate::segment::{Declarations, EventType, Property, Type};

/// The event type whose properties are traits.
pub(super) const PROFILE: &str = "profile";
/// The event type that erases a customer.
pub(super) const ERASE: &str = "erase";

/// The event type of orders.
pub(in crate::segment) const PURCHASE: &str = "purchase";
/// The event type that takes back what an earlier purchase of the same order was.
pub(in crate::segment) const REFUND: &str = "refund";
/// The property by which refunds find their purchases.
pub(in crate::segment) const ORDER_ID: &str = "order_id";
/// What a filter calls a purchase whose order has a later refund.
pub(in crate::segment) const REFUNDED: &str = "refunded";
/// The property that holds an event's line items.
pub(in crate::segment) const LINE_ITEMS: &str = "items";

/// Whether forms can read events of this type: all but `profile` and `erase`.
pub(super) fn is_countable(event_type: &str) -> bool {
    event_type != PROFILE && event_type != ERASE
}

/// Properties with their type, written together where events share them.
type Group = (Kind, &'static [&'static str]);

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
    /// A number declared `minimum: 0`.
    Amount,
    Boolean,
    List,
}

const CONTEXT: &[Group] = &[(
    Kind::Text,
    &[
        "session_id",
        "country",
        "region",
        "city",
        "language",
        "device",
        "platform",
        "channel",
        "source",
        "medium",
        "campaign",
        "campaign_id",
        "referrer",
    ],
)];
const MESSAGE: &[Group] = &[(
    Kind::Text,
    &["message_id", "template_id", "subject", "title", "link", "url", "list_id", "variant", "provider"],
)];
const PAGE: &[Group] = &[(Kind::Text, &["url", "path", "title", "search", "name"])];
const PRODUCT: &[Group] = &[
    (
        Kind::Text,
        &[
            "product_id",
            "sku",
            "category",
            "category_id",
            "name",
            "brand",
            "variant",
            "coupon",
            "currency",
            "url",
            "image_url",
        ],
    ),
    (Kind::Amount, &["price", "quantity"]),
    (Kind::Number, &["position", "value"]),
];
const LISTING: &[Group] = &[(Kind::Text, &["query", "list_id"]), (Kind::Number, &["results"])];
const WISHLIST: &[Group] = &[(Kind::Text, &["wishlist_id", "wishlist_name"])];
const REVIEW: &[Group] = &[
    (Kind::Text, &["review_id", "title", "body", "order_id"]),
    (Kind::Number, &["rating"]),
    (Kind::Boolean, &["verified"]),
];
const CART: &[Group] = &[(Kind::Text, &["cart_id"])];
const ORDER: &[Group] = &[
    (
        Kind::Text,
        &["order_id", "checkout_id", "cart_id", "affiliation", "store_id", "payment_method", "shipping_method"],
    ),
    (Kind::Amount, &["total", "subtotal", "amount"]),
    (Kind::Number, &["revenue", "shipping", "tax", "discount", "lines"]),
    (Kind::Boolean, &["gift"]),
    (Kind::List, &["items"]),
];
const RETURN: &[Group] = &[(Kind::Text, &["refund_id", "reason"])];
const SIGNUP: &[Group] = &[(Kind::Text, &["method", "plan", "url", "coupon"])];
const UNSUBSCRIBE: &[Group] = &[(Kind::Text, &["reason"])];

const TYPES: [(&str, &[&[Group]]); 19] = [
    ("signup", &[CONTEXT, SIGNUP]),
    (PROFILE, &[]),
    ("email_sent", &[CONTEXT, MESSAGE]),
    ("email_open", &[CONTEXT, MESSAGE]),
    ("email_click", &[CONTEXT, MESSAGE]),
    ("unsubscribe", &[CONTEXT, MESSAGE, UNSUBSCRIBE]),
    ("message_sent", &[CONTEXT, MESSAGE]),
    ("message_open", &[CONTEXT, MESSAGE]),
    ("message_click", &[CONTEXT, MESSAGE]),
    ("page_view", &[CONTEXT, PAGE, PRODUCT]),
    ("search", &[CONTEXT, PAGE, LISTING, &[(Kind::Text, &["category", "category_id"])]]),
    ("wishlist_add", &[CONTEXT, PRODUCT, WISHLIST]),
    ("review", &[CONTEXT, PRODUCT, REVIEW]),
    ("cart_add", &[CONTEXT, PRODUCT, CART]),
    ("cart_remove", &[CONTEXT, PRODUCT, CART]),
    ("checkout_start", &[CONTEXT, PRODUCT, ORDER]),
    (PURCHASE, &[CONTEXT, PRODUCT, ORDER]),
    (REFUND, &[CONTEXT, PRODUCT, ORDER, RETURN]),
    (ERASE, &[]),
];

/// The built-in event types, and no traits.
pub(super) fn declarations() -> Declarations {
    let events = TYPES.iter().map(|(name, groups)| {
        let mut properties = BTreeMap::new();
        for (kind, names) in groups.iter().flat_map(|groups| groups.iter()) {
            for name in *names {
                properties.insert(vec![(*name).into()], property(*kind));
            }
        }
        EventType { name: (*name).into(), properties }
    });
    Declarations { events: events.collect(), traits: BTreeMap::new() }
}

fn property(kind: Kind) -> Property {
    let ty = match kind {
        Kind::Text => Type::Text,
        Kind::Number | Kind::Amount => Type::Number,
        Kind::Boolean => Type::Boolean,
        Kind::List => Type::List,
    };
    Property { ty, nonnegative: matches!(kind, Kind::Amount) }
}
