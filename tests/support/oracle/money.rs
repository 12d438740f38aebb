//! Refunds: what they took back, and of which order.

use spicchio_core::event::Value;

use super::evaluate::Sight;
use super::form::number;
use super::history::Happening;
use super::quantity::{Exact, whole};
use crate::definition::{ColumnRef, Window};

impl<'a> Sight<'a> {
    /// The purchases in the window, each less what later refunds of its order took back, but never less than nothing.
    pub(super) fn net(&self, column: &'a ColumnRef, window: &'a Window) -> Exact {
        let purchases = self.inside(&column.events, window);
        purchases.into_iter().map(|purchase| self.left_of(purchase, column)).sum()
    }

    fn left_of(&self, purchase: &Happening, column: &ColumnRef) -> Exact {
        let paid = purchase.property(&column.path, self.declarations).as_ref().map_or_else(|| whole(0), number);
        let refunds = self.refunds_of(purchase);
        // A refund that does not say how much took everything.
        let back = refunds.iter().map(|refund| refund.property(&column.path, self.declarations));
        let back = back.map(|total| total.as_ref().map_or_else(|| paid.clone(), number)).sum::<Exact>();
        (paid - back).max(whole(0))
    }

    /// Whether a refund of the purchase's order came after it.
    pub(super) fn is_refunded(&self, purchase: &Happening) -> bool {
        !self.refunds_of(purchase).is_empty()
    }

    /// The refunds of the same order that are not before the purchase.
    fn refunds_of(&self, purchase: &Happening) -> Vec<&'a Happening> {
        let Some(order) = self.order_id(purchase) else { return Vec::new() };
        let is_of_it = |event: &&Happening| {
            event.given.kind == "refund"
                && event.time <= self.now
                && event.time >= purchase.time
                && self.order_id(event).as_ref() == Some(&order)
        };
        self.events.iter().filter(is_of_it).collect()
    }

    fn order_id(&self, event: &Happening) -> Option<Value> {
        event.property(&["order_id".into()], self.declarations)
    }
}
