//! A hundred segments of eight kinds.

use super::random::Random;

const WINDOWS: [&str; 5] = ["30m", "1h", "24h", "7d", "30d"];

/// A hundred conditions: counts, sums, abandoned carts, inactivity, distinct values, sequences, latest values and
/// combinations. All filter their events: four of five by one of fifty categories or campaigns, one of five in its own
/// way.
pub(crate) fn conditions() -> Vec<String> {
    let mut random = Random(42);
    let mut conditions = Vec::new();
    let mut pick = |choices: &[&str]| choices[random.below(choices.len() as u64) as usize].to_owned();
    for index in 0..20 {
        let kind = only(&pick(&["page_view", "page_view", "cart_add", "purchase", "email_open"]), index);
        conditions.push(format!("count({kind}, {}) >= {}", pick(&WINDOWS), pick(&["1", "3", "5", "10"])));
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
        conditions.push(format!("distinct({column}, {}) >= {}", pick(&WINDOWS), index % 5 + 2));
    }
    for index in 70..80 {
        let (first, second) =
            [("email_open", "page_view"), ("page_view", "cart_add"), ("cart_add", "purchase")][index % 3];
        let (first, second) = (only(first, index), only(second, index + 1));
        conditions.push(format!(
            "sequence({first}, {second} within {}; {})",
            pick(&["30m", "1h", "24h"]),
            pick(&["7d", "30d"])
        ));
    }
    conditions.extend(latest_values(&mut pick));
    conditions.extend(combinations(&mut pick));
    conditions
}

/// Which of the events of that kind the condition with that number asks for.
fn only(kind: &str, index: usize) -> String {
    match (index % 5, kind) {
        (0, "email_open" | "email_click") => format!("{kind} where campaign_id == \"k{index}\" and subject exists"),
        (0, "page_view" | "page_view.category" | "page_view.product_id") => {
            format!("{kind} where category == \"c{index}\" and country == \"IT\"")
        }
        (0, "purchase" | "purchase.total") => format!("{kind} where total > {}", 50 + index),
        (0, _) => format!("{kind} where price > {}", 50 + index),
        (_, "email_open" | "email_click") => format!("{kind} where campaign_id == \"k{}\"", index * 7 % 50),
        (_, _) => format!("{kind} where category == \"c{}\"", index * 7 % 50),
    }
}

fn latest_values(pick: &mut impl FnMut(&[&str]) -> String) -> Vec<String> {
    let latest = [
        "last(page_view.device) == \"mobile\"",
        "last(purchase.country) in [\"IT\", \"FR\"]",
        "last(cart_add.price) > 100",
    ];
    let condition = |index: usize| {
        let counted = format!("count({}, {}) >= {}", only("page_view", index), pick(&WINDOWS), index % 4 + 1);
        format!("{} and {counted}", latest[index % 3])
    };
    (80..90).map(condition).collect()
}

fn combinations(pick: &mut impl FnMut(&[&str]) -> String) -> Vec<String> {
    let condition = |index: usize| {
        let (viewed, carted, bought) = (only("page_view", index), only("cart_add", index), only("purchase", index));
        let looked = format!("count({viewed}, {}) >= 3 or count({carted}, 7d) >= 2", pick(&WINDOWS));
        let not_bought = format!("not count({bought}, {}) > 0", pick(&["7d", "30d"]));
        format!("({looked}) and {not_bought} and count({}, 30d) >= {}", only("email_open", index + 1), index % 3)
    };
    (90..100).map(condition).collect()
}
