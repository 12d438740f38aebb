//! Where snapshots are kept: named bytes that are written once, in a folder or a bucket.
//!
//! Calls wait; they are made from threads that may. A folder's files and entries are on the disk before a write counts.
//! Nothing is ever overwritten: a name that exists with other bytes is a failure, and with the same ones a write whose
//! first answer was lost.

use std::sync::Arc;
use std::time::Duration;

use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};
use tokio::runtime::{Builder, Runtime};

use super::failure::StoreError;
use crate::config::Place;

/// A store for snapshots.
#[derive(Debug)]
pub struct Store {
    inner: Arc<dyn ObjectStore>,
    root: Path,
    runtime: Runtime,
    shown: String,
}

/// What is in a folder of a store, by the last part of the name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Objects, ascending.
    pub objects: Vec<String>,
    /// Folders, ascending.
    pub folders: Vec<String>,
}

impl Store {
    /// How long one request may take.
    const REQUEST_MAX: Duration = Duration::from_secs(30);

    /// Opens the store, and makes the folder where it is one and not there.
    pub fn open(place: &Place) -> Result<Self, StoreError> {
        let shown = match place {
            Place::Folder(folder) => folder.display().to_string(),
            Place::Url(url) => url.clone(),
        };
        let fail = |reason: String| StoreError::Open { place: shown.clone(), reason };
        let (inner, root): (Arc<dyn ObjectStore>, Path) = match place {
            Place::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(|error| fail(error.to_string()))?;
                let files = LocalFileSystem::new_with_prefix(folder).map_err(|error| fail(error.to_string()))?;
                (Arc::new(files.with_fsync(true).with_automatic_cleanup(true)), Path::default())
            }
            Place::Url(_) => return Err(fail("this build has no such store".to_owned())),
        };
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("store").enable_all().build();
        Ok(Self { inner, root, runtime: runtime.map_err(|error| fail(error.to_string()))?, shown })
    }

    /// Where it is, as configured.
    pub fn place(&self) -> &str {
        &self.shown
    }

    /// Writes an object that is not there yet.
    pub fn create(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let (path, payload) = (self.path(name), PutPayload::from(bytes));
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        let put = self.wait("write", name, self.inner.put_opts(&path, payload.clone(), options));
        match put {
            Ok(_) => Ok(()),
            Err(error) => match self.read(name) {
                Ok(there) if there.iter().eq(payload.iter().flatten()) => Ok(()),
                Ok(_) | Err(_) => Err(error),
            },
        }
    }

    /// Reads an object.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        let path = self.path(name);
        let read = async { self.inner.get(&path).await?.bytes().await };
        Ok(self.wait("read", name, read)?.to_vec())
    }

    /// Deletes an object; one that is not there is no failure.
    pub fn delete(&self, name: &str) -> Result<(), StoreError> {
        let path = self.path(name);
        match self.wait("delete", name, self.inner.delete(&path)) {
            Err(StoreError::Missing(_)) => Ok(()),
            deleted => deleted,
        }
    }

    /// What is in a folder; nothing where there is none.
    pub fn list(&self, folder: &str) -> Result<Listing, StoreError> {
        let path = self.path(folder);
        let listed = match self.wait("list", folder, self.inner.list_with_delimiter(Some(&path))) {
            Err(StoreError::Missing(_)) => return Ok(Listing::default()),
            listed => listed?,
        };
        let name = |path: &Path| path.filename().map(str::to_owned);
        let mut listing = Listing {
            objects: listed.objects.iter().filter_map(|object| name(&object.location)).collect(),
            folders: listed.common_prefixes.iter().filter_map(name).collect(),
        };
        listing.objects.sort_unstable();
        listing.folders.sort_unstable();
        Ok(listing)
    }

    fn path(&self, name: &str) -> Path {
        name.split('/').filter(|part| !part.is_empty()).fold(self.root.clone(), Path::join)
    }

    fn wait<T>(
        &self,
        what: &'static str,
        name: &str,
        asked: impl Future<Output = object_store::Result<T>>,
    ) -> Result<T, StoreError> {
        let fail = |reason: String| StoreError::Request { what, name: name.to_owned(), reason };
        let answered = self.runtime.block_on(async { tokio::time::timeout(Self::REQUEST_MAX, asked).await });
        match answered {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(object_store::Error::NotFound { .. })) => Err(StoreError::Missing(name.to_owned())),
            Ok(Err(error)) => Err(fail(error.to_string())),
            Err(_) => Err(fail(format!("no answer within {} s", Self::REQUEST_MAX.as_secs()))),
        }
    }
}
