//! The demo as somebody sees it who has just built the program: no Kafka, no Java, no configuration.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, and says why")]

mod outside;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use spicchio_testkit::process::{Folder, Process, Signal, until};

/// One demo at a time: two that start at once may both find the same port free.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The demo, with what it throws away in that folder.
fn demo(arguments: &[&str], folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spicchio"));
    command.arg("demo").args(arguments).env("TMPDIR", folder.path());
    command
}

/// Runs it to its end.
fn watched(arguments: &[&str]) -> Output {
    let folder = Folder::fresh("demo");
    let _alone = alone();
    let output = demo(arguments, &folder).output().expect("the program can be started");
    assert!(is_empty(folder.path()), "the demo left something in {}", folder.path().display());
    output
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).expect("the folder is there").next().is_none()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the demo writes UTF-8")
}

/// A membership that began or ended, and what caused it.
type Change = (String, String, String, String, String);

/// The changes in lines of transitions that happened after the watching began, and at least a minute of the shop's time
/// before it ended: what happens in the last moments is on its way.
fn changes(lines: &str, until: &str) -> BTreeSet<Change> {
    let field = |transition: &Value, name: &str| transition[name].as_str().unwrap_or_default().to_owned();
    let read = lines.lines().map(|line| {
        let transition: Value = serde_json::from_str(line).expect("a line is JSON");
        let [at, customer, segment, change, cause] =
            ["at", "customer_id", "segment", "change", "cause"].map(|name| field(&transition, name));
        (at, customer, segment, change, cause)
    });
    let watched = |change: &Change| change.0.as_str() > "2026-11-23T08:00:00.000Z" && change.0.as_str() < until;
    let mut changes = BTreeSet::new();
    for change in read.filter(watched) {
        assert!(changes.insert(change.clone()), "announced twice: {change:?}");
    }
    changes
}

#[test]
fn fifteen_seconds_show_what_events_and_what_time_alone_decides() {
    let place = Folder::fresh("demo-kept");
    let kept = place.path().join("kept").display().to_string();
    let output = watched(&["--seconds", "15", "--output", "json", "--keep", &kept]);
    let (said, lines) = (text(&output.stderr), text(&output.stdout));
    assert!(output.status.success(), "{}: {said}", output.status);
    both_ways_in_and_out(&changes(lines, "9999"), said);
    // 15 s are 15 hours in the shop, and the watching took at least as long.
    let until = "2026-11-23T22:59:00.000Z";
    decided_again_it_is_the_same(&changes(lines, until), &changes(&replayed(&kept), until));
}

fn both_ways_in_and_out(seen: &BTreeSet<Change>, said: &str) {
    for (change, cause) in [("entered", "time"), ("exited", "time"), ("entered", "event"), ("exited", "event")] {
        let any = seen.iter().any(|(_, _, _, way, why)| way == change && why == cause);
        assert!(any, "nobody {change} by {cause} among {} transitions\n{said}", seen.len());
    }
    for (word, change) in [("entries", "entered"), ("exits", "exited"), ("moves", "moved")] {
        let line = said.lines().find(|line| line.starts_with(word)).unwrap_or_else(|| panic!("no {word}: {said}"));
        let told = line.split_whitespace().nth(1).and_then(|count| count.parse().ok());
        assert_eq!(told, Some(seen.iter().filter(|(_, _, _, way, _)| way == change).count()), "{line}");
    }
}

/// Through a broker, partitions, transactions and the passing of time, nothing else was decided than from a file.
fn decided_again_it_is_the_same(live: &BTreeSet<Change>, again: &BTreeSet<Change>) {
    assert!(live.len() > 50, "only {} transitions", live.len());
    let differences: Vec<_> = live.symmetric_difference(again).collect();
    assert!(differences.is_empty(), "{} of {} differ: {differences:#?}", differences.len(), live.len());
}

fn replayed(kept: &str) -> String {
    let (segments, events) = (format!("{kept}/segments"), format!("{kept}/events.ndjson"));
    let mut replay = Command::new(env!("CARGO_BIN_EXE_spicchio"));
    let replayed = replay.args(["replay", "--segments", &segments, "--events", &events]).output();
    let replayed = replayed.expect("the program can be started");
    assert!(replayed.status.success(), "{}", text(&replayed.stderr));
    text(&replayed.stdout).to_owned()
}

#[test]
fn where_time_does_nothing_the_demo_fails() {
    let output = watched(&["--seconds", "1", "--speed", "1s"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("by time alone"), "{said}");
}

#[test]
fn it_is_seen_from_outside_and_asked_to_end_it_tidies_up() {
    let folder = Folder::fresh("demo-temporary");
    let log = Folder::fresh("demo-log");
    let _alone = alone();
    let mut running = Process::start("the demo", &mut demo(&[], &folder), &log.path().join("output.txt"));
    until("a line about time", Duration::from_mins(2), || running.output().contains("by time"));
    let said = running.output();
    let (transition, header) = outside::first_transition(&outside::told(&said, " -b "), &outside::told(&said, " -t "));
    assert_eq!(transition["segment"], header.as_str(), "{transition}");
    for address in said.split("curl '").skip(1).filter_map(|rest| rest.split('\'').next()) {
        assert!(!outside::body(address).is_empty(), "{address} says nothing");
    }
    running.signal(Signal::Terminate);
    let status = running.wait(Duration::from_secs(30));
    let output = running.output();
    assert!(status.success() && output.contains("entries"), "{status}: {output}");
    assert!(is_empty(folder.path()), "the demo left something behind");
}
