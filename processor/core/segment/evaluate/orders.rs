//! The kept events that a measure is about, newest first; of purchases, with what later refunds did to them.

use std::collections::BTreeMap;

use super::View;
use crate::event::{Number, Value};
use crate::feature::{Item, Kept, State, tuple_at};
use crate::segment::plan::{Measure, RefundEffect, Refunds};

/// The kept events of a measure, newest first, whatever its window, each with the measured property as its value.
pub(super) fn items<'a>(measure: &'a Measure, view: &View<'a>) -> impl Iterator<Item = Item<'a>> + use<'a> {
    let place = measure.place;
    settled(measure, view).map(move |item| match (place, item.value) {
        (Some(place), Some(Kept::Value(value))) => Item { value: tuple_at(value, place).map(Kept::Value), ..item },
        (_, _) => item,
    })
}

/// The same with their values as they are kept.
pub(super) fn settled<'a>(measure: &'a Measure, view: &View<'a>) -> impl Iterator<Item = Item<'a>> + use<'a> {
    let kept = view.scope.state(measure.feature).into_iter().flat_map(State::newest_first);
    let place = measure.place.unwrap_or_default();
    let mut orders = measure.refunds.as_ref().map(|refunds| Orders::new(refunds, place, view));
    kept.filter_map(move |item| match &mut orders {
        None => Some(item),
        Some(orders) => orders.settle(item),
    })
}

/// What the refunds seen so far, from the newest on, still take back of earlier purchases, by order.
struct Orders<'a> {
    effect: RefundEffect,
    /// Where a purchase's amount stands.
    place: usize,
    refunds: Option<&'a State>,
    /// How many of the refunds lie before what was looked at.
    left: usize,
    /// In millionths; none for a refund that says no amount and takes back everything.
    open: BTreeMap<&'a Value, Option<i128>>,
}

impl<'a> Orders<'a> {
    fn new(refunds: &Refunds, place: usize, view: &View<'a>) -> Self {
        let state = view.customer.state(refunds.feature);
        let left = state.map_or(0, State::kept_len);
        Self { effect: refunds.effect, place, refunds: state, left, open: BTreeMap::new() }
    }

    /// The purchase as later refunds leave it; nothing where they leave it out.
    fn settle(&mut self, purchase: Item<'a>) -> Option<Item<'a>> {
        while let Some(refund) = self.refunds.zip(self.left.checked_sub(1)).and_then(|(state, last)| state.item(last)) {
            if !refund.is_after(&purchase) {
                break;
            }
            self.left -= 1;
            self.take(&refund);
        }
        let order = order_of(&purchase);
        match self.effect {
            RefundEffect::Select { refunded } => {
                let is_refunded = order.is_some_and(|order| self.open.contains_key(order));
                (is_refunded == refunded).then_some(purchase)
            }
            RefundEffect::TakeBack => Some(self.reduced(purchase, order)),
        }
    }

    fn take(&mut self, refund: &Item<'a>) {
        let Some(order) = order_of(refund) else { return };
        let amount = number_at(refund, 1).map(|number| i128::from(number.millionths()).max(0));
        let open = self.open.entry(order).or_insert(Some(0));
        *open = open.zip(amount).map(|(open, amount)| open + amount);
    }

    fn reduced(&mut self, purchase: Item<'a>, order: Option<&'a Value>) -> Item<'a> {
        let Some(number) = number_at(&purchase, self.place) else { return Item { value: None, ..purchase } };
        let had = i128::from(number.millionths());
        let left = match order.and_then(|order| self.open.get_mut(order)) {
            None => had,
            Some(None) => had.min(0),
            Some(Some(open)) => {
                let taken = (*open).min(had.max(0));
                *open -= taken;
                had - taken
            }
        };
        let left = i64::try_from(left).map_or(number, Number::from_millionths);
        Item { value: Some(Kept::Amount(left)), ..purchase }
    }
}

/// The order is kept alone, or in the first place.
fn order_of<'a>(item: &Item<'a>) -> Option<&'a Value> {
    match item.value? {
        Kept::Value(value @ Value::Object(_)) => tuple_at(value, 0),
        Kept::Value(value) => Some(value),
        Kept::Amount(_) => None,
    }
}

fn number_at(item: &Item<'_>, place: usize) -> Option<Number> {
    let Some(Kept::Value(value)) = item.value else { return None };
    if let Some(Value::Number(number)) = tuple_at(value, place) { Some(*number) } else { None }
}
