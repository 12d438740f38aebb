//! With a snapshot a recovery reads only what came after it, and comes to the same.
//!
//! Proves: after kill -9 as many records are read again as lie between the newest snapshot and the committed
//! offsets, and the timeline is still that of `replay`; after a stop in good order none are; input that was
//! deleted is not missed where a snapshot covers it, and refused where none does; a snapshot that is damaged is
//! named and the one before it used; a topic with other records is noticed; a store that fails stops nothing, and
//! is told of.

use std::path::{Path, PathBuf};
use std::time::Duration;

use spicchio_runtime::snapshot::Manifest;
use spicchio_testkit::kafka::{Broker, committed, delete_records, ends};
use spicchio_testkit::process::{Folder, until, until_some};
use spicchio_testkit::processor::{Program, Setup};
use spicchio_testkit::shop::Size;

use crate::scene::{SEGMENTS, Scene};

const SIZE: Size = Size { events: 12_000, customers: 400, days: 40 };
const PATIENCE: Duration = Duration::from_mins(2);
const PARTITIONS: i32 = 2;

/// A deployment that takes a snapshot as often as it may, and its store.
struct Kept<'a> {
    scene: Scene<'a>,
    folder: Folder,
}

impl<'a> Kept<'a> {
    fn new(name: &str, broker: &'a Broker, every: &str) -> Self {
        let folder = Folder::fresh(&format!("{name}-store"));
        // One topic: of two that are written while they are read, the slower one is late.
        let mut setup = Setup::new(name, broker, SEGMENTS);
        let store = folder.path().join("snapshots");
        setup.settings.push(format!("snapshots: {{store: {:?}, every: {every}}}", store.display().to_string()));
        Self { scene: Scene::new(broker, setup, PARTITIONS, SIZE), folder }
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("snapshots")
    }

    fn of_partition(&self, partition: i32) -> PathBuf {
        self.store().join(&self.scene.setup.name).join(partition.to_string())
    }

    /// The manifests of a partition, oldest first.
    fn manifests(&self, partition: i32) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.of_partition(partition)) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "manifest"));
        paths.sort();
        paths
    }

    /// From where the newest snapshot of a partition reads each topic again.
    fn newest_from(&self, partition: i32) -> Option<Vec<i64>> {
        let text = std::fs::read_to_string(self.manifests(partition).pop()?).ok()?;
        let json: serde_json::Value = serde_json::from_str(text.rsplit_once("xxh3 ")?.0).ok()?;
        json["inputs"].as_array()?.iter().map(|input| input["from"].as_i64()).collect()
    }

    /// How many records lie between the newest snapshots and what is committed.
    fn after_snapshots(&self) -> i64 {
        let topics = self.scene.setup.input_topics();
        let progress = committed(self.scene.broker, &self.scene.setup.name, &topics);
        let read: i64 = progress.iter().filter_map(|one| one.offset).sum();
        let kept: i64 = (0..PARTITIONS).flat_map(|partition| self.newest_from(partition).expect("a snapshot")).sum();
        read - kept
    }

    /// Waits until everything that was written is in a snapshot.
    fn wait_until_kept(&self) {
        let topics = self.scene.setup.input_topics();
        let ends: Vec<Vec<i64>> = topics.iter().map(|topic| ends(self.scene.broker, topic)).collect();
        until("everything is in a snapshot", PATIENCE, || {
            (0..PARTITIONS).zip(0_usize..).all(|(partition, place)| {
                let is_end = |(from, ends): (&i64, &Vec<i64>)| ends.get(place) == Some(from);
                self.newest_from(partition).is_some_and(|from| from.iter().zip(&ends).all(is_end))
            })
        });
    }
}

/// A counter without labels, or the sum of one over its labels.
fn counted(program: &Program, name: &str) -> Option<f64> {
    let body = program.get("/metrics")?.body;
    let of_it = |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{']));
    Some(body.lines().filter(of_it).filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum())
}

fn wait_until_running(program: &Program) {
    until("every partition runs", PATIENCE, || {
        let Some(answer) = program.get("/metrics") else { return false };
        let is_running = |line: &&str| line.starts_with("spicchio_partition_state{") && line.contains("\"running\"");
        answer.body.lines().filter(is_running).filter(|line| line.ends_with(" 1")).count() == 2
    });
}

fn read_again(program: &Program) -> f64 {
    counted(program, "spicchio_recovery_records_total").expect("it answers")
}

#[test]
#[expect(clippy::float_cmp, clippy::cast_precision_loss, reason = "small whole numbers")]
fn a_recovery_reads_only_what_came_after() {
    let broker = Broker::shared();
    let kept = Kept::new("snapshot-kill", &broker, "1s");
    let scene = &kept.scene;
    let mut program = scene.program();
    scene.write(0..8_000);
    program.start();
    kept.wait_until_kept();
    scene.write(8_000..10_000);
    until("the rest is committed", PATIENCE, || scene.unread() == 0);
    program.kill();
    let after = kept.after_snapshots();
    assert!(after < 8_000, "{after}");
    program.start();
    wait_until_running(&program);
    assert_eq!(read_again(&program), after as f64, "records after the snapshots");
    Scene::assert_recovery_agrees(&program);

    scene.write(10_000..SIZE.events);
    scene.write_closing();
    scene.wait_until_settled(&mut [&mut program]);
    program.terminate();
    assert_eq!(kept.after_snapshots(), 0, "a stop in good order leaves nothing to be read again");
    assert!((0..PARTITIONS).all(|partition| kept.manifests(partition).len() <= 3), "three are kept");
    program.start();
    wait_until_running(&program);
    assert_eq!(read_again(&program), 0.0);
    Scene::assert_recovery_agrees(&program);
    program.terminate();
    scene.assert_same_timeline(&program);
    scene.assert_memberships_agree();
    scene.assert_all_read();
}

#[test]
fn deleted_input_is_not_missed_where_a_snapshot_covers_it() {
    let broker = Broker::shared();
    let kept = Kept::new("snapshot-gone", &broker, "10m");
    let scene = &kept.scene;
    let mut program = scene.program();
    scene.write(0..8_000);
    program.start();
    until("everything is committed", PATIENCE, || scene.unread() == 0);
    program.terminate();
    for topic in scene.setup.input_topics() {
        for (partition, end) in (0..).zip(ends(&broker, topic)) {
            delete_records(&broker, topic, partition, end);
        }
    }
    program.start();
    wait_until_running(&program);
    assert!(read_again(&program) < 1.0, "nothing is left to be read");
    scene.write(8_000..SIZE.events);
    scene.write_closing();
    scene.wait_until_settled(&mut [&mut program]);
    Scene::assert_recovery_agrees(&program);
    program.terminate();
    scene.assert_same_timeline(&program);
    scene.assert_memberships_agree();

    std::fs::remove_dir_all(kept.store()).expect("the store is the test's own");
    program.start();
    let reason = until_some("the partitions stop", PATIENCE, || {
        let answer = program.get("/readyz?verbose")?;
        answer.body.contains("no longer holds offsets 0 to").then_some(answer.body)
    });
    assert!(reason.contains("No snapshot of this partition can be used"), "{reason}");
    program.terminate();
}

#[test]
fn a_damaged_snapshot_is_named_and_the_one_before_it_used() {
    let broker = Broker::shared();
    let kept = Kept::new("snapshot-damage", &broker, "10m");
    let scene = &kept.scene;
    let mut program = scene.program();
    for part in [0..4_000, 4_000..8_000] {
        scene.write(part);
        program.start();
        until("everything is committed", PATIENCE, || scene.unread() == 0);
        program.terminate();
    }
    assert!((0..PARTITIONS).all(|partition| kept.manifests(partition).len() == 2), "a snapshot for each stop");
    assert_eq!(program.command(&["snapshot", "verify"]).code, Some(0), "everything is intact");
    let exported = program.command(&["snapshot", "export"]);
    let customers: std::collections::BTreeSet<&str> =
        scene.events[..8_000].iter().map(|event| event.customer.as_str()).collect();
    assert_eq!((exported.code, exported.stdout.lines().count()), (Some(0), customers.len()), "a line for each");
    damage(&kept.manifests(0)[1], 200);
    let parts = kept.manifests(1)[1].with_extension("");
    damage(&parts.join("00000"), 3_000);
    let verified = program.command(&["snapshot", "verify"]);
    assert_eq!(verified.code, Some(1), "{}", verified.stdout);
    assert_eq!(verified.stdout.matches("WRONG").count(), 2, "{}", verified.stdout);
    program.start();
    wait_until_running(&program);
    assert!(counted(&program, "spicchio_snapshots_refused_total").is_some_and(|refused| refused > 1.5));
    let output = program.output();
    for words in ["its manifest has a wrong checksum", "part `00000` is missing, or its length or checksum"] {
        assert!(output.contains(words), "the log does not say {words:?}:\n{output}");
    }
    let read = read_again(&program);
    assert!(read > 0.0 && read < 4_500.0, "the older snapshots spare the first half: {read} records");
    scene.write(8_000..SIZE.events);
    scene.write_closing();
    scene.wait_until_settled(&mut [&mut program]);
    Scene::assert_recovery_agrees(&program);
    program.terminate();
    scene.assert_same_timeline(&program);
}

fn damage(file: &Path, place: usize) {
    let mut bytes = std::fs::read(file).expect("it is there");
    bytes[place] ^= 1;
    std::fs::write(file, bytes).expect("it can be written");
}

/// A broker forgets the offsets of a topic that is deleted, so it takes a copy of a cluster to meet this: the record
/// before the offsets is not the one that was read.
#[test]
fn a_topic_that_holds_other_records_is_noticed() {
    let broker = Broker::shared();
    let kept = Kept::new("snapshot-anew", &broker, "10m");
    let scene = &kept.scene;
    let mut program = scene.program();
    scene.write(0..2_000);
    program.start();
    until("everything is committed", PATIENCE, || scene.unread() == 0);
    program.terminate();
    for path in (0..PARTITIONS).flat_map(|partition| kept.manifests(partition)) {
        let mut manifest = Manifest::parse(&std::fs::read(&path).expect("it is there")).expect("it is intact");
        let anchor = manifest.inputs[0].anchor.as_mut().expect("records were read");
        anchor.hash = "0".repeat(16);
        std::fs::write(&path, manifest.encode().expect("it can be written")).expect("the store is the test's own");
    }
    program.start();
    let reason = until_some("the partitions stop", PATIENCE, || {
        let answer = program.get("/readyz?verbose")?;
        answer.body.contains("is not the topic that was read").then_some(answer.body)
    });
    assert!(reason.contains(scene.setup.events()), "{reason}");
    program.terminate();
}

#[test]
fn a_store_that_fails_stops_nothing() {
    let broker = Broker::shared();
    let kept = Kept::new("snapshot-store", &broker, "1s");
    let scene = &kept.scene;
    let mut program = scene.program();
    scene.write(0..4_000);
    program.start();
    kept.wait_until_kept();
    // A file where the folder was: nothing can be written, listed or read.
    let aside = kept.folder.path().join("aside");
    std::fs::rename(kept.store(), &aside).expect("the store is the test's own");
    std::fs::write(kept.store(), "in the way").expect("the store is the test's own");
    scene.write(4_000..8_000);
    until("a failure is counted", PATIENCE, || {
        counted(&program, "spicchio_snapshot_failures_total").is_some_and(|failures| failures > 0.5)
    });
    until("everything is committed all the same", PATIENCE, || scene.unread() == 0);
    assert!(program.output().contains("a snapshot was not written"), "{}", program.output());
    std::fs::remove_file(kept.store()).and_then(|()| std::fs::rename(&aside, kept.store())).expect("it comes back");
    scene.write(8_000..SIZE.events);
    kept.wait_until_kept();
    scene.write_closing();
    scene.wait_until_settled(&mut [&mut program]);
    program.terminate();
    scene.assert_same_timeline(&program);
}
