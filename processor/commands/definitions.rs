//! Definition files from paths: files as they are named, folders with everything in them that is YAML.

use std::path::{Path, PathBuf};

use spicchio_core::segment::language::{self, Diagnostic, Loaded, Source};

use super::exit::Failure;

/// The files, in order of their names, and what they define or what is wrong with them.
pub(crate) struct Definitions {
    pub(crate) sources: Vec<Source>,
    pub(crate) loaded: Result<Loaded, Vec<Diagnostic>>,
}

/// Reads the definition files of these paths.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Definitions, Failure> {
    let sources = spicchio_runtime::definitions::read(paths).map_err(|error| Failure::Usage(error.to_string()))?;
    let loaded = language::load(&sources);
    Ok(Definitions { sources, loaded })
}

/// What was named cannot be read.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Usage(format!("{} cannot be read: {error}", path.display()))
}
