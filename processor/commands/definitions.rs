//! Definition files from paths, loaded and shown when they are wrong.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use spicchio_core::segment::Catalog;
use spicchio_core::segment::language::{self, Diagnostic, Loaded, Source};
use spicchio_core::timer::Length;
use spicchio_runtime::definitions;

use super::diagnostics;
use super::exit::Failure;
use super::terminal::Terminal;

/// The files, in order of their names, and what they define or what is wrong with them.
pub(crate) struct Definitions {
    pub(crate) sources: Vec<Source>,
    pub(crate) loaded: Result<Loaded, Vec<Diagnostic>>,
}

/// Reads the definition files of these paths.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Definitions, Failure> {
    let sources = definitions::read(paths).map_err(|error| Failure::Usage(error.to_string()))?;
    let loaded = language::load(&sources);
    Ok(Definitions { sources, loaded })
}

impl Definitions {
    /// What the files define; where they are wrong, shows it first.
    pub(crate) fn accepted(&self, terminal: Terminal) -> Result<&Loaded, Failure> {
        self.loaded.as_ref().map_err(|mistakes| {
            diagnostics::show(mistakes, &self.sources, terminal);
            Failure::Broken(format!("the definitions have {} mistakes", mistakes.len()))
        })
    }
}

/// The catalog of these paths; where they are wrong, shows it first.
pub(crate) fn catalog(paths: &[PathBuf], terminal: Terminal) -> Result<Arc<Catalog>, Failure> {
    Ok(Arc::new(Catalog::compile(&read(paths)?.accepted(terminal)?.definitions)))
}

/// Refuses segments that look further back than customers are remembered, and shows them.
pub(crate) fn remembered(catalog: &Catalog, forget_after: Length, terminal: Terminal) -> Result<(), Failure> {
    let looks = catalog.looks_beyond(forget_after);
    for look in &looks {
        terminal.error(&look.to_string());
    }
    if looks.is_empty() {
        return Ok(());
    }
    Err(Failure::Broken("segments look further back than customers are remembered".to_owned()))
}

/// What was named cannot be read.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::Usage(format!("{} cannot be read: {error}", path.display()))
}
