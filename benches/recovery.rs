//! What a snapshot costs and what it saves: `cargo bench --bench recovery`. No broker; a hundred segments, a million
//! customers, the workload of the `engine` bench, kept in a folder below `target` and read back.
//!
//! Arguments: customers, events (`-- 100000 300000`). Prints the longest pause for one shard, the time to write and
//! sync everything, bytes, and the time to load it, derive every deadline included.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints what it measured, and stops where it cannot measure"
)]

mod workload;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant as Wall};

use spicchio_core::engine::{Effects, Engine, Input, Settings};
use spicchio_core::event::{Decoder, Record, TopicRules};
use spicchio_core::segment::language::{builtin_declarations, condition};
use spicchio_core::segment::{Catalog, Definitions, SegmentDefinition};
use spicchio_core::timer::{Instant, Zone};
use spicchio_core::transition::Cause;
use spicchio_runtime::config::Place;
use spicchio_runtime::snapshot::{Shelf, Store, keep, restore};

/// The program's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 2026-01-01T00:00:00Z.
const START_MILLIS: i64 = 1_767_225_600_000;
const SPAN_MILLIS: i64 = 30 * 86_400_000;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let customers = numbers.next().unwrap_or(1_000_000);
    let events = numbers.next().unwrap_or(customers * 3);
    let catalog = catalog();
    let settings = Settings { dedup_millis: vec![600_000], grace_millis: Some(1_000), forget_after: None, seed: 1 };
    let engine = filled(&catalog, &settings, customers, events);

    let pauses = pauses(&engine);
    let longest = pauses.iter().max().copied().unwrap_or_default();
    let all: Duration = pauses.iter().sum();

    let folder = Path::new("target/bench-recovery");
    let _ = std::fs::remove_dir_all(folder);
    let shelf = Shelf::new(Store::open(&Place::Folder(folder.to_owned())).expect("a folder"), "bench");
    let begun = Wall::now();
    let manifest = keep(&shelf, &engine, &catalog, "one").expect("the snapshot is written");
    let written = begun.elapsed();

    let begun = Wall::now();
    let mut loaded = Engine::new(Arc::clone(&catalog), &settings);
    restore(&shelf, "one", &manifest, &mut loaded, true).expect("the snapshot is read");
    let read = begun.elapsed();
    let mut effects = Effects::default();
    loaded.settle(engine.clock(), None, Cause::Late, &mut effects);
    let settled = begun.elapsed();
    assert_eq!((loaded.table().len(), loaded.members()), (engine.table().len(), engine.members()));
    assert_eq!(effects.facts.recovery_mismatches, 0, "what was loaded is what was kept");

    let stored: u64 = manifest.parts.iter().map(|part| part.bytes).sum();
    let each = |bytes: u64| bytes as f64 / manifest.customers as f64;
    println!("segments {}  customers {}  events {events}", catalog.segments().len(), manifest.customers);
    println!("pause for one shard: longest {:.1} ms, all 256 {:.2} s", millis(longest), all.as_secs_f64());
    println!("write, compress and sync: {:.2} s", written.as_secs_f64());
    println!(
        "{stored} bytes stored ({:.0} a customer) of {} bytes of rows ({:.0} a customer)",
        each(stored),
        manifest.bytes,
        each(manifest.bytes)
    );
    println!("load: {:.2} s; with every deadline derived: {:.2} s", read.as_secs_f64(), settled.as_secs_f64());
    let _ = std::fs::remove_dir_all(folder);
}

/// How long each shard's rows take, as a worker cuts them.
fn pauses(engine: &Engine) -> Vec<Duration> {
    let cut = |shard: u8| {
        let begun = Wall::now();
        let mut rows = Vec::new();
        engine.write_shard(shard, &mut rows).expect("rows are written");
        begun.elapsed()
    };
    (0..=u8::MAX).map(cut).collect()
}

/// An engine that has read the events.
fn filled(catalog: &Arc<Catalog>, settings: &Settings, customers: u64, events: u64) -> Engine {
    let decoder = Decoder::new(catalog.interest(), &TopicRules { key_required: false, ..TopicRules::default() });
    let (mut engine, mut effects) = (Engine::new(Arc::clone(catalog), settings), Effects::default());
    let (mut source, mut json) = (workload::Events::new(7, customers), String::new());
    for number in 0..events {
        let time = START_MILLIS + (i128::from(number) * i128::from(SPAN_MILLIS) / i128::from(events)) as i64;
        source.next_at(time, &mut json);
        let record = Record { value: Some(json.as_bytes()), ..Record::default() };
        let event = decoder.decode(&record).unwrap_or_else(|rejection| panic!("{json}: {rejection:?}"));
        if number % 1_000 == 0 {
            engine.apply(Input::Clock(Instant::from_millis(time)), &mut effects);
        }
        engine.apply(Input::Event { topic: 0, event }, &mut effects);
        effects.transitions.clear();
    }
    engine
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

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
