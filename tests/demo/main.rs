//! The demo as somebody sees it who has just built the program: no Kafka, no Java, no configuration.
#![expect(clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "a test fails by panicking, and says why")]

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

#[test]
fn fifteen_seconds_show_entries_and_exits_by_event_and_by_time() {
    let output = watched(&["--seconds", "15", "--output", "json"]);
    let said = text(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
    let lines = text(&output.stdout).lines();
    let transitions: Vec<Value> = lines.map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let any = |change: &str, cause: &str| transitions.iter().any(|t| t["change"] == change && t["cause"] == cause);
    for (change, cause) in [("entered", "time"), ("exited", "time"), ("entered", "event"), ("exited", "event")] {
        assert!(any(change, cause), "nobody {change} by {cause} among {} transitions\n{said}", transitions.len());
    }
    let counted = |word: &str, change: &str| {
        let line = said.lines().find(|line| line.starts_with(word)).unwrap_or_else(|| panic!("no {word}: {said}"));
        let told = line.split_whitespace().nth(1).and_then(|count| count.parse().ok());
        assert_eq!(told, Some(transitions.iter().filter(|t| t["change"] == change).count()), "{line}");
    };
    counted("entries", "entered");
    counted("exits", "exited");
}

#[test]
fn where_time_does_nothing_the_demo_fails() {
    let output = watched(&["--seconds", "1", "--speed", "1s"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("by time alone"), "{said}");
}

#[test]
fn asked_to_end_it_sums_up_and_tidies_up() {
    let folder = Folder::fresh("demo-temporary");
    let log = Folder::fresh("demo-log");
    let _alone = alone();
    let mut running = Process::start("the demo", &mut demo(&[], &folder), &log.path().join("output.txt"));
    until("a line about time", Duration::from_secs(120), || running.output().contains("by time"));
    running.signal(Signal::Terminate);
    let status = running.wait(Duration::from_secs(30));
    let output = running.output();
    assert!(status.success() && output.contains("entries"), "{status}: {output}");
    assert!(is_empty(folder.path()), "the demo left something behind");
}
