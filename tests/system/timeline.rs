//! The processor and `replay` tell the same story.
//!
//! Proves: on the timeline of events, what is announced through Kafka, from one topic or from two that have to be read
//! in step, over several partitions, is exactly what `replay` prints for the same events in one file: the same entries
//! and exits at the same milliseconds. The compacted memberships say at the end what the transitions said.

use std::path::{Path, PathBuf};
use std::process::Command;

use spicchio_core::timer::Instant;
use spicchio_testkit::kafka::Broker;
use spicchio_testkit::processor::Setup;
use spicchio_testkit::shop::{ShopEvent, Size};

use crate::scene::{SEGMENTS, Scene};

/// Names a folder with `*.ndjson.gz` of real events, in the input format and in order of time, to be told as well.
const DATA: &str = "SPICCHIO_DATA";
const SIZE: Size = Size { events: 20_000, customers: 400, days: 40 };

fn tells_the_same(scene: &Scene<'_>) {
    scene.write(0..scene.events.len());
    scene.write_closing();
    let mut program = scene.program();
    program.start();
    scene.wait_until_settled(&mut [&mut program]);
    program.terminate();
    scene.assert_same_timeline(&program);
    scene.assert_memberships_agree();
    scene.assert_all_read();
}

#[test]
fn one_topic() {
    let broker = Broker::shared();
    let setup = Setup::new("timeline-one", &broker, SEGMENTS);
    tells_the_same(&Scene::new(&broker, setup, 3, SIZE));
}

#[test]
fn two_topics_read_in_step() {
    let broker = Broker::shared();
    let setup = Setup::new("timeline-two", &broker, SEGMENTS).and_reading("more-events");
    tells_the_same(&Scene::new(&broker, setup, 2, SIZE));
}

/// Says nothing unless the folder is named: the files are not part of the repository.
#[test]
fn real_events() {
    let Some(folder) = std::env::var_os(DATA) else { return };
    for file in data_files(Path::new(&folder)) {
        let broker = Broker::shared();
        let name = file.file_name().map(|name| name.to_string_lossy().replace(".ndjson.gz", "")).unwrap_or_default();
        let mut setup = Setup::new(&format!("timeline-{name}"), &broker, SEGMENTS);
        setup.settings.push("forget_after: 100y".to_owned());
        eprintln!("{name}");
        tells_the_same(&Scene::of(&broker, setup, 3, events_in(&file)));
    }
}

fn data_files(folder: &Path) -> Vec<PathBuf> {
    let listing = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{DATA} = {}: {e}", folder.display()));
    let mut files: Vec<PathBuf> = listing.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".ndjson.gz"));
    files.sort();
    assert!(!files.is_empty(), "{DATA} = {} holds no *.ndjson.gz", folder.display());
    files
}

fn events_in(file: &Path) -> Vec<ShopEvent> {
    let output = Command::new("gzip").arg("-dc").arg(file).output().expect("gzip is installed");
    assert!(output.status.success(), "cannot unpack {}", file.display());
    String::from_utf8(output.stdout).expect("events are UTF-8").lines().map(event).collect()
}

fn event(line: &str) -> ShopEvent {
    let json: serde_json::Value = serde_json::from_str(line).expect("an event a line");
    let text = |name: &str| json[name].as_str().unwrap_or_else(|| panic!("no text `{name}` in {line}"));
    let time = Instant::parse(text("time")).expect("a time in RFC 3339").millis();
    ShopEvent { time, customer: text("customer_id").to_owned(), kind: "any", json: line.to_owned() }
}
