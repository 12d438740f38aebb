//! What is shown: transitions as they come, at most so many a second, and at the end what came of it all.

use std::io::{BufWriter, StdoutLock, Write as _};
use std::time::Duration;

use spicchio_core::timer::{Instant, Length};

use super::announced::Announced;
use super::line::{Paint, line, moment};
use super::tally::{Causes, Tally};
use super::throttle::{Throttle, Unshown};
use crate::commands::exit::Failure;
use crate::commands::terminal::{self, Format, Terminal};

/// More lines a second than this nobody reads.
const LINES_PER_SECOND: u32 = 10;

/// The screen.
pub(super) struct Screen {
    data: BufWriter<StdoutLock<'static>>,
    format: Format,
    opening: Instant,
    paint: Paint,
    throttle: Throttle,
    tally: Tally,
}

impl Screen {
    /// An empty screen; what happened before `opening` is counted and not shown.
    pub(super) fn new(format: Format, opening: Instant, terminal: Terminal) -> Self {
        Self {
            data: terminal::data(),
            format,
            opening,
            paint: Paint { on: terminal.data_color() },
            throttle: Throttle::new(LINES_PER_SECOND),
            tally: Tally::default(),
        }
    }

    /// What was counted so far.
    pub(super) const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The same, to count what is sent.
    pub(super) const fn tally_mut(&mut self) -> &mut Tally {
        &mut self.tally
    }

    /// Shows these transitions, the earlier before the later.
    pub(super) fn show(&mut self, values: Vec<Vec<u8>>, watched: Duration) -> Result<(), Failure> {
        if let Some(unshown) = self.throttle.second(watched.as_secs()) {
            self.admit(unshown)?;
        }
        let read =
            |value: Vec<u8>| Announced::read(&value).map(|announced| (announced, value)).map_err(Failure::Broken);
        let mut read = values.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        read.sort_by_key(|(announced, _)| announced.at());
        for (announced, value) in read {
            if announced.at() <= Some(self.opening) {
                self.tally.announced_past += 1;
                continue;
            }
            self.tally.count(&announced);
            match self.format {
                Format::Json => {
                    self.data.write_all(&value)?;
                    self.data.write_all(b"\n")?;
                }
                Format::Text if self.throttle.admits(announced.way()) => {
                    writeln!(self.data, "{}", line(&announced, self.paint))?;
                }
                Format::Text => {}
            }
        }
        self.data.flush()?;
        Ok(())
    }

    /// Owns up to what was left out.
    fn admit(&mut self, Unshown { entered, left, moved }: Unshown) -> Result<(), Failure> {
        let text = format!(
            "                  … and {} more: {entered} entered, {left} left, {moved} moved",
            entered + left + moved
        );
        writeln!(self.data, "{}", self.paint.dim(&text))?;
        Ok(())
    }

    /// Sums up, on standard error.
    pub(super) fn sum_up(&mut self, watched: Duration, speed: i64, terminal: Terminal) -> Result<(), Failure> {
        if let Some(unshown) = self.throttle.second(u64::MAX) {
            self.admit(unshown)?;
            self.data.flush()?;
        }
        let Tally { events, entries, exits, moves, .. } = self.tally;
        let seconds = watched.as_secs_f64();
        let passed = i64::try_from(watched.as_millis()).unwrap_or(i64::MAX).saturating_mul(speed) / 1_000;
        let to = self.opening.plus(passed);
        let rate = f64::from(u32::try_from(events).unwrap_or(u32::MAX)) / seconds.max(0.001);
        let causes = |Causes { by_time, otherwise }: Causes| format!("{otherwise} by an event, {by_time} by time");
        terminal.say(&format!(
            "\nWatched {seconds:.0} s, {} a second: {} to {} in the shop\n\
             events   {events:>6}  ({rate:.0} a second)\n\
             entries  {:>6}  ({})\n\
             exits    {:>6}  ({})\n\
             moves    {:>6}  ({})",
            Length::fixed(speed),
            moment(self.opening),
            moment(to),
            entries.all(),
            causes(entries),
            exits.all(),
            causes(exits),
            moves.all(),
            causes(moves),
        ));
        Ok(())
    }
}
