//! The definition file of the documentation, as far as its parts are computed, gives these definitions.

use crate::segment::language::{Source, load};

const FILE: &str = r"# yaml-language-server: $schema=../schemas/segments.schema.json
zone: Europe/Rome                  # calendar lengths use this zone
events: {booking: {seats: number}, purchase: {units: {type: number, minimum: 0}}}
traits: {birthday: date, children: number, home: point, tags: list}
segments:
  - segment: cart-abandoned
    description: Put in the cart and not bought for 4 hours; regular customers get 24.
    when: >
      count(purchase, since last(cart_add)) == 0
      and since(last(cart_add)) >= (if count(purchase, 6mo) > 0 then 24h else 4h)
      and count(purchase, 15d) == 0
    grace: 30s                     # wait this much longer for late events
    attach:                        # evaluated at the transition, carried in its payload
      product: last(cart_add.product_id)
      value: sum(cart_add.price, 7d)
    labels: {owner: crm}
  - segment: window-shopper
    when: for some product_id (count(page_view, 24h) >= 3 and count(purchase) == 0)
tests:                             # or in files of their own
  - test: a cart left for four hours
    given:
      - {at: 2026-01-05T10:00:00Z, customer: c1, type: cart_add, product_id: A, price: 30.00}
    expect:
      - {at: 2026-01-05T14:00:00Z, customer: c1, entered: cart-abandoned}
";

#[test]
fn the_documented_file_loads() {
    let loaded = load(&[Source { name: "shop.yaml".to_owned(), text: FILE.to_owned() }]).unwrap();
    assert_eq!(loaded.advice, Vec::new());
    let [cart, shopper] = loaded.definitions.segments.as_slice() else { panic!("two segments") };
    assert_eq!(
        cart.condition.to_string(),
        "count(purchase, since last(cart_add)) == 0 and \
         since(last(cart_add)) >= (if count(purchase, 6mo) > 0 then 1d else 4h) and count(purchase, 15d) == 0"
    );
    assert_eq!((cart.grace_millis, cart.zone.name()), (30_000, "Europe/Rome"));
    let attached: Vec<String> = cart.attach.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    assert_eq!(attached, ["product = last(cart_add.product_id)", "value = sum(cart_add.price, 7d)"]);
    assert_eq!(cart.labels.get("owner").map(String::as_str), Some("crm"));
    assert_eq!(shopper.name, "window-shopper");
    assert_eq!(loaded.definitions.declarations.traits.len(), 4);

    let [scenario] = loaded.scenarios.as_slice() else { panic!("one test") };
    assert_eq!(scenario.name, "a cart left for four hours");
    let [given] = scenario.given.as_slice() else { panic!("one event") };
    assert_eq!((given.at.to_string().as_str(), given.kind.as_str()), ("2026-01-05T10:00:00.000Z", "cart_add"));
    assert_eq!(
        serde_json::Value::from(given.properties.clone()),
        serde_json::json!({"product_id": "A", "price": 30.0})
    );
    let [expected] = scenario.expect.as_slice() else { panic!("one transition") };
    assert_eq!(
        (expected.at.to_string().as_str(), expected.segment.as_str()),
        ("2026-01-05T14:00:00.000Z", "cart-abandoned")
    );
}
