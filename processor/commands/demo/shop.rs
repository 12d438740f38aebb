//! The whole shop: whose turn it is, what its tracker sends, and what it still knows of its past.
//!
//! Time is the shop's own and moves only when told. The same seed gives the same events.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use spicchio_core::timer::Instant;

use super::assortment::{SHELF, euros};
use super::chance::Chance;
use super::people;
use super::shopper::{DAY, HOUR, MINUTE, Shopper, Step, Turn};

/// An event as the shop's tracker sends it.
#[derive(Clone, Debug)]
pub(super) struct ShopEvent {
    /// The customer's id: the key.
    pub(super) customer: String,
    /// When it happened.
    pub(super) at: Instant,
    /// The event, JSON.
    pub(super) json: String,
}

/// Something that happens.
#[derive(Clone, Copy, Debug)]
enum Entry {
    /// A customer takes a step.
    Step(usize, Step),
    /// Somebody new finds the shop.
    Newcomer,
    /// A product becomes cheaper.
    Markdown,
}

/// The shop.
#[derive(Debug)]
pub(super) struct Shop {
    chance: Chance,
    shoppers: Vec<Shopper>,
    /// What happens next, by time and then in the order in which it was arranged.
    agenda: BTreeMap<(Instant, u64), Entry>,
    arranged: u64,
    order: u64,
    event: u64,
    opening: Instant,
}

impl Shop {
    /// Customers that have found the shop when the watching begins.
    pub(super) const CUSTOMERS: i64 = 360;
    /// How far back the shop remembers, in milliseconds.
    const PAST: i64 = 400 * DAY;

    /// A shop with a past, about to open its doors to whoever watches.
    pub(super) fn new(seed: u64, opening: Instant) -> Self {
        let mut shop = Self {
            chance: Chance::new(seed),
            shoppers: Vec::new(),
            agenda: BTreeMap::new(),
            arranged: 0,
            order: 1,
            event: 1,
            opening,
        };
        for _ in 0..Self::CUSTOMERS {
            let ago = shop.chance.between(HOUR, Self::PAST);
            shop.arrange(opening.plus(-ago), Entry::Newcomer);
        }
        shop.arrange(opening.plus(HOUR), Entry::Newcomer);
        shop.arrange(opening.plus(-30 * DAY), Entry::Markdown);
        shop
    }

    /// Everything that happens up to `now`, that instant included, in order.
    pub(super) fn live_until(&mut self, now: Instant) -> Vec<ShopEvent> {
        let mut events = Vec::new();
        while let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= now) {
            let ((at, _), entry) = entry.remove_entry();
            match entry {
                Entry::Step(number, step) => self.step(number, step, at, &mut events),
                Entry::Newcomer => self.welcome(at),
                Entry::Markdown => self.mark_down(at, &mut events),
            }
        }
        events
    }

    fn arrange(&mut self, at: Instant, entry: Entry) {
        self.agenda.insert((at, self.arranged), entry);
        self.arranged += 1;
    }

    fn step(&mut self, number: usize, step: Step, at: Instant, events: &mut Vec<ShopEvent>) {
        let Self { shoppers, chance, order, .. } = self;
        let Some(shopper) = shoppers.get_mut(number) else { return };
        let mut turn = Turn { at, chance, order, events: Vec::new(), following: Vec::new() };
        shopper.take(step, &mut turn);
        let Turn { events: told, following, .. } = turn;
        for (kind, properties) in told {
            self.tell(number, at, kind, &properties, events);
        }
        for (at, step) in following {
            self.arrange(at, Entry::Step(number, step));
        }
    }

    fn welcome(&mut self, at: Instant) {
        let number = self.shoppers.len();
        self.shoppers.push(Shopper::new(number, &mut self.chance));
        self.arrange(at, Entry::Step(number, Step::SignUp));
        if at > self.opening {
            let after = self.chance.between(30 * MINUTE, 5 * HOUR);
            self.arrange(at.plus(after), Entry::Newcomer);
        }
    }

    fn mark_down(&mut self, at: Instant, events: &mut Vec<ShopEvent>) {
        let [first, ..] = SHELF;
        let product = *self.chance.pick(&SHELF).unwrap_or(&first);
        let wishing: Vec<usize> = self
            .shoppers
            .iter()
            .enumerate()
            .filter(|(_, shopper)| shopper.wishes_for(&product))
            .map(|(number, _)| number)
            .collect();
        for number in wishing {
            let mut drop = product.properties();
            drop.insert("price".to_owned(), euros(product.price - product.price / 4));
            drop.insert("price_before".to_owned(), euros(product.price));
            self.tell(number, at, "price_drop", &drop, events);
        }
        let after = self.chance.between(4 * HOUR, 20 * HOUR);
        self.arrange(at.plus(after), Entry::Markdown);
    }

    fn tell(
        &mut self,
        number: usize,
        at: Instant,
        kind: &'static str,
        properties: &Map<String, Value>,
        events: &mut Vec<ShopEvent>,
    ) {
        if !self.is_remembered(kind, at) {
            return;
        }
        let customer = people::id(number);
        let event = json!({
            "id": format!("e-{}", self.event), "type": kind, "customer_id": customer, "time": at.to_string(),
            "properties": properties,
        });
        self.event += 1;
        events.push(ShopEvent { customer, at, json: event.to_string() });
    }

    /// Whether the shop still has this event when the watching begins: orders and profiles for ever, letters for
    /// months, every click for days.
    fn is_remembered(&self, kind: &str, at: Instant) -> bool {
        let days = match kind {
            "signup" | "profile" | "purchase" | "review" | "unsubscribe" => return true,
            "email_open" | "email_click" => 120,
            "email_sent" | "wishlist_add" | "price_drop" => 40,
            _ => 8,
        };
        at > self.opening.plus(-days * DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening() -> Instant {
        Instant::parse("2026-11-23T08:00:00Z").unwrap()
    }

    fn events(seed: u64) -> Vec<ShopEvent> {
        let mut shop = Shop::new(seed, opening());
        let mut events = shop.live_until(opening());
        events.extend(shop.live_until(opening().plus(30 * HOUR)));
        events
    }

    #[test]
    fn the_same_seed_gives_the_same_shop() {
        let told = |seed: u64| events(seed).into_iter().map(|event| event.json).collect::<Vec<_>>();
        assert_eq!(told(1), told(1));
        assert_ne!(told(1), told(2));
    }

    #[test]
    fn events_come_in_the_order_of_their_times() {
        let events = events(1);
        assert!(events.is_sorted_by_key(|event| event.at));
        assert!(events.iter().any(|event| event.at < opening()) && events.iter().any(|event| event.at > opening()));
    }

    #[test]
    fn whatever_a_customer_can_do_is_done() {
        let events = events(1);
        for kind in [
            "signup",
            "profile",
            "email_sent",
            "email_open",
            "email_click",
            "unsubscribe",
            "page_view",
            "search",
            "wishlist_add",
            "review",
            "cart_add",
            "checkout_start",
            "purchase",
            "price_drop",
        ] {
            let word = format!("\"type\":\"{kind}\"");
            assert!(events.iter().any(|event| event.json.contains(&word)), "nobody does {kind}");
        }
    }
}
