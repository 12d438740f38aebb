//! Settings that stand in more than one file say the same in each.

use crate::files::root;

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("cannot read {path}: {e}"))
}

fn setting(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(&format!("{name} = ")))?;
    line.split('"').nth(1).map(str::to_owned)
}

/// A package's clippy.toml replaces the workspace's, so its thresholds have to be repeated.
#[test]
fn lint_thresholds_are_the_same_everywhere() {
    let shared = read("clippy.toml");
    for package in ["processor/core/clippy.toml", "processor/runtime/clippy.toml"] {
        let own = read(package);
        for line in shared.lines().filter(|line| !line.starts_with('#')) {
            assert!(own.lines().any(|l| l == line), "{package} lacks the line `{line}` of clippy.toml");
        }
    }
}

#[test]
fn the_toolchain_is_the_promised_rust_version() {
    let promised = setting(&read("Cargo.toml"), "rust-version").expect("Cargo.toml has a rust-version");
    let used = setting(&read("rust-toolchain.toml"), "channel").expect("rust-toolchain.toml has a channel");
    assert!(used.starts_with(&format!("{promised}.")), "rust-version {promised}, but the toolchain is {used}");
}

/// What the core is built from can do no input or output; the list grows by decision, not by accident.
#[test]
fn the_core_is_built_from_these_and_nothing_else() {
    const PURE: [&str; 17] = [
        "compact_str",
        "dashmap",
        "foldhash",
        "hashbrown",
        "jiff",
        "libm",
        "postcard",
        "regex",
        "schemars",
        "serde",
        "serde-saphyr",
        "serde_json",
        "sha2",
        "simdutf8",
        "smallvec",
        "thiserror",
        "xxhash-rust",
    ];
    let manifest = read("processor/core/Cargo.toml");
    let section = manifest.split("[dependencies]").nth(1).expect("the core has dependencies");
    let named: Vec<&str> = section
        .lines()
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split(['.', ' ', '=']).next().filter(|name| !name.is_empty() && *name != "#"))
        .collect();
    assert!(named.len() > 5, "the core's manifest was not understood: {named:?}");
    let others: Vec<_> = named.iter().filter(|name| !PURE.contains(name)).collect();
    assert!(others.is_empty(), "not known to be pure: {others:?}");
}
