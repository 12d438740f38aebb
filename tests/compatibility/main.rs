//! What an earlier version wrote is read by this one.
//!
//! Each folder below `snapshots` holds definitions, events, and the snapshot that some version made of them. It proves
//! that the files are still read, that their layout still means what this version keeps, and that what comes back is
//! what folding the same events gives now. A new format gets a folder of its own, written once with
//! `SPICCHIO_WRITE=FOLDER cargo test --test compatibility`; the old ones stay.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, and says why")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use spicchio_core::customer::Customer;
use spicchio_core::engine::{Effects, Engine, Input, Settings};
use spicchio_core::event::{Decoder, Record, TopicRules};
use spicchio_core::segment::Catalog;
use spicchio_core::segment::language::{Source, load};
use spicchio_runtime::config::Place;
use spicchio_runtime::snapshot::{Shelf, Store, found, keep, read, restore};

/// Names a folder to be written.
const WRITE: &str = "SPICCHIO_WRITE";
const GROUP: &str = "shop";

struct Fixture {
    folder: PathBuf,
    catalog: Arc<Catalog>,
    settings: Settings,
}

impl Fixture {
    fn of(folder: PathBuf) -> Self {
        let text = std::fs::read_to_string(folder.join("segments.yaml")).expect("a fixture has definitions");
        let loaded = load(&[Source { name: "segments.yaml".to_owned(), text }]).expect("they are legal");
        let catalog = Arc::new(Catalog::compile(&loaded.definitions));
        let settings = Settings { dedup_millis: vec![600_000], grace_millis: Some(0), forget_after: None, seed: 3 };
        Self { folder, catalog, settings }
    }

    fn shelf(&self) -> Shelf {
        Shelf::new(Store::open(&Place::Folder(self.folder.join("store"))).expect("a folder"), GROUP)
    }

    fn empty(&self) -> Engine {
        Engine::new(Arc::clone(&self.catalog), &self.settings)
    }

    /// An engine that has read the events.
    fn folded(&self) -> Engine {
        let decoder =
            Decoder::new(self.catalog.interest(), &TopicRules { key_required: false, ..TopicRules::default() });
        let (mut engine, mut effects) = (self.empty(), Effects::default());
        let events = std::fs::read_to_string(self.folder.join("events.ndjson")).expect("a fixture has events");
        for line in events.lines() {
            let record = Record { value: Some(line.as_bytes()), ..Record::default() };
            let event = decoder.decode(&record).unwrap_or_else(|rejection| panic!("{line}: {rejection:?}"));
            engine.apply(Input::Clock(event.time), &mut effects);
            engine.apply(Input::Event { topic: 0, event }, &mut effects);
        }
        engine
    }
}

/// Every customer without its deadline, which is derived.
fn customers(engine: &Engine) -> BTreeMap<String, Customer> {
    let ids = engine.table().ids();
    let one = |id: &str| {
        let customer = engine.table().read(id, Clone::clone).expect("it is there");
        // What follows from the rest is not written.
        let Customer { deadline, pending, .. } = Customer::new();
        Customer { deadline, pending, ..customer }
    };
    ids.iter().map(|id| (id.to_string(), one(id.as_str()))).collect()
}

fn snapshots() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compatibility/snapshots")
}

#[test]
fn snapshots_of_every_version_are_read() {
    if let Some(name) = std::env::var_os(WRITE) {
        let fixture = Fixture::of(snapshots().join(name));
        keep(&fixture.shelf(), &fixture.folded(), &fixture.catalog, "one").expect("it is written");
    }
    let folders: Vec<PathBuf> = std::fs::read_dir(snapshots())
        .expect("there are fixtures")
        .map(|entry| entry.expect("a folder").path())
        .collect();
    assert!(!folders.is_empty(), "no version has a fixture");
    for folder in folders {
        let (fixture, shown) = (Fixture::of(folder.clone()), folder.display());
        let shelf = fixture.shelf();
        let all = found(&shelf, None).expect("the folder can be listed");
        let [one] = all.as_slice() else { panic!("{shown} holds {} snapshots", all.len()) };
        let manifest = one.manifest.as_ref().unwrap_or_else(|error| panic!("{shown}: {error}"));
        assert_eq!(manifest.layout, **fixture.catalog.layout(), "{shown}: state means something else now");
        let mut seen = 0;
        read(&shelf, &one.name, manifest, |_, _| seen += 1).unwrap_or_else(|error| panic!("{shown}: {error}"));
        let mut engine = fixture.empty();
        restore(&shelf, &one.name, manifest, &mut engine, true).unwrap_or_else(|error| panic!("{shown}: {error}"));
        let expected = fixture.folded();
        assert_eq!((customers(&engine), engine.members()), (customers(&expected), expected.members()), "{shown}");
        assert!(seen > 2 && engine.table().len() == seen, "{shown} holds too little to prove anything");
    }
}

/// The checksums cover everything: no bit of a whole snapshot can change without being noticed.
#[test]
fn no_bit_of_a_snapshot_changes_unnoticed() {
    let fixture = Fixture::of(snapshots().join("v1"));
    let folder = std::env::temp_dir().join(format!("spicchio-bits-{}", std::process::id()));
    let shelf = Shelf::new(Store::open(&Place::Folder(folder.clone())).expect("a folder"), GROUP);
    keep(&shelf, &fixture.folded(), &fixture.catalog, "one").expect("it is written");
    let partition = folder.join(GROUP).join("0");
    let files = [partition.join("one.manifest"), partition.join("one/00000")];
    let intact = || {
        let manifest = shelf.manifest(0, "one").map_err(|error| error.to_string())?;
        read(&shelf, "one", &manifest, |_, _| ()).map_err(|error| error.to_string())
    };
    assert_eq!(intact(), Ok(()));
    for file in files {
        let bytes = std::fs::read(&file).expect("it was written");
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << (place % 8);
            std::fs::write(&file, damaged).expect("the folder is the test's own");
            assert!(intact().is_err(), "byte {place} of {} may change unnoticed", file.display());
        }
        std::fs::write(&file, bytes).expect("the folder is the test's own");
    }
    assert_eq!(intact(), Ok(()));
    std::fs::remove_dir_all(folder).expect("the folder is the test's own");
}
