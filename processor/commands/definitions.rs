//! Definition files from paths: files as they are named, folders with everything in them that is YAML.

use std::fs;
use std::path::{Path, PathBuf};

use spicchio_core::segment::language::{self, Diagnostic, Loaded, Source};

use super::exit::Failure;

/// The most files one catalog is read from.
const FILES_MAX: usize = 10_000;

/// How deep folders are searched.
const FOLDER_DEPTH_MAX: usize = 16;

/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// The files, in order of their names, and what they define or what is wrong with them.
pub(crate) struct Definitions {
    pub(crate) sources: Vec<Source>,
    pub(crate) loaded: Result<Loaded, Vec<Diagnostic>>,
}

/// Reads the definition files of these paths.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Definitions, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let is_folder = fs::metadata(path).map_err(|error| unreadable(path, &error))?.is_dir();
        if is_folder {
            let before = files.len();
            search(path, 0, &mut files)?;
            if files.len() == before {
                return Err(Failure::Usage(format!("{} holds no .yaml file", path.display())));
            }
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    files.dedup();
    if files.len() > FILES_MAX {
        return Err(Failure::Usage(format!("{} files: one catalog is read from at most {FILES_MAX}", files.len())));
    }
    let sources = files.iter().map(|file| source(file)).collect::<Result<Vec<_>, _>>()?;
    let loaded = language::load(&sources);
    Ok(Definitions { sources, loaded })
}

fn search(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if depth > FOLDER_DEPTH_MAX {
        return Err(Failure::Usage(format!("{} lies more than {FOLDER_DEPTH_MAX} folders deep", folder.display())));
    }
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let is_yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if path.is_dir() && !hidden {
            search(&path, depth + 1, files)?;
        } else if is_yaml && !hidden {
            files.push(path);
        }
    }
    Ok(())
}

fn source(file: &Path) -> Result<Source, Failure> {
    let length = fs::metadata(file).map_err(|error| unreadable(file, &error))?.len();
    if length > FILE_BYTES_MAX {
        return Err(Failure::Usage(format!("{} is longer than {FILE_BYTES_MAX} bytes", file.display())));
    }
    let text = fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    Ok(Source { name: file.display().to_string(), text })
}

/// What was named cannot be read.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Usage(format!("{} cannot be read: {error}", path.display()))
}
