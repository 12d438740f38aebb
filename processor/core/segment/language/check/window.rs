//! Stretches of history: lengths that hold something, moments in the file's zone.

use super::Checker;
use super::calendar::surely_longer;
use crate::segment::Window;
use crate::segment::language::Diagnostic;
use crate::segment::language::ast::{When, WindowKind, WindowNode};
use crate::timer::{Instant, Length};

impl Checker<'_> {
    pub(super) fn window(&mut self, node: Option<&WindowNode>) -> Option<Window> {
        let Some(WindowNode { kind, span, .. }) = node else { return Some(Window::Life) };
        match kind {
            WindowKind::Last { from, to } => {
                let to = to.unwrap_or(Length::fixed(0));
                if surely_longer(*from, to) {
                    return Some(Window::Last { from: *from, to });
                }
                let (message, help) = if to == Length::fixed(0) {
                    (format!("a window of `{from}` holds nothing"), "leave the window out to mean the whole life")
                } else {
                    let message = format!("this window holds nothing: `{from}` is not always longer than `{to}`");
                    (message, "the older edge comes first: `90d..30d`")
                };
                self.fail(Diagnostic::error("empty-window", *span, message).help(help))
            }
            WindowKind::Period(period) => self.period_window(*period, *span),
            WindowKind::Since(from) => Some(Window::Between { from: self.moment_of(*from), to: None }),
            WindowKind::Between(from, to) => {
                let (from, to) = (self.moment_of(*from), self.moment_of(*to));
                if from < to {
                    return Some(Window::Between { from, to: Some(to) });
                }
                let message = "this window holds nothing: it ends before it begins";
                let help = "the first moment is included, the second is not";
                self.fail(Diagnostic::error("empty-window", *span, message).help(help))
            }
            WindowKind::After(nth, events, inner) => {
                let events = self.events(events);
                let (nth, inner) = (self.nth(*nth), self.window(inner.as_deref()));
                Some(Window::After(nth?, events?, Box::new(inner?)))
            }
        }
    }

    fn moment_of(&self, when: When) -> Instant {
        match when {
            When::Date(date) => self.zone.start_of(date),
            When::Instant(instant) => instant,
        }
    }
}
