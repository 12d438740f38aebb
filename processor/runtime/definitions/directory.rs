//! Reads definition files: those that are named, and the YAML files below folders that are named.

use std::path::{Path, PathBuf};
use std::{fs, io};

use spicchio_core::segment::language::Source;

/// The most files.
const FILES_MAX: usize = 10_000;
/// The largest file, in bytes.
const BYTES_MAX: u64 = 16 << 20;
/// How deep folders are looked into.
const DEPTH_MAX: usize = 16;

/// A file or folder cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system said no.
    #[error("cannot read `{}`: {error}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// A limit was met.
    #[error("`{}` {limit}", path.display())]
    TooMuch {
        /// Which one.
        path: PathBuf,
        /// What it exceeds.
        limit: &'static str,
    },
    /// A folder has no definitions.
    #[error("there is no `.yaml` or `.yml` file in `{}`: name the files or folders with your segments", path.display())]
    Nothing {
        /// The folder.
        path: PathBuf,
    },
}

/// The texts of these files, and of the YAML files below these folders, hidden ones left out.
pub fn read(paths: &[PathBuf]) -> Result<Vec<Source>, ReadError> {
    let mut files = Vec::new();
    for path in paths {
        let before = files.len();
        if path.is_dir() {
            collect(path, 0, &mut files)?;
            if files.len() == before {
                return Err(ReadError::Nothing { path: path.clone() });
            }
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    files.dedup();
    files.iter().map(|path| read_one(path)).collect()
}

fn read_one(path: &Path) -> Result<Source, ReadError> {
    let failed = |error| ReadError::Io { path: path.to_owned(), error };
    if fs::metadata(path).map_err(failed)?.len() > BYTES_MAX {
        return Err(ReadError::TooMuch { path: path.to_owned(), limit: "is larger than 16 MiB: split it" });
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    Ok(Source { name: path.display().to_string(), text })
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), ReadError> {
    let failed = |error| ReadError::Io { path: folder.to_owned(), error };
    let too_much = |limit| ReadError::TooMuch { path: folder.to_owned(), limit };
    if depth > DEPTH_MAX {
        return Err(too_much("nests more than 16 folders"));
    }
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        // A mounted configuration has folders such as `..data` beside the links into them.
        if path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() {
            collect(&path, depth + 1, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            files.push(path);
        }
        if files.len() > FILES_MAX {
            return Err(too_much("holds more than 10,000 definition files"));
        }
    }
    Ok(())
}
