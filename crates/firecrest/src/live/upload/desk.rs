//! Where the channels of files find the uploads that they are for.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::inner::Inner;

/// The uploads of an endpoint that files may be sent for. Clones are the same.
#[derive(Clone, Default)]
pub(in crate::live) struct Desk(Arc<Mutex<Table>>);

#[derive(Default)]
struct Table {
    /// By the upload's ref, which was drawn by lot.
    uploads: HashMap<String, Weak<Inner>>,
    folder: Option<PathBuf>,
}

impl Desk {
    pub(super) fn add(&self, upload: &Arc<Inner>) {
        self.table().uploads.insert(upload.reference.to_string(), Arc::downgrade(upload));
    }

    pub(super) fn remove(&self, reference: &str) {
        self.table().uploads.remove(reference);
    }

    pub(super) fn find(&self, reference: &str) -> Option<Arc<Inner>> {
        self.table().uploads.get(reference).and_then(Weak::upgrade)
    }

    /// Where temporary files are made. Default: the system's folder for them.
    pub(super) fn folder(&self) -> PathBuf {
        self.table().folder.clone().unwrap_or_else(std::env::temp_dir)
    }

    pub(in crate::live) fn set_folder(&self, folder: PathBuf) {
        self.table().folder = Some(folder);
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
