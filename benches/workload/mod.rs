//! The work that every bench does: a hundred segments of eight kinds, a million customers of Zipf-distributed activity,
//! events as JSON of about 280 bytes. Seeded: the same seed gives the same bytes.

mod random;
mod segments;

use std::fmt::Write as _;

use random::{Random, Zipf};
pub(crate) use segments::conditions;

/// One event after another.
pub(crate) struct Events {
    random: Random,
    zipf: Zipf,
    categories: Zipf,
    customers: u64,
    produced: u64,
}

impl Events {
    /// Events of `customers`: every customer has one of the first `customers`, the rest follow Zipf's law.
    pub(crate) fn new(seed: u64, customers: u64) -> Self {
        Self {
            random: Random(seed),
            zipf: Zipf::new(customers, 0.99),
            categories: Zipf::new(200, 0.9),
            customers,
            produced: 0,
        }
    }

    /// Writes the next event over `json`, with that time in milliseconds since the epoch, and gives its customer's
    /// number.
    pub(crate) fn next_at(&mut self, time: i64, json: &mut String) -> u64 {
        json.clear();
        let spread = |rank: u64, customers: u64| rank.wrapping_mul(0x9E37_79B9_7F4A_7C15) % customers;
        let customer = if self.produced < self.customers {
            self.produced.wrapping_mul(7_919) % self.customers
        } else {
            spread(self.zipf.rank(&mut self.random), self.customers)
        };
        let serial = self.produced;
        self.produced += 1;
        let random = &mut self.random;
        let (sku, category) = (random.below(20_000), self.categories.rank(random));
        let price = random.below(200) * 100 + random.below(100);
        let kind = random.below(100);
        let _ = write!(
            json,
            "{{\"id\":\"e-{serial:010}\",\"type\":\"{}\",\"customer_id\":\"{}\",\"time\":{time},\"properties\":{{",
            match kind {
                0..70 => "page_view",
                70..82 => "cart_add",
                82..85 => "cart_remove",
                85..89 => "purchase",
                89..99 => "email_open",
                _ => "email_click",
            },
            customer_id(customer),
        );
        let _ = match kind {
            0..70 => write!(
                json,
                "\"url\":\"/catalogue/{category}/{sku}\",\"category\":\"c{category}\",\"product_id\":\"p{sku}\",\
                 \"device\":\"mobile\",\"country\":\"IT\",\"session_id\":\"{serial:016x}\""
            ),
            70..85 => write!(
                json,
                "\"product_id\":\"p{sku}\",\"category\":\"c{category}\",\"price\":{}.{:02},\
                 \"quantity\":1,\"currency\":\"EUR\",\"device\":\"desktop\"",
                price / 100,
                price % 100
            ),
            85..89 => write!(
                json,
                "\"order_id\":\"o{serial}\",\"total\":{}.{:02},\"currency\":\"EUR\",\
                 \"category\":\"c{category}\",\"product_id\":\"p{sku}\",\"country\":\"IT\"",
                price / 100,
                price % 100
            ),
            _ => write!(
                json,
                "\"message_id\":\"m{}\",\"campaign_id\":\"k{}\",\"subject\":\"Offers of the week\"",
                serial % 5_000,
                sku % 100
            ),
        };
        json.push_str("}}");
        customer
    }
}

/// The id of the customer with that number: 36 characters, as of a UUID.
pub(crate) fn customer_id(number: u64) -> String {
    let mixed = Random(number).next();
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        number as u32,
        mixed >> 48,
        mixed >> 36 & 0xFFF,
        mixed >> 24 & 0xFFF,
        number
    )
}
