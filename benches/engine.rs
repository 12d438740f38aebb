//! How many events a second one core takes from JSON bytes to transitions, and how many bytes a customer costs:
//! `cargo bench --bench engine`. No broker; a hundred segments, a million customers, Zipf-distributed activity.
//!
//! Arguments: customers, events (`-- 100000 1000000`). Prints events per second of wall time and of processor time,
//! both over the events after every customer has appeared once, and resident memory per customer.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints what it measured, and figures are rounded"
)]

mod workload;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant as Wall};

use spicchio_core::engine::{Effects, Engine, Facts, Input, Settings};
use spicchio_core::event::{Decoder, Record, TopicRules};
use spicchio_core::segment::language::{builtin_declarations, condition};
use spicchio_core::segment::{Catalog, Definitions, SegmentDefinition};
use spicchio_core::timer::{Instant, Zone};
use spicchio_core::wire::transition_value;

/// The program's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 2026-01-01T00:00:00Z.
const START_MILLIS: i64 = 1_767_225_600_000;
const SPAN_MILLIS: i64 = 30 * 86_400_000;
const CHUNK: usize = 50_000;
const CLOCK_EVERY: usize = 1_000;
const GRACE_MILLIS: i64 = 1_000;
const OUTPUT_BYTES_MAX: usize = 256 << 10;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let customers = numbers.next().unwrap_or(1_000_000);
    let total = numbers.next().unwrap_or(customers * 4);
    let catalog = catalog();
    let decoder = Decoder::new(catalog.interest(), &TopicRules { key_required: false, ..TopicRules::default() });
    let settings =
        Settings { dedup_millis: vec![600_000], grace_millis: Some(GRACE_MILLIS), forget_after: None, seed: 1 };
    let before = resident_bytes();
    let mut engine = Engine::new(Arc::clone(&catalog), &settings);
    let mut events = workload::Events::new(7, customers);
    let (mut warm, mut measured) = (Run::default(), Run::default());
    let (mut made, mut done, mut json) = (0, 0, String::new());
    while done < total {
        let chunk: Vec<String> = (0..CHUNK.min((total - done) as usize))
            .map(|_| {
                events.next_at(time_of(made, total), &mut json);
                made += 1;
                json.clone()
            })
            .collect();
        let run = if done < customers { &mut warm } else { &mut measured };
        run.chunk(&chunk, &decoder, &mut engine);
        done += chunk.len() as u64;
    }
    let bytes = resident_bytes().saturating_sub(before) as f64 / engine.table().len() as f64;
    println!(
        "segments {}  features {}  customers {}  timers {}",
        catalog.segments().len(),
        catalog.features().len(),
        engine.table().len(),
        engine.timers()
    );
    warm.print("each customer's first event");
    measured.print("Zipf-distributed events");
    println!("{bytes:.0} bytes resident per customer, everything included");
}

/// When the event with that number happens: they are spread evenly.
fn time_of(number: u64, total: u64) -> i64 {
    START_MILLIS + (i128::from(number) * i128::from(SPAN_MILLIS) / i128::from(total)) as i64
}

/// The segments, compiled.
fn catalog() -> Arc<Catalog> {
    let mut declarations = builtin_declarations();
    let segments = workload::conditions();
    let segments = segments.iter().enumerate().map(|(index, text)| SegmentDefinition {
        name: format!("segment-{index:03}").into(),
        description: None,
        condition: condition(text, &mut declarations, &Zone::UTC)
            .unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}")),
        latch: None,
        grace_millis: 0,
        attach: Vec::new(),
        labels: BTreeMap::new(),
        zone: Zone::UTC,
    });
    let segments = segments.collect();
    Arc::new(Catalog::compile(&Definitions { declarations, segments, ..Definitions::default() }))
}

#[derive(Default)]
struct Run {
    events: u64,
    transitions: u64,
    output_bytes: u64,
    digest: u64,
    facts: Facts,
    wall: Duration,
    processor: Duration,
}

impl Run {
    fn chunk(&mut self, chunk: &[String], decoder: &Decoder, engine: &mut Engine) {
        let (started, processor) = (Wall::now(), processor_time());
        let mut effects = Effects::default();
        for (index, json) in chunk.iter().enumerate() {
            let record = Record { key: None, value: Some(json.as_bytes()), headers: &[], timestamp: None };
            let Ok(event) = decoder.decode(&record) else { continue };
            let clock = (index % CLOCK_EVERY == 0).then(|| event.time.plus(-GRACE_MILLIS));
            engine.apply(Input::Event { topic: 0, event }, &mut effects);
            if let Some(clock) = clock {
                self.advance(engine, clock, &mut effects);
            }
        }
        self.write(&mut effects);
        self.facts.timers_changed += effects.facts.timers_changed;
        self.facts.timers_rearmed += effects.facts.timers_rearmed;
        self.events += chunk.len() as u64;
        self.wall += started.elapsed();
        self.processor += processor_time().saturating_sub(processor);
    }

    fn advance(&mut self, engine: &mut Engine, clock: Instant, effects: &mut Effects) {
        loop {
            effects.more_due = false;
            engine.apply(Input::Clock(clock), effects);
            self.write(effects);
            if !effects.more_due {
                return;
            }
        }
    }

    fn write(&mut self, effects: &mut Effects) {
        for transition in effects.transitions.drain(..) {
            let value = transition_value(&transition, OUTPUT_BYTES_MAX);
            self.output_bytes += value.len() as u64;
            self.transitions += 1;
            self.digest = digest(self.digest, &value);
        }
    }

    fn print(&self, what: &str) {
        let (wall, processor) = (self.wall.as_secs_f64(), self.processor.as_secs_f64());
        println!(
            "{what}: {} events, {} transitions ({} bytes each, digest {:016x})",
            self.events,
            self.transitions,
            self.output_bytes / self.transitions.max(1),
            self.digest
        );
        for (clock, seconds) in [("processor time", processor), ("wall time", wall)] {
            println!(
                "    {:.0} events/s, {:.0} ns/event of {clock}",
                self.events as f64 / seconds,
                seconds * 1e9 / self.events as f64
            );
        }
        println!(
            "    deadlines that changed a membership {}, that only moved on {}",
            self.facts.timers_changed, self.facts.timers_rearmed
        );
    }
}

/// Mixes bytes into a digest, eight at a time: two runs that print the same one wrote the same transitions.
fn digest(mut digest: u64, bytes: &[u8]) -> u64 {
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        digest = (digest.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    digest
}

/// Resident memory of this process; 0 where the system does not tell.
fn resident_bytes() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    pages.and_then(|text| text.split_whitespace().nth(1)?.parse::<usize>().ok()).map_or(0, |pages| pages * 4096)
}

/// Time this process has spent on a processor; 0 where the system does not tell.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok();
    text.and_then(|text| text.split_whitespace().next()?.parse().ok()).map_or(Duration::ZERO, Duration::from_nanos)
}
