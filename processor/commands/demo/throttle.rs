//! So many lines a second and no more, so that people can read them; the rest is counted.

use super::announced::Way;

/// Transitions that were not shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unshown {
    pub(super) entered: u64,
    pub(super) left: u64,
    pub(super) moved: u64,
}

/// Counts the lines of each second.
#[derive(Debug)]
pub(super) struct Throttle {
    lines_per_second: u32,
    second: u64,
    shown: u32,
    unshown: Unshown,
}

impl Throttle {
    pub(super) const fn new(lines_per_second: u32) -> Self {
        Self { lines_per_second, second: 0, shown: 0, unshown: Unshown { entered: 0, left: 0, moved: 0 } }
    }

    /// Tells which second of watching it is; what was not shown in the one before.
    pub(super) fn second(&mut self, second: u64) -> Option<Unshown> {
        if second == self.second {
            return None;
        }
        (self.second, self.shown) = (second, 0);
        let unshown = std::mem::take(&mut self.unshown);
        (unshown != Unshown::default()).then_some(unshown)
    }

    /// Whether one more line may be shown in this second; counts the transition where not.
    pub(super) fn admits(&mut self, way: Way) -> bool {
        if self.shown < self.lines_per_second {
            self.shown += 1;
            return true;
        }
        match way {
            Way::Entered => self.unshown.entered += 1,
            Way::Exited => self.unshown.left += 1,
            Way::Moved => self.unshown.moved += 1,
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_for_a_second_is_counted_and_told_in_the_next() {
        let mut throttle = Throttle::new(2);
        let admitted: Vec<bool> =
            [Way::Entered, Way::Moved, Way::Entered, Way::Exited, Way::Moved].map(|way| throttle.admits(way)).to_vec();
        assert_eq!(admitted, [true, true, false, false, false]);
        assert_eq!(throttle.second(0), None);
        assert_eq!(throttle.second(1), Some(Unshown { entered: 1, left: 1, moved: 1 }));
        assert!(throttle.admits(Way::Entered));
        assert_eq!(throttle.second(2), None);
    }
}
