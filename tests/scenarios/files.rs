//! The files of a folder, loaded together or each alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use spicchio_core::segment::Catalog;
use spicchio_core::segment::language::{Position, Scenario, load};

pub(crate) use spicchio_core::segment::language::Source;

/// Definitions that were loaded, with their tests.
pub(crate) struct Loaded {
    /// The files.
    pub(crate) sources: Vec<Source>,
    /// What they define.
    pub(crate) catalog: Arc<Catalog>,
    /// Their tests.
    pub(crate) scenarios: Vec<Scenario>,
}

impl Loaded {
    /// These files as one catalog: no mistake, and nothing that their authors should look at.
    pub(crate) fn of(sources: Vec<Source>) -> Self {
        let loaded = load(&sources).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
        assert!(loaded.advice.is_empty(), "{:#?}", loaded.advice);
        assert!(!loaded.scenarios.is_empty(), "no test in {:?}", sources.iter().map(|s| &s.name).collect::<Vec<_>>());
        let catalog = Arc::new(Catalog::compile(&loaded.definitions));
        Self { sources, catalog, scenarios: loaded.scenarios }
    }

    /// All files of a folder as one catalog.
    pub(crate) fn together(folder: &str) -> Self {
        Self::of(sources(folder))
    }

    /// Each file of a folder as a catalog of its own.
    pub(crate) fn each(folder: &str) -> Vec<Self> {
        sources(folder).into_iter().map(|source| Self::of(vec![source])).collect()
    }

    /// Where a test stands: file and line.
    pub(crate) fn place(&self, scenario: &Scenario) -> String {
        let source = self.sources.iter().find(|source| source.name == scenario.file).expect("it came from a file");
        format!("{}:{}", source.name, Position::of(&source.text, scenario.span.start).line)
    }
}

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(root.join(folder)).unwrap_or_else(|e| panic!("cannot list {folder}: {e}"));
    let paths = entries.map(|entry| entry.expect("a listed folder has entries").path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|e| e == "yaml")).collect();
    paths.sort();
    assert!(paths.len() > 5, "{folder} holds only {} files", paths.len());
    paths.iter().map(|path| source(root, path)).collect()
}

fn source(root: &Path, path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
    Source { name: path.strip_prefix(root).unwrap_or(path).display().to_string(), text }
}
