//! The file itself.

use std::fs::File;
use std::io;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};

/// Whether the system has failed to write to the disk what it had taken. What is on the disk is unknown from then on, to
/// whoever opens the file as well: the system forgets what it could not write, and still shows it to readers.
#[derive(Clone, Debug, Default)]
pub(super) struct Doubt {
    failed: Arc<AtomicBool>,
    #[cfg(test)]
    pub(super) faults: Arc<Faults>,
}

/// What tests make fail, once.
#[cfg(test)]
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) sync: AtomicBool,
    pub(super) write: AtomicBool,
}

impl Doubt {
    pub(super) fn exists(&self) -> bool {
        self.failed.load(Ordering::SeqCst)
    }

    fn sync(&self, file: &FileBackend) -> io::Result<()> {
        #[cfg(test)]
        Faults::meet(&self.faults.sync)?;
        file.sync_data()
    }
}

#[cfg(test)]
impl Faults {
    fn meet(fault: &AtomicBool) -> io::Result<()> {
        if fault.swap(false, Ordering::SeqCst) { Err(io::Error::other("made up by a test")) } else { Ok(()) }
    }
}

/// A file, as redb sees it.
#[derive(Debug)]
pub(super) struct Disk {
    file: FileBackend,
    doubt: Doubt,
}

impl Disk {
    pub(super) fn new(file: File, doubt: &Doubt) -> Result<Self, redb::Error> {
        Ok(Disk { file: FileBackend::new(file)?, doubt: doubt.clone() })
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.doubt.sync(&self.file).inspect_err(|_| self.doubt.failed.store(true, Ordering::SeqCst))
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        #[cfg(test)]
        Faults::meet(&self.doubt.faults.write)?;
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}
