//! Forms that compare events with each other: runs, refunds, and the most frequent value.

use std::collections::BTreeMap;

use spicchio_core::event::Value;
use spicchio_core::segment::{ColumnRef, Events, Path, Window};
use spicchio_core::timer::{Instant, Length};

use super::evaluate::Sight;
use super::history::Happening;
use super::quantity::{Exact, Quantity, whole};

impl<'a> Sight<'a> {
    /// First and last instant of every run of events less than `gap` apart.
    pub(super) fn runs(&self, events: &'a Events, gap: Length, window: &'a Window) -> Vec<(Instant, Instant)> {
        let mut times = self.inside(events, window).iter().map(|event| event.time).collect::<Vec<_>>();
        times.sort();
        let mut runs = Vec::<(Instant, Instant)>::new();
        for time in times {
            match runs.last_mut() {
                Some((_, last)) if time < gap.after(*last, self.zone) => *last = time,
                _ => runs.push((time, time)),
            }
        }
        runs
    }

    /// Whether the purchase at hand has a later refund of its order.
    pub(super) fn is_refunded(&self) -> bool {
        let is_refunded = || self.at_hand.is_some_and(|purchase| !self.refunds_of(purchase).is_empty());
        self.supposed_refunded.unwrap_or_else(is_refunded)
    }

    fn refunds_of(&self, purchase: &Happening) -> Vec<&'a Happening> {
        let Some(order) = self.order_of(purchase) else { return Vec::new() };
        let takes_back = |event: &&Happening| {
            event.given.kind == "refund"
                && event.time <= self.now
                && event.is_after(purchase)
                && self.order_of(event).as_ref() == Some(&order)
        };
        self.events.iter().filter(takes_back).collect()
    }

    fn order_of(&self, event: &Happening) -> Option<Value> {
        event.property(&["order_id".into()], self.declarations)
    }

    /// Refund by refund, the latest first: each takes what it can of the newest purchase before it that has some left.
    pub(super) fn net(&self, column: &'a ColumnRef, window: &'a Window) -> Exact {
        let mut purchases = self.inside(&column.events, window);
        purchases.sort_by(|a, b| b.place().cmp(&a.place()));
        let amount = |event: &Happening| match Quantity::from(&event.property(&column.path, self.declarations)?) {
            Quantity::Number(number) => Some(number),
            other => unreachable!("no number: {other:?}"),
        };
        let mut left = purchases.iter().map(|purchase| amount(purchase)).collect::<Vec<_>>();
        let mut refunds = purchases.iter().flat_map(|purchase| self.refunds_of(purchase)).collect::<Vec<_>>();
        refunds.sort_by(|a, b| b.place().cmp(&a.place()));
        refunds.dedup_by(|a, b| std::ptr::eq(*a, *b));
        for refund in refunds {
            // Nothing said is everything.
            let mut open = amount(refund).map(|open| open.max(whole(0)));
            for (purchase, left) in purchases.iter().zip(&mut left) {
                let (true, Some(left)) = (self.refunds_of(purchase).iter().any(|r| std::ptr::eq(*r, refund)), left)
                else {
                    continue;
                };
                let had = left.clone().max(whole(0));
                let taken = open.as_ref().map_or_else(|| had.clone(), |open| open.clone().min(had.clone()));
                *left -= &taken;
                open = open.map(|open| open - taken);
            }
        }
        left.into_iter().flatten().sum()
    }

    /// The value of the most events, or of the greatest weight; the latest of equal ones, then the greatest.
    pub(super) fn top(&self, column: &'a ColumnRef, weight: Option<&'a Path>, window: &'a Window) -> Option<Value> {
        let mut known = BTreeMap::<Value, (Exact, &Happening)>::new();
        let mut inside = self.inside(&column.events, window);
        inside.sort_by_key(|event| event.place());
        for event in inside {
            for (value, weight) in self.weighed(event, column, weight) {
                let (sum, latest) = known.entry(value).or_insert_with(|| (whole(0), event));
                *sum += weight;
                *latest = event;
            }
        }
        let best = known.into_iter().max_by(|(a, (sum_a, latest_a)), (b, (sum_b, latest_b))| {
            (sum_a, latest_a.place(), a).cmp(&(sum_b, latest_b.place(), b))
        });
        best.map(|(value, _)| value)
    }

    fn weighed(&self, event: &Happening, column: &ColumnRef, weight: Option<&Path>) -> Vec<(Value, Exact)> {
        let number = |value: Option<Value>| match (weight, value.as_ref().map(Quantity::from)) {
            (None, _) => whole(1),
            (Some(_), Some(Quantity::Number(number))) => number,
            (Some(_), _) => whole(0),
        };
        let by = |path: Option<&Path>| path.cloned().unwrap_or_else(|| column.path.clone());
        if !column.items {
            let value = event.property(&column.path, self.declarations);
            return value
                .map(|value| (value, number(event.property(&by(weight), self.declarations))))
                .into_iter()
                .collect();
        }
        let pairs = event.line_items().iter().filter_map(|item| {
            let value = event.of_item(item, &column.path, self.declarations)?;
            Some((value, number(event.of_item(item, &by(weight), self.declarations))))
        });
        pairs.collect()
    }
}
