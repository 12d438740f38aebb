//! The work that every bench does: a hundred segments of eight kinds, a million customers of Zipf-distributed activity,
//! events as JSON of about 280 bytes. Seeded: the same seed gives the same bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use spicchio_core::segment::language::{builtin_declarations, condition};
use spicchio_core::segment::{Catalog, Definitions, SegmentDefinition};
use spicchio_core::timer::Zone;

/// 2026-01-01T00:00:00Z.
pub const START_MILLIS: i64 = 1_767_225_600_000;

/// A small generator of random numbers (splitmix64), so that the work does not depend on a crate's version.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Zipf-distributed ranks (Gray et al., "Quickly Generating Billion-Record Synthetic Databases", SIGMOD 1994).
pub struct Zipf {
    count: f64,
    theta: f64,
    zeta: f64,
    eta: f64,
}

impl Zipf {
    pub fn new(count: u64, theta: f64) -> Self {
        let zeta: f64 = (1..=count).map(|rank| (rank as f64).powf(-theta)).sum();
        let two = 1.0 + 0.5_f64.powf(theta);
        let eta = (1.0 - (2.0 / count as f64).powf(1.0 - theta)) / (1.0 - two / zeta);
        Self { count: count as f64, theta, zeta, eta }
    }

    pub fn rank(&self, random: &mut Random) -> u64 {
        let unit = random.unit();
        let scaled = unit * self.zeta;
        if scaled < 1.0 {
            return 0;
        }
        if scaled < 1.0 + 0.5_f64.powf(self.theta) {
            return 1;
        }
        (self.count * (self.eta * unit - self.eta + 1.0).powf(1.0 / (1.0 - self.theta))) as u64
    }
}

/// One event after another, their times rising over a stretch of days.
pub struct Events {
    random: Random,
    zipf: Zipf,
    categories: Zipf,
    customers: u64,
    produced: u64,
    total: u64,
    span_millis: i64,
}

impl Events {
    /// `total` events of `customers` over `days`; every customer has one of the first `customers` events, the rest follow Zipf's law.
    pub fn new(seed: u64, customers: u64, total: u64, days: i64) -> Self {
        Self {
            random: Random(seed),
            zipf: Zipf::new(customers, 0.99),
            categories: Zipf::new(200, 0.9),
            customers,
            produced: 0,
            total,
            span_millis: days * 86_400_000,
        }
    }

    /// Writes the next event over `json`, and gives its customer's number.
    pub fn next(&mut self, json: &mut String) -> u64 {
        let passed = self.produced as i128 * i128::from(self.span_millis) / i128::from(self.total);
        self.next_at(START_MILLIS + passed as i64, json)
    }

    /// The same with a time of the caller's, in milliseconds since the epoch.
    pub fn next_at(&mut self, time: i64, json: &mut String) -> u64 {
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
                "\"url\":\"/catalogue/{category}/{sku}\",\"category\":\"c{category}\",\"product_id\":\"p{sku}\",\"device\":\"mobile\",\"country\":\"IT\",\"session_id\":\"{serial:016x}\""
            ),
            70..85 => write!(
                json,
                "\"product_id\":\"p{sku}\",\"category\":\"c{category}\",\"price\":{}.{:02},\"quantity\":1,\"currency\":\"EUR\",\"device\":\"desktop\"",
                price / 100,
                price % 100
            ),
            85..89 => write!(
                json,
                "\"order_id\":\"o{serial}\",\"total\":{}.{:02},\"currency\":\"EUR\",\"category\":\"c{category}\",\"product_id\":\"p{sku}\",\"country\":\"IT\"",
                price / 100,
                price % 100
            ),
            _ => write!(json, "\"message_id\":\"m{}\",\"campaign_id\":\"k{}\",\"subject\":\"Offers of the week\"", serial % 5_000, sku % 100),
        };
        json.push_str("}}");
        customer
    }
}

/// The id of the customer with that number: 36 characters, as of a UUID.
pub fn customer_id(number: u64) -> String {
    let mixed = Random(number).next();
    format!("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", number as u32, mixed >> 48, mixed >> 36 & 0xFFF, mixed >> 24 & 0xFFF, number)
}

/// A hundred conditions: counts, sums, abandoned carts, inactivity, distinct values, sequences, latest values and
/// combinations. All filter their events: four of five by one of fifty categories or campaigns, one of five in its own way.
pub fn conditions() -> Vec<String> {
    let mut random = Random(42);
    let windows = ["30m", "1h", "24h", "7d", "30d"];
    let mut conditions = Vec::new();
    let mut pick = |choices: &[&str]| choices[random.below(choices.len() as u64) as usize].to_owned();
    let only = |kind: &str, index: usize| match (index % 5, kind) {
        (0, "email_open" | "email_click") => format!("{kind} where campaign_id == \"k{index}\" and subject exists"),
        (0, "page_view" | "page_view.category" | "page_view.product_id") => {
            format!("{kind} where category == \"c{index}\" and country == \"IT\"")
        }
        (0, "purchase" | "purchase.total") => format!("{kind} where total > {}", 50 + index),
        (0, _) => format!("{kind} where price > {}", 50 + index),
        (_, "email_open" | "email_click") => format!("{kind} where campaign_id == \"k{}\"", index * 7 % 50),
        (_, _) => format!("{kind} where category == \"c{}\"", index * 7 % 50),
    };
    for index in 0..20 {
        let kind = only(&pick(&["page_view", "page_view", "cart_add", "purchase", "email_open"]), index);
        conditions.push(format!("count({kind}, {}) >= {}", pick(&windows), pick(&["1", "3", "5", "10"])));
    }
    for index in 20..35 {
        let filter = only("purchase.total", index);
        let window = pick(&[", 7d", ", 30d", ""]);
        conditions.push(format!("sum({filter}{window}) >= {}", pick(&["50", "100", "500", "1000"])));
    }
    for index in 35..50 {
        let (cart, bought) = (only("cart_add", index), only("purchase", index));
        let untouched = ["15m", "30m", "1h", "4h", "12h", "24h"][index % 6];
        conditions.push(format!("count({bought}, since last({cart})) == 0 and since(last({cart})) >= {untouched}"));
    }
    for index in 50..60 {
        let kind = only(["page_view", "email_open", "purchase", "cart_add", "email_click"][index % 5], index / 2);
        conditions.push(format!("since(last({kind})) >= {}", ["7d", "14d"][index % 2]));
    }
    for index in 60..70 {
        let column = only(["page_view.category", "page_view.product_id", "cart_add.product_id"][index % 3], index);
        conditions.push(format!("distinct({column}, {}) >= {}", pick(&windows), index % 5 + 2));
    }
    for index in 70..80 {
        let (first, second) = [("email_open", "page_view"), ("page_view", "cart_add"), ("cart_add", "purchase")][index % 3];
        let (first, second) = (only(first, index), only(second, index + 1));
        conditions.push(format!("sequence({first}, {second} within {}; {})", pick(&["30m", "1h", "24h"]), pick(&["7d", "30d"])));
    }
    for index in 80..90 {
        let latest = ["last(page_view.device) == \"mobile\"", "last(purchase.country) in [\"IT\", \"FR\"]", "last(cart_add.price) > 100"];
        conditions.push(format!("{} and count({}, {}) >= {}", latest[index % 3], only("page_view", index), pick(&windows), index % 4 + 1));
    }
    for index in 90..100 {
        let (viewed, carted, bought) = (only("page_view", index), only("cart_add", index), only("purchase", index));
        conditions.push(format!(
            "(count({viewed}, {}) >= 3 or count({carted}, 7d) >= 2) and not count({bought}, {}) > 0 and count({}, 30d) >= {}",
            pick(&windows),
            pick(&["7d", "30d"]),
            only("email_open", index + 1),
            index % 3
        ));
    }
    conditions
}

/// The hundred segments, compiled.
pub fn catalog() -> Arc<Catalog> {
    let mut declarations = builtin_declarations();
    let mut segments: Vec<SegmentDefinition> = conditions()
        .iter()
        .enumerate()
        .map(|(index, text)| SegmentDefinition {
            name: format!("segment-{index:03}").into(),
            description: None,
            condition: condition(text, &mut declarations, &Zone::UTC).unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}")),
            grace_millis: 0,
            attach: Vec::new(),
            labels: BTreeMap::new(),
            zone: Zone::UTC,
        })
        .collect();
    segments.sort_by(|a, b| a.name.cmp(&b.name));
    Arc::new(Catalog::compile(&Definitions { declarations, segments }))
}
