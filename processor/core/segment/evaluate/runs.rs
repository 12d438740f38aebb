//! Sessions: runs of events less than a gap apart.
//!
//! They are made of the events inside the window alone: one that its edge cuts counts with what lies inside.

use super::View;
use super::datum::Datum;
use super::orders::items;
use super::quantity::Quantity;
use super::reading::Measurement;
use super::window::Window;
use crate::segment::plan::Measure;

/// What runs are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// How many.
    Number,
    /// How long they take together.
    Duration,
}

/// The runs of a measure's events that are less than `gap` milliseconds apart.
pub(super) fn runs<'a>(measure: &'a Measure, gap: i64, asked: Asked, view: &View<'a>) -> Measurement<'a> {
    let window = Window::at(&measure.span, view);
    let mut until = window.until;
    let (mut number, mut millis) = (0_i64, 0_i64);
    let mut next = None;
    for item in items(measure, view) {
        if !window.holds(&item) {
            until = window.enters(item.moment).map_or(until, |enters| until.min(enters));
            continue;
        }
        until = until.min(window.leaves(item.moment));
        let time = item.moment.time().millis();
        match next.replace(time).map(|next: i64| next - time) {
            Some(apart) if apart < gap => millis += apart,
            Some(_) | None => number += 1,
        }
    }
    let quantity = match asked {
        Asked::Number => Quantity::count(i128::from(number)),
        Asked::Duration => Quantity::millis(millis),
    };
    Measurement { datum: Datum::Quantity(quantity), until }
}
