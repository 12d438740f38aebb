//! Purchases and what became of them: `refunded` in a filter, and `net`.
//!
//! A refund can come before the purchase it takes back, in the order of reading, and long after it. So neither says
//! anything about the other when it is folded: purchases are kept with their orders, refunds beside them, and they meet
//! when they are read. Both are kept as long as the window is: a refund that has left it is later than every purchase
//! it could take back, and of two full lists the newest part is enough for what is kept of the purchases.

use super::compile::Compiler;
use super::features::{Reads, Selector, Wanted};
use super::forms::{Asked, Frame};
use super::measure::{Reading, RefundEffect, Refunds};
use crate::feature::Measured;
use crate::segment::language::{ORDER_ID, REFUND_KIND};
use crate::segment::{ColumnRef, Events, Expression, Selection, Term, Type, Window};
use crate::timer::Zone;

/// What is kept of a purchase beside its order.
#[derive(Debug, Default)]
pub(super) struct Together {
    /// Properties.
    pub columns: Vec<Reads>,
    /// Its day in a zone.
    pub day: Option<Zone>,
}

impl Together {
    /// Properties alone.
    pub(super) const fn of(columns: Vec<Reads>) -> Self {
        Self { columns, day: None }
    }
}

/// Whether refunds decide which of these events count.
pub(super) fn is_settled(events: &Events) -> bool {
    split(events).is_some()
}

/// The events without the part of their filter that asks about refunds, and what it asks.
fn split(events: &Events) -> Option<(Events, bool)> {
    let filter = events.filter.as_deref()?;
    let parts = if let Term::And(parts) = &filter.term { parts.as_slice() } else { std::slice::from_ref(filter) };
    let asked = |part: &Expression| {
        let denied = if let Term::Not(inner) = &part.term { inner.term == Term::Refunded } else { false };
        if denied { Some(false) } else { (part.term == Term::Refunded).then_some(true) }
    };
    let (place, refunded) = parts.iter().enumerate().find_map(|(place, part)| Some((place, asked(part)?)))?;
    let mut rest: Vec<Expression> = parts.to_vec();
    rest.remove(place);
    let filter = match rest.len() {
        0 | 1 => rest.pop(),
        _ => Some(Expression { term: Term::And(rest), ty: Type::Boolean }),
    };
    Some((Events { selection: events.selection.clone(), filter: filter.map(Box::new) }, refunded))
}

impl Compiler<'_> {
    /// How events are read of which refunds select some; nothing where they do not.
    pub(super) fn settled(
        &mut self,
        reading: Reading,
        frame: &Frame,
        events: &Events,
        together: Together,
    ) -> Option<Asked> {
        let (plain, refunded) = split(events)?;
        let feature = self.refunds(frame, Vec::new());
        let refunds = Refunds { feature, effect: RefundEffect::Select { refunded } };
        Some(self.purchases(reading, frame, &plain, together, refunds))
    }

    /// `net(purchase.total, W)`
    pub(super) fn net(&mut self, column: &ColumnRef, window: &Window) -> Asked {
        let frame = self.frame(window, &column.events);
        let feature = self.refunds(&frame, vec![Reads::column(column)]);
        let refunds = Refunds { feature, effect: RefundEffect::TakeBack };
        let together = Together::of(vec![Reads::column(column)]);
        self.purchases(Reading::Sum, &frame, &column.events, together, refunds)
    }

    fn purchases(
        &mut self,
        reading: Reading,
        frame: &Frame,
        events: &Events,
        together: Together,
        refunds: Refunds,
    ) -> Asked {
        let Together { columns, day } = together;
        let alone = columns.is_empty() && day.is_none();
        let wanted = Wanted::Entries {
            rule: frame.whole.clone(),
            identified: true,
            measured: Some(if alone { Measured::Column } else { Measured::Tuple(day) }),
        };
        let selector = Selector::of(events, &self.zone, frame.bounds);
        let feature = self.feature(Some(&selector), Some(&order().and(columns)), wanted);
        Asked { reading, feature, span: frame.span.clone(), place: (!alone).then_some(1), refunds: Some(refunds) }
    }

    /// Refunds belong to the customer also inside `for some`: what took an order back need not name its products.
    fn refunds(&mut self, frame: &Frame, amount: Vec<Reads>) -> usize {
        let events = Events { selection: Selection::Types(vec![REFUND_KIND.into()]), filter: None };
        // Those after the end of a fixed window count for purchases inside it.
        let bounds = frame.bounds.map(|(from, _)| (from, None));
        let measured = Some(if amount.is_empty() { Measured::Column } else { Measured::Tuple(None) });
        let wanted = Wanted::Entries { rule: frame.whole.clone(), identified: true, measured };
        let selector = Selector::of(&events, &self.zone, bounds);
        self.customer_feature(Some(&selector), Some(&order().and(amount)), wanted)
    }
}

fn order() -> Reads {
    Reads::of(vec![ORDER_ID.into()], Type::Text)
}
