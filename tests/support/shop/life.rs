//! What happens in the shop.

use spicchio_core::timer::Instant;

use super::Seeded;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;
/// 2025-03-03T00:00:00Z, a Monday four weeks before Europe moves its clocks.
const OPENING: i64 = 1_740_960_000_000;

/// How large a shop to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Events, exactly.
    pub events: usize,
    /// Customers, at most.
    pub customers: u64,
    /// Days from the opening to the last event, about.
    pub days: u64,
}

/// Something that a customer did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopEvent {
    /// When, in milliseconds since the epoch.
    pub time: i64,
    /// Who.
    pub customer: String,
    /// What.
    pub kind: &'static str,
    /// The event as the input topic carries it.
    pub json: String,
}

/// The first `size.events` events of the shop with that seed, in the order of time.
///
/// A third has no id, so that counting one twice would show; events of equal time occur, also of one customer.
pub fn shop_events(seed: u64, size: Size) -> Vec<ShopEvent> {
    let mut dice = Seeded::new(seed);
    let mut events = Vec::new();
    let span = i64::try_from(size.days).expect("a few weeks") * DAY;
    while events.len() < size.events {
        visit(&mut dice, size.customers, span, &mut events);
    }
    events.truncate(size.events);
    // Equal times stay in the order of the visit.
    events.sort_by_key(|event| event.time);
    events
}

fn visit(dice: &mut Seeded, customers: u64, span: i64, events: &mut Vec<ShopEvent>) {
    // The lower of two draws: some customers come far more often than others.
    let number = dice.below(customers).min(dice.below(customers));
    let mut visit = Visit { customer: format!("c-{number}"), now: OPENING + draw(dice, span), dice, events };
    if visit.dice.chance(20) {
        visit.mail();
    }
    for _ in 0..=visit.dice.below(6) {
        let product = visit.dice.below(40);
        visit.happens("page_view", &format!(r#""product_id":"p-{product}","category":"k-{}""#, product % 7));
        if visit.dice.chance(25) {
            let price = 5 + product * 3;
            visit.happens("cart_add", &format!(r#""product_id":"p-{product}","price":{price}.50,"quantity":1"#));
            if visit.dice.chance(40) {
                visit.buys(product, price);
            }
        }
    }
}

/// One customer's visit, moving through time.
struct Visit<'a> {
    customer: String,
    now: i64,
    dice: &'a mut Seeded,
    events: &'a mut Vec<ShopEvent>,
}

impl Visit<'_> {
    fn mail(&mut self) {
        self.happens("email_open", r#""campaign":"weekly""#);
        if self.dice.chance(50) {
            self.happens("email_click", r#""campaign":"weekly""#);
        }
    }

    fn buys(&mut self, product: u64, price: u64) {
        let order = self.events.len();
        let total = format!("{price}.50");
        let item = format!(r#"{{"product_id":"p-{product}","price":{total},"quantity":1}}"#);
        self.happens(
            "purchase",
            &format!(r#""order_id":"o-{order}","total":{total},"currency":"EUR","items":[{item}]"#),
        );
        if self.dice.chance(8) {
            self.now += draw(self.dice, 3 * DAY);
            self.happens("refund", &format!(r#""order_id":"o-{order}","total":{total}"#));
        }
    }

    /// Records an event now, and lets some time pass; sometimes none.
    fn happens(&mut self, kind: &'static str, properties: &str) {
        let number = self.events.len();
        let (customer, time) = (&self.customer, self.now);
        let id = if number.is_multiple_of(3) { String::new() } else { format!(r#""id":"e-{number}","#) };
        let at = if number.is_multiple_of(5) {
            time.to_string()
        } else {
            format!("{:?}", Instant::from_millis(time).to_string())
        };
        let json =
            format!(r#"{{{id}"type":"{kind}","customer_id":"{customer}","time":{at},"properties":{{{properties}}}}}"#);
        self.events.push(ShopEvent { time, customer: customer.clone(), kind, json });
        if !self.dice.chance(10) {
            self.now += draw(self.dice, 10 * MINUTE);
        }
    }
}

fn draw(dice: &mut Seeded, end: i64) -> i64 {
    let end = u64::try_from(end).expect("a positive length of time");
    i64::try_from(dice.below(end)).expect("less than the end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_one_shop_and_its_events_are_in_order() {
        let size = Size { events: 1_000, customers: 20, days: 3 };
        let events = shop_events(7, size);
        assert_eq!(events, shop_events(7, size));
        assert_ne!(events, shop_events(8, size));
        assert_eq!(events.len(), size.events);
        assert!(events.is_sorted_by_key(|event| event.time));
        let of_kind = |kind| events.iter().filter(|event| event.kind == kind).count();
        for kind in ["page_view", "cart_add", "purchase", "refund", "email_open", "email_click"] {
            assert!(of_kind(kind) > 0, "no {kind} among {} events", size.events);
        }
        for event in &events {
            let json: serde_json::Value = serde_json::from_str(&event.json).expect("an event is JSON");
            assert_eq!(json["customer_id"], event.customer.as_str());
        }
    }
}
