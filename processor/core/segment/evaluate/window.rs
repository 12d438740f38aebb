//! Which kept events lie inside a window, and when they come and go.

use super::View;
use super::reading::extreme_item;
use crate::feature::{Item, Moment, Reach};
use crate::segment::plan::{Measure, Span};
use crate::timer::Instant;

/// A window at an instant.
#[derive(Debug)]
pub struct Window<'a> {
    bounds: Bounds<'a>,
    now: Instant,
    /// Before this instant the window is not another one; entries may still leave a sliding one.
    pub until: Instant,
}

#[derive(Debug)]
enum Bounds<'a> {
    Whole,
    Since {
        from: &'a Reach,
        cutoff: Option<Instant>,
    },
    /// After the first cutoff up to the second, where both are known without trying.
    Between {
        from: &'a Reach,
        to: &'a Reach,
        cutoffs: Option<(Instant, Instant)>,
    },
    After(Item<'a>),
}

impl<'a> Window<'a> {
    /// The window that `span` is at the view's now.
    pub fn at(span: &'a Span, view: &View<'a>) -> Self {
        let now = view.now;
        match span {
            Span::Whole => Self { bounds: Bounds::Whole, now, until: Instant::NEVER },
            Span::Last { from, to: None } => {
                Self { bounds: Bounds::Since { from, cutoff: from.cutoff(now) }, now, until: Instant::NEVER }
            }
            Span::Last { from, to: Some(to) } => {
                let cutoffs = from.cutoff(now).zip(to.cutoff(now));
                Self { bounds: Bounds::Between { from, to, cutoffs }, now, until: Instant::NEVER }
            }
            Span::After(anchor) => Self::after(anchor, view),
        }
    }

    fn after(anchor: &'a Measure, view: &View<'a>) -> Self {
        let (item, until) = extreme_item(anchor, view);
        Self { bounds: item.map_or(Bounds::Whole, Bounds::After), now: view.now, until }
    }

    /// Whether the event lies inside.
    pub fn holds(&self, item: &Item<'_>) -> bool {
        if let Bounds::After(anchor) = &self.bounds { item.is_after(anchor) } else { self.holds_moment(item.moment) }
    }

    /// The same of an event of which only the moment is known.
    pub fn holds_moment(&self, moment: Moment) -> bool {
        match &self.bounds {
            Bounds::Whole => true,
            Bounds::Since { cutoff: Some(cutoff), .. } => moment.time() > *cutoff,
            Bounds::Since { from, cutoff: None } => from.passes(moment.time()) > self.now,
            Bounds::Between { cutoffs: Some((older, newer)), .. } => (older.plus(1)..=*newer).contains(&moment.time()),
            Bounds::Between { from, to, cutoffs: None } => {
                let time = moment.time();
                to.passes(time) <= self.now && self.now < from.passes(time)
            }
            Bounds::After(anchor) => moment > anchor.moment,
        }
    }

    /// When an event that lies inside leaves.
    pub fn leaves(&self, moment: Moment) -> Instant {
        match &self.bounds {
            Bounds::Whole | Bounds::After(_) => Instant::NEVER,
            Bounds::Since { from, .. } | Bounds::Between { from, .. } => from.passes(moment.time()),
        }
    }

    /// When an event that lies outside comes in, if it still will.
    pub fn enters(&self, moment: Moment) -> Option<Instant> {
        match &self.bounds {
            Bounds::Whole | Bounds::After(_) | Bounds::Since { .. } => None,
            Bounds::Between { to, .. } => Some(to.passes(moment.time())).filter(|enters| *enters > self.now),
        }
    }

    /// Whether events older than one that lies outside lie outside too, for good.
    pub const fn ends_at_now(&self) -> bool {
        matches!(self.bounds, Bounds::Whole | Bounds::Since { cutoff: Some(_), .. } | Bounds::After(_))
    }
}
