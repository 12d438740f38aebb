//! How much time this process and its children have spent on the machine's processors: zero where the system has no
//! `/proc`.

use std::time::Duration;

/// The kernel counts processor time in steps of this.
const TICK: Duration = Duration::from_millis(10);

/// Processor time since the start of each.
#[derive(Clone, Copy, Default)]
pub(crate) struct ProcessorTime {
    pub(crate) processor: Duration,
    pub(crate) broker: Duration,
    pub(crate) bench: Duration,
    pub(crate) machine: Duration,
}

impl ProcessorTime {
    /// As of now.
    pub(crate) fn now() -> Self {
        let mut times = Self { machine: machine(), ..Self::default() };
        let own = std::process::id();
        let Ok(listing) = std::fs::read_dir("/proc") else { return times };
        let numbers = listing.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
        for (name, parent, time) in numbers.filter_map(of_process) {
            match name.as_str() {
                "spicchio" if parent == own => times.processor += time,
                "java" if parent == own => times.broker += time,
                _ => {}
            }
        }
        times.bench = of_process(own).map_or(Duration::ZERO, |(_, _, time)| time);
        times
    }

    /// What was used since an earlier look.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            processor: self.processor.saturating_sub(earlier.processor),
            broker: self.broker.saturating_sub(earlier.broker),
            bench: self.bench.saturating_sub(earlier.bench),
            machine: self.machine.saturating_sub(earlier.machine),
        }
    }
}

/// Name, parent and processor time.
fn of_process(id: u32) -> Option<(String, u32, Duration)> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (head, tail) = text.rsplit_once(") ")?;
    let (_, name) = head.split_once('(')?;
    let fields: Vec<&str> = tail.split(' ').collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u32>().ok();
    Some((name.to_owned(), ticks(1)?, TICK * (ticks(11)? + ticks(12)?)))
}

/// Everything but idling and waiting.
fn machine() -> Duration {
    let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    let ticks: Vec<u32> = line.split_whitespace().skip(1).filter_map(|field| field.parse().ok()).collect();
    let busy = [0, 1, 2, 5, 6, 7].iter().filter_map(|index| ticks.get(*index));
    TICK * busy.sum::<u32>()
}
