//! The files of the repository: what a checkout holds, without what is built.

use std::path::{Path, PathBuf};

/// Folders that hold nothing of ours.
const SKIPPED: [&str; 3] = ["target", ".git", "node_modules"];

/// A text file of the repository.
pub(crate) struct TextFile {
    /// Its path from the root, with `/`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file, sorted by path.
pub(crate) fn all() -> Vec<TextFile> {
    let mut files = Vec::new();
    let mut folders = vec![root().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                files.push(TextFile { path: relative(&path), text });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(files.len() > 40, "the walk found only {} files", files.len());
    files
}

/// The folders directly below `folder`, by name, sorted.
pub(crate) fn folders_in(folder: &str) -> Vec<String> {
    let mut names: Vec<String> =
        entries(&root().join(folder)).into_iter().filter(|p| p.is_dir()).map(|p| relative(&p)).collect();
    names.sort();
    names
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listing = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("cannot list {}: {e}", folder.display()));
    listing
        .map(|entry| entry.expect("a folder that was opened can be listed").path())
        .filter(|path| !SKIPPED.iter().any(|skipped| path.ends_with(skipped)))
        .collect()
}

fn relative(path: &Path) -> String {
    let inside = path.strip_prefix(root()).expect("the walk starts at the root");
    inside.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
