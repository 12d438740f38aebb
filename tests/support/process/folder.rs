//! A fresh folder for one run of one program.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder below `target/system`, removed with this value; kept for a look when the test that owns it failed.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// An empty folder whose name begins with `name`.
    pub fn fresh(name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let unique = format!("{name}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = Self::target().join("system").join(unique);
        std::fs::create_dir_all(&path).unwrap_or_else(|e| panic!("cannot create {}: {e}", path.display()));
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file into it and returns the file's path; folders in `name` are created.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        let parent = path.parent().expect("a file in a folder has a parent");
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, text))
            .unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
        path
    }

    /// The workspace's `target` folder, where everything that tests write goes.
    pub fn target() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            // A folder that cannot be removed is left for the next `cargo clean`: no claim rests on it.
            drop(std::fs::remove_dir_all(&self.0));
        }
    }
}
