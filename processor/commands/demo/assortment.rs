//! What the shop sells: an optician's shelf, small enough that customers come back to the same things.

use serde_json::{Map, Value, json};

/// A product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Product {
    id: &'static str,
    category: &'static str,
    brand: &'static str,
    /// In cents.
    pub(super) price: i32,
}

const fn product(id: &'static str, category: &'static str, brand: &'static str, price: i32) -> Product {
    Product { id, category, brand, price }
}

/// The shelf.
pub(super) const SHELF: [Product; 18] = [
    product("lens-daily", "lenses", "Nord", 2490),
    product("lens-weekly", "lenses", "Nord", 1990),
    product("lens-monthly", "lenses", "Sereno", 1790),
    product("lens-toric", "lenses", "Sereno", 3490),
    product("lens-color", "lenses", "Iride", 2790),
    product("care-all-in-one", "care", "Sereno", 990),
    product("care-travel", "care", "Sereno", 490),
    product("care-peroxide", "care", "Limpida", 1290),
    product("drops-daily", "care", "Limpida", 790),
    product("frame-classic", "glasses", "Alba", 8900),
    product("frame-round", "glasses", "Alba", 9900),
    product("frame-light", "glasses", "Nord", 14900),
    product("sun-aviator", "sunglasses", "Riviera", 12900),
    product("sun-sport", "sports-glasses", "Vento", 11900),
    product("sun-kids", "sunglasses", "Riviera", 3900),
    product("ski-goggles", "sports-glasses", "Vento", 15900),
    product("case-hard", "accessories", "Alba", 1290),
    product("cloth-micro", "accessories", "Alba", 490),
];

/// Cents as the number that an event carries.
pub(super) fn euros(cents: i32) -> Value {
    json!(f64::from(cents) / 100.0)
}

impl Product {
    /// Its id.
    pub(super) const fn id(&self) -> &'static str {
        self.id
    }

    /// What an event about this product says of it.
    pub(super) fn properties(&self) -> Map<String, Value> {
        let Self { id, category, brand, price } = *self;
        object(json!({
            "product_id": id, "category": category, "brand": brand, "price": euros(price), "currency": "EUR",
        }))
    }
}

/// An order of these products, at least one: what its events say of it.
pub(super) fn order(number: u64, products: &[Product], coupon: Option<&str>) -> Map<String, Value> {
    /// Below this an order pays for its shipping, in cents.
    const FREE_SHIPPING_FROM: i32 = 4900;
    let value: i32 = products.iter().map(|product| product.price).sum();
    let subtotal = if coupon.is_some() { value - value / 10 } else { value };
    let shipping = if subtotal < FREE_SHIPPING_FROM { 490 } else { 0 };
    let items: Vec<Value> = products
        .iter()
        .map(|product| {
            let mut item = product.properties();
            item.insert("quantity".to_owned(), json!(1));
            Value::Object(item)
        })
        .collect();
    let mut order = object(json!({
        "order_id": format!("o-{number}"), "subtotal": euros(subtotal), "shipping": euros(shipping),
        "total": euros(subtotal + shipping), "currency": "EUR", "items": items,
    }));
    if let Some(first) = products.first() {
        order.insert("category".to_owned(), first.category.into());
        order.insert("product_id".to_owned(), first.id.into());
    }
    if let Some(coupon) = coupon {
        order.insert("coupon".to_owned(), coupon.into());
    }
    order
}

/// The entries of a JSON object.
pub(super) fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(entries) = value { entries } else { Map::new() }
}
