//! How many events a second one core takes from JSON bytes to transitions, and how many bytes a customer costs:
//! `cargo bench --bench engine`. No broker; a hundred segments, a million customers, Zipf-distributed activity.
//!
//! Arguments: customers, events (`-- 100000 1000000`). Prints events per second of wall time and of processor time, both
//! over the events after every customer has appeared once, and resident memory per customer.

mod workload;

use std::time::{Duration, Instant as Wall};

use spicchio_core::engine::{Effects, Engine, Input, Settings};
use spicchio_core::event::{Decoder, Record, TopicRules};
use spicchio_core::timer::Instant;
use spicchio_core::wire::transition_value;

const CHUNK: usize = 50_000;
const CLOCK_EVERY: usize = 1_000;
const GRACE_MILLIS: i64 = 1_000;
const OUTPUT_BYTES_MAX: usize = 256 << 10;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let customers = numbers.next().unwrap_or(1_000_000);
    let total = numbers.next().unwrap_or(customers * 4);
    let catalog = workload::catalog();
    let decoder = Decoder::new(catalog.interest(), &TopicRules { key_required: false, ..TopicRules::default() });
    let settings = Settings { dedup_millis: vec![600_000], grace_millis: Some(GRACE_MILLIS), forget_after: None, seed: 1 };
    let before = resident_bytes();
    let mut engine = Engine::new(std::sync::Arc::clone(&catalog), &settings);
    let mut events = workload::Events::new(7, customers, total, 30);
    let (mut warm, mut measured) = (Run::default(), Run::default());
    let (mut done, mut json) = (0, String::new());
    while done < total {
        let chunk: Vec<String> = (0..CHUNK.min((total - done) as usize))
            .map(|_| {
                events.next(&mut json);
                json.clone()
            })
            .collect();
        let run = if done < customers { &mut warm } else { &mut measured };
        run.chunk(&chunk, &decoder, &mut engine);
        done += chunk.len() as u64;
    }
    let bytes = resident_bytes().saturating_sub(before) as f64 / engine.table().len() as f64;
    println!("segments {}  features {}  customers {}  timers {}", catalog.segments().len(), catalog.features().len(), engine.table().len(), engine.timers());
    warm.print("each customer's first event");
    measured.print("Zipf-distributed events");
    println!("{bytes:.0} bytes resident per customer, everything included");
}

#[derive(Default)]
struct Run {
    events: u64,
    transitions: u64,
    output_bytes: u64,
    wall: Duration,
}

impl Run {
    fn chunk(&mut self, chunk: &[String], decoder: &Decoder, engine: &mut Engine) {
        let started = Wall::now();
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
        self.events += chunk.len() as u64;
        self.wall += started.elapsed();
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
            self.output_bytes += transition_value(&transition, OUTPUT_BYTES_MAX).len() as u64;
            self.transitions += 1;
        }
    }

    fn print(&self, what: &str) {
        let seconds = self.wall.as_secs_f64();
        println!(
            "{what}: {} events, {} transitions ({} bytes each) in {seconds:.2} s: {:.0} events/s, {:.0} ns/event",
            self.events,
            self.transitions,
            self.output_bytes / self.transitions.max(1),
            self.events as f64 / seconds,
            seconds * 1e9 / self.events as f64
        );
    }
}

/// Resident memory of this process; 0 where the system does not tell.
fn resident_bytes() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    pages.and_then(|text| text.split_whitespace().nth(1)?.parse::<usize>().ok()).map_or(0, |pages| pages * 4096)
}
