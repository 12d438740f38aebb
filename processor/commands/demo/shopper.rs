//! One customer of the shop as a state machine: comes by, looks, fills a cart, buys or does not, reads mail, falls
//! asleep.
//!
//! A step happens at an instant; it tells the events that the shop's tracker would send, and which steps follow when.
//! Not here: whose turn it is (`shop`).

use serde_json::{Map, Value, json};
use spicchio_core::timer::Instant;

use super::assortment::{Product, SHELF, object, order};
use super::chance::Chance;

pub(super) const SECOND: i64 = 1_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// What a customer does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Gives its address, and is known from then on.
    SignUp,
    /// Comes to the shop.
    Visit,
    /// Looks at a product, and at that many more after it.
    Look { product: Product, left: u8 },
    /// Searches for something that is not there.
    Search,
    /// Puts a product on the wishlist.
    Wish(Product),
    /// Puts a product into the cart.
    Fill(Product),
    /// Begins to check out.
    Checkout,
    /// Pays.
    Pay,
    /// Writes about its last order.
    Review,
    /// Is sent the newsletter.
    Newsletter,
    /// Opens the newsletter of that number.
    Open(u64),
    /// Clicks in it.
    Click(u64),
}

/// A step under way: what it tells, and what follows.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub(super) at: Instant,
    pub(super) chance: &'a mut Chance,
    /// The number of the next order of the shop.
    pub(super) order: &'a mut u64,
    /// What the tracker sends: type and properties.
    pub(super) events: Vec<(&'static str, Map<String, Value>)>,
    /// What follows, and when.
    pub(super) following: Vec<(Instant, Step)>,
}

impl Turn<'_> {
    fn tell(&mut self, kind: &'static str, properties: Map<String, Value>) {
        self.events.push((kind, properties));
    }

    /// The step follows after some time between the two, in milliseconds.
    fn follow(&mut self, step: Step, least: i64, most: i64) {
        let after = self.chance.between(least, most);
        self.following.push((self.at.plus(after), step));
    }

    /// The same, but nobody gets up for it at night.
    fn follow_by_day(&mut self, step: Step, least: i64, most: i64) {
        let at = self.at.plus(self.chance.between(least, most));
        let hour = at.millis().rem_euclid(DAY) / HOUR;
        let delay = if hour < 7 { (7 - hour) * HOUR + self.chance.between(0, 4 * HOUR) } else { 0 };
        self.following.push((at.plus(delay), step));
    }
}

/// A customer.
#[derive(Clone, Debug)]
pub(super) struct Shopper {
    number: usize,
    /// Days between two visits, about.
    pause: i64,
    /// How often a newsletter is opened, in percent.
    opens: u8,
    /// How often a filled cart is paid for, in percent.
    buys: u8,
    /// How often there is a coupon, in percent.
    coupons: u8,
    asleep: bool,
    subscribed: bool,
    favourite: Product,
    cart: Vec<Product>,
    wishes: Vec<Product>,
}

impl Shopper {
    /// The most products in a cart or on a wishlist; further ones are not put there.
    const LIST_MAX: usize = 5;

    /// Somebody with habits of its own.
    pub(super) fn new(number: usize, chance: &mut Chance) -> Self {
        let [first, ..] = SHELF;
        Self {
            number,
            pause: chance.between(4, 20),
            opens: *chance.pick(&[2, 35, 50, 80, 90]).unwrap_or(&50),
            buys: *chance.pick(&[15, 40, 60, 85]).unwrap_or(&50),
            coupons: *chance.pick(&[0, 0, 15, 70]).unwrap_or(&0),
            asleep: false,
            subscribed: true,
            favourite: *chance.pick(&SHELF).unwrap_or(&first),
            cart: Vec::new(),
            wishes: Vec::new(),
        }
    }

    /// Whether a product that became cheaper is one it wished for.
    pub(super) fn wishes_for(&self, product: &Product) -> bool {
        self.wishes.contains(product)
    }

    /// Takes a step.
    pub(super) fn take(&mut self, step: Step, turn: &mut Turn<'_>) {
        match step {
            Step::SignUp => self.sign_up(turn),
            Step::Visit => self.visit(turn),
            Step::Look { product, left } => look(product, left, turn),
            Step::Search => {
                turn.tell("search", object(json!({"query": "varifocal contact lens", "results": 0})));
                if turn.chance.percent(60) {
                    turn.follow(Step::Search, 40 * SECOND, 10 * MINUTE);
                }
            }
            Step::Wish(product) => {
                turn.tell("wishlist_add", product.properties());
                if self.wishes.len() < Self::LIST_MAX {
                    self.wishes.push(product);
                }
            }
            Step::Fill(product) => self.fill(product, turn),
            Step::Checkout => self.check_out(turn),
            Step::Pay => self.pay(turn),
            Step::Review => {
                let rating = turn.chance.between(2, 5);
                turn.tell("review", object(json!({"product_id": self.favourite.id(), "rating": rating})));
            }
            Step::Newsletter => self.newsletter(turn),
            Step::Open(letter) => self.open(letter, turn),
            Step::Click(letter) => self.click(letter, turn),
        }
    }

    fn sign_up(&mut self, turn: &mut Turn<'_>) {
        let mut traits = object(json!({"first_name": super::people::first_name(self.number)}));
        if turn.chance.percent(85) {
            traits.insert("marketing_consent".to_owned(), true.into());
        }
        if turn.chance.percent(30) {
            traits.insert("children".to_owned(), turn.chance.between(1, 3).into());
        }
        if turn.chance.percent(20) {
            traits.insert("interests".to_owned(), json!(["sport"]));
        }
        // Sent first, so that nobody is there for a moment of whom nothing is known.
        turn.tell("profile", traits);
        let mut signup = object(json!({"method": "footer"}));
        if turn.chance.percent(50) {
            signup.insert("coupon".to_owned(), "WELCOME".into());
        }
        turn.tell("signup", signup);
        turn.follow_by_day(Step::Visit, MINUTE, 3 * DAY);
        turn.follow_by_day(Step::Newsletter, DAY, 8 * DAY);
    }

    fn visit(&mut self, turn: &mut Turn<'_>) {
        let left = u8::try_from(turn.chance.between(1, 6)).unwrap_or(1);
        if turn.chance.percent(15) {
            self.favourite = *turn.chance.pick(&SHELF).unwrap_or(&self.favourite);
        }
        turn.follow(Step::Look { product: self.favourite, left }, 0, 10 * SECOND);
        if turn.chance.percent(8) {
            turn.follow(Step::Search, 5 * SECOND, 2 * MINUTE);
        }
        self.asleep = turn.chance.percent(5);
        if self.asleep {
            turn.follow_by_day(Step::Visit, 60 * DAY, 400 * DAY);
        } else {
            turn.follow_by_day(Step::Visit, self.pause * DAY / 2, self.pause * DAY * 3 / 2);
        }
    }

    fn fill(&mut self, product: Product, turn: &mut Turn<'_>) {
        turn.tell("cart_add", product.properties());
        if self.cart.len() < Self::LIST_MAX {
            self.cart.push(product);
        }
        if turn.chance.percent(25) {
            let product = *turn.chance.pick(&SHELF).unwrap_or(&product);
            turn.follow(Step::Look { product, left: 0 }, 20 * SECOND, 3 * MINUTE);
        } else if turn.chance.percent(self.buys) {
            turn.follow(Step::Checkout, 30 * SECOND, 6 * MINUTE);
        } else if turn.chance.percent(40) {
            // Thinks it over, and comes back for it.
            turn.follow_by_day(Step::Checkout, 5 * HOUR, 40 * HOUR);
        }
    }

    fn check_out(&mut self, turn: &mut Turn<'_>) {
        if self.cart.is_empty() {
            return;
        }
        turn.tell("checkout_start", order(*turn.order, &self.cart, None));
        if turn.chance.percent(80) {
            turn.follow(Step::Pay, MINUTE, 5 * MINUTE);
        }
    }

    fn pay(&mut self, turn: &mut Turn<'_>) {
        if self.cart.is_empty() {
            return;
        }
        let coupon = turn.chance.percent(self.coupons).then_some("TEN");
        turn.tell("purchase", order(*turn.order, &self.cart, coupon));
        *turn.order += 1;
        self.wishes.retain(|product| !self.cart.contains(product));
        self.cart.clear();
        if turn.chance.percent(20) {
            turn.follow_by_day(Step::Review, 10 * DAY, 20 * DAY);
        }
    }

    fn newsletter(&mut self, turn: &mut Turn<'_>) {
        if !self.subscribed {
            return;
        }
        let letter = u64::try_from(turn.at.millis().div_euclid(7 * DAY)).unwrap_or(0);
        turn.tell("email_sent", message(letter));
        let opens = if self.asleep { self.opens / 4 } else { self.opens };
        if turn.chance.percent(opens) {
            turn.follow_by_day(Step::Open(letter), 5 * MINUTE, 12 * HOUR);
        }
        turn.follow(Step::Newsletter, 7 * DAY, 7 * DAY);
    }

    fn open(&mut self, letter: u64, turn: &mut Turn<'_>) {
        turn.tell("email_open", message(letter));
        if turn.chance.percent(30) {
            turn.follow(Step::Click(letter), 20 * SECOND, 2 * MINUTE);
        } else if turn.chance.percent(2) {
            self.subscribed = false;
            turn.tell("unsubscribe", object(json!({"reason": "too many letters"})));
        }
    }

    fn click(&mut self, letter: u64, turn: &mut Turn<'_>) {
        let mut click = message(letter);
        click.insert("link".to_owned(), "/this-week".into());
        turn.tell("email_click", click);
        let left = u8::try_from(turn.chance.between(0, 3)).unwrap_or(0);
        turn.follow(Step::Look { product: self.favourite, left }, 10 * SECOND, 30 * SECOND);
        if self.asleep {
            self.asleep = false;
            turn.follow_by_day(Step::Visit, 2 * DAY, self.pause * DAY);
        }
    }
}

fn look(product: Product, left: u8, turn: &mut Turn<'_>) {
    turn.tell("page_view", product.properties());
    if let Some(left) = left.checked_sub(1) {
        let next = if turn.chance.percent(60) { product } else { *turn.chance.pick(&SHELF).unwrap_or(&product) };
        turn.follow(Step::Look { product: next, left }, 20 * SECOND, 4 * MINUTE);
    } else if turn.chance.percent(45) {
        turn.follow(Step::Fill(product), 20 * SECOND, 2 * MINUTE);
    } else if turn.chance.percent(25) {
        turn.follow(Step::Wish(product), 10 * SECOND, MINUTE);
    }
}

fn message(letter: u64) -> Map<String, Value> {
    object(json!({"message_id": format!("letter-{letter}"), "list_id": "weekly"}))
}
