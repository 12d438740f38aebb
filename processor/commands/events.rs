//! A file of events, one JSON object a line; `-` is standard input.
//!
//! Read in large pieces into one buffer that is used again, and decoded as a record without key. A line that is refused
//! goes to standard error with its number and reason, and is counted. Not here: what an event does.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use spicchio_core::event::{Decoder, Event, Interest, Mapping, Reason, Record, Rejection, TopicRules};
use spicchio_core::timer::{Instant, Length};
use spicchio_runtime::config;

use super::definitions::unreadable;
use super::exit::Failure;
use super::terminal::Terminal;

/// How much is read at once, in bytes.
const CHUNK_BYTES: usize = 1 << 20;

/// Refused lines that are shown one by one; the rest is counted.
const SHOWN_MAX: u64 = 20;

/// How often the progress bar moves, in lines.
const LINES_PER_TICK: u64 = 10_000;

/// Where events come from and how they are read.
#[derive(Debug, Args)]
pub(crate) struct Events {
    /// A file of events, one JSON object a line; `-` is standard input
    #[arg(long = "events", value_name = "FILE")]
    file: PathBuf,
    /// Where the parts of an event stand, as in the configuration: '{type: /event, customer: /userId}'
    #[arg(long, value_name = "MAPPING", value_parser = config::mapping)]
    decode: Option<Mapping>,
    /// Refuse an event this much older than the newest one read before it
    #[arg(long, value_name = "LENGTH", value_parser = fixed)]
    max_late: Option<i64>,
    /// Refuse an event this much newer than the newest one read before it
    #[arg(long, value_name = "LENGTH", value_parser = fixed)]
    max_ahead: Option<i64>,
}

fn fixed(text: &str) -> Result<i64, String> {
    match config::length(text) {
        Some(length) if !length.is_calendar() => Ok(length.millis()),
        Some(_) => Err("months differ in length: use days or weeks".to_owned()),
        None => Err("write 30s, 15m, 4h, 7d or 2w".to_owned()),
    }
}

/// Reads a length of time, calendar or not.
pub(crate) fn length(text: &str) -> Result<Length, String> {
    config::length(text).ok_or_else(|| "write 30d, 3mo, 1y or 25mo".to_owned())
}

/// Reads an instant, or the first moment of a day in UTC.
pub(crate) fn instant(text: &str) -> Result<Instant, String> {
    let day = spicchio_core::timer::Date::parse(text).map(|date| spicchio_core::timer::Zone::UTC.start_of(date));
    day.or_else(|| Instant::parse(text)).ok_or_else(|| "write 2026-01-31 or 2026-01-31T10:00:00Z".to_owned())
}

/// What became of the lines.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Lines read, empty ones left out.
    pub(crate) lines: u64,
    /// Lines refused, by reason.
    pub(crate) refused: BTreeMap<Reason, u64>,
    /// The time of the newest event.
    pub(crate) newest: Option<Instant>,
}

impl Tally {
    /// How many lines were refused.
    pub(crate) fn refused_in_all(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Says how many lines were refused, and why.
    pub(crate) fn say(&self, terminal: Terminal) {
        if !self.refused.is_empty() {
            let reasons: Vec<String> = self.refused.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
            let (refused, lines) = (self.refused_in_all(), self.lines);
            terminal.say(&format!("{refused} of {lines} lines were refused: {}", reasons.join(", ")));
        }
    }
}

impl Events {
    /// Reads all events in the order of the file.
    pub(crate) fn read(
        &self,
        interest: &Interest,
        terminal: Terminal,
        mut each: impl FnMut(Event) -> Result<(), Failure>,
    ) -> Result<Tally, Failure> {
        let rules = TopicRules {
            mapping: self.decode.clone().unwrap_or_default(),
            max_ahead_millis: self.max_ahead,
            max_late_millis: self.max_late,
            control: true,
            key_required: false,
        };
        let decoder = Decoder::new(interest, &rules);
        let (mut lines, progress) = self.open()?;
        let mut tally = Tally::default();
        let mut number = 0;
        loop {
            if number % LINES_PER_TICK == 0 {
                progress.set_position(lines.bytes);
            }
            let Some(line) = lines.next().map_err(|error| unreadable(&self.file, &error))? else { break };
            number += 1;
            if line.is_empty() {
                continue;
            }
            tally.lines += 1;
            // What a record's Kafka timestamp is to `run`, the newest time read so far is to a file.
            let record = Record { value: Some(line), timestamp: tally.newest, ..Record::default() };
            match decoder.decode(&record) {
                Ok(event) => {
                    tally.newest = tally.newest.max(Some(event.time));
                    each(event)?;
                }
                Err(rejection) => refuse(&rejection, number, &self.file, &mut tally, terminal),
            }
        }
        progress.finish_and_clear();
        Ok(tally)
    }

    fn open(&self) -> Result<(Lines<Box<dyn Read>>, ProgressBar), Failure> {
        if self.file == Path::new("-") {
            return Ok((Lines::new(Box::new(io::stdin().lock())), ProgressBar::hidden()));
        }
        let file = File::open(&self.file).map_err(|error| unreadable(&self.file, &error))?;
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        Ok((Lines::new(Box::new(file)), progress(length)))
    }
}

/// A bar on standard error, when a person looks at it and the data goes elsewhere.
fn progress(length: u64) -> ProgressBar {
    if io::stdout().is_terminal() || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length);
    let template = "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn refuse(rejection: &Rejection, line: u64, file: &Path, tally: &mut Tally, terminal: Terminal) {
    *tally.refused.entry(rejection.reason).or_default() += 1;
    let refused = tally.refused_in_all();
    if refused <= SHOWN_MAX {
        let name = if file == Path::new("-") { Path::new("standard input") } else { file };
        terminal.say(&format!("{}:{line}: {rejection}", name.display()));
    } else if refused == SHOWN_MAX + 1 {
        terminal.say("further refused lines are counted, not shown");
    }
}

/// The lines of a file, through one buffer.
struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    /// Read so far.
    bytes: u64,
}

impl<R: Read> Lines<R> {
    /// A longer line is refused as too large and its end skipped, in bytes.
    const BYTES_MAX: u64 = Record::VALUE_BYTES_MAX as u64 + 1;

    fn new(source: R) -> Self {
        Self { reader: BufReader::with_capacity(CHUNK_BYTES, source), line: Vec::new(), bytes: 0 }
    }

    /// The next line without its end, or nothing after the last.
    fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        let read = (&mut self.reader).take(Self::BYTES_MAX).read_until(b'\n', &mut self.line)?;
        self.bytes += read as u64;
        if read == 0 {
            return Ok(None);
        }
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
            if self.line.last() == Some(&b'\r') {
                self.line.pop();
            }
        } else if read as u64 == Self::BYTES_MAX {
            self.bytes += self.reader.skip_until(b'\n')? as u64;
        }
        Ok(Some(&self.line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<usize> {
        let mut lines = Lines::new(text);
        let mut lengths = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            lengths.push(line.len());
        }
        assert_eq!(lines.bytes, text.len() as u64);
        lengths
    }

    #[test]
    fn lines_end_as_they_may_and_long_ones_do_not_run_into_the_next() {
        assert_eq!(lines(b""), Vec::<usize>::new());
        assert_eq!(lines(b"a\nbc\r\n\nd"), [1, 2, 0, 1]);
        let long = [vec![b'x'; Record::VALUE_BYTES_MAX * 3], b"\nshort\n".to_vec()].concat();
        assert_eq!(lines(&long), [Record::VALUE_BYTES_MAX + 1, 5]);
    }
}
