//! ARCHITECTURE.md lists exactly the folders that exist, and the top level is the fixed one.

use std::collections::BTreeSet;

use crate::files::{folders_in, root};

/// The folders whose parts are mapped one by one.
const MAPPED: [&str; 4] = ["processor", "processor/core", "processor/runtime", "tests"];

#[test]
fn the_code_map_is_true() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md has the code map");
    let mapped: BTreeSet<String> = folders_named_in(&map);
    let existing: BTreeSet<String> = MAPPED.iter().flat_map(|folder| folders_in(folder)).collect();
    let missing: Vec<_> = existing.difference(&mapped).collect();
    let gone: Vec<_> = mapped.iter().filter(|folder| !root().join(folder).is_dir()).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md does not list these folders as `path/`: {missing:?}");
    assert!(gone.is_empty(), "ARCHITECTURE.md lists folders that do not exist: {gone:?}");
}

#[test]
fn the_top_level_is_fixed() {
    let allowed = ["processor", "schemas", "deploy", "tests", "benches"];
    let others: Vec<_> =
        folders_in("").into_iter().filter(|name| !name.starts_with('.') && !allowed.contains(&name.as_str())).collect();
    assert!(others.is_empty(), "the top level holds {allowed:?} and nothing else: {others:?}");
}

/// Paths such as `processor/core/event/` in backticks, below one of the top-level folders.
fn folders_named_in(text: &str) -> BTreeSet<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|word| word.strip_suffix('/'))
        .filter(|word| MAPPED.iter().any(|folder| word.starts_with(&format!("{folder}/"))))
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_map_is_read_as_it_is_written() {
    let text = "`processor/core/event/` what changes it; see `processor/main.rs` and `schemas/`.";
    assert_eq!(folders_named_in(text), BTreeSet::from(["processor/core/event".to_owned()]));
}
