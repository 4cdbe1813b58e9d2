//! The store.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::Database;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::disk::Doubt;
use super::open::{Unusable, lock, open, open_or_create};
use super::table;
use crate::{Batch, OpenError, Store, StoreError};

/// Counters in a file, for one process at a time.
///
/// # What it promises
///
/// A batch is one transaction, which is on the disk when [`commit`](Store::commit) returns: all of it, or nothing. After a
/// crash, of the process or of the machine, the file opens again at the last commit. That every page is as it was written is
/// checked whenever the file is opened, which takes a second or so for a million counters.
///
/// When a commit cannot be written because the disk is full, it is refused, the file is opened again at the commit before,
/// and the next commit is tried as if nothing had happened. When the system fails to write what it had taken before, which
/// is what a dying disk looks like, what is on the disk is not known any more: every commit is refused until the process is
/// started again and has checked the file.
///
/// # Files
///
/// `NAME`; `NAME.lock`, which is locked as long as the counters are open, empty, and stays; `NAME.new` for the moment in
/// which a new file is made; `NAME.corrupt-SECONDS`, a file that was not whole.
///
/// Copy the file while it is closed. A counter takes its name and about twenty bytes in it, twice at times.
pub struct EmbeddedStore {
    file: Arc<Mutex<Counters>>,
}

/// The file, open or to be opened again.
struct Counters {
    path: PathBuf,
    database: Option<Database>,
    doubt: Doubt,
    /// Held until the store is closed. Declared after the database, and so dropped after it.
    lock: Option<File>,
}

impl EmbeddedStore {
    /// Opens the counters in a file, which is created if there is none.
    ///
    /// # Errors
    ///
    /// Each says what to do: see [`OpenError`]. [`OpenError::Corrupted`] comes once, since the file is renamed.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref().to_owned();
        let interrupted = path.clone();
        let opened = spawn_blocking(|| Counters::open(path)).await.unwrap_or_else(|error| {
            Err(OpenError::Io { path: interrupted, error: std::io::Error::other(error) })
        });
        Ok(EmbeddedStore { file: Arc::new(Mutex::new(opened?)) })
    }

    /// Does something with the file where it may block. One at a time: others wait without a thread.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Counters) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut file = Arc::clone(&self.file).lock_owned().await;
        // It is repeated if it panicked, and asks first whether it was done.
        spawn_blocking(move || work(&mut file)).await.unwrap_or_else(|error| Err(StoreError::unavailable(error)))
    }
}

impl Store for EmbeddedStore {
    async fn load(&self, names: &[String]) -> Result<Vec<i64>, StoreError> {
        let names = names.to_owned();
        self.with(move |file| file.load(&names)).await
    }

    async fn commit(&self, batch: &Batch) -> Result<Vec<i64>, StoreError> {
        let batch = batch.clone();
        self.with(move |file| file.commit(&batch)).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.with(Counters::close).await
    }
}

impl std::fmt::Debug for EmbeddedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedStore").finish_non_exhaustive()
    }
}

impl Counters {
    fn open(path: PathBuf) -> Result<Self, OpenError> {
        let lock = lock(&path)?;
        let doubt = Doubt::default();
        let database = open_or_create(&path, &doubt)?;
        Ok(Counters { path, database: Some(database), doubt, lock: Some(lock) })
    }

    fn load(&mut self, names: &[String]) -> Result<Vec<i64>, StoreError> {
        self.attempt(|database| table::load(database, names.iter().map(String::as_str)))?
            .map_err(StoreError::failed)
    }

    fn commit(&mut self, batch: &Batch) -> Result<Vec<i64>, StoreError> {
        let error = match self.attempt(|database| table::add(database, batch))? {
            Ok(values) => return Ok(values),
            Err(error) => error,
        };
        tracing::warn!(%error, "counters could not be written; opening their file again");
        // It may have failed after it was done. While that cannot be known, it is worth repeating.
        match self.attempt(|database| table::added(database, batch)) {
            Ok(Ok(Some(values))) => Ok(values),
            Ok(Ok(None)) => Err(StoreError::failed(error)),
            Ok(Err(error)) => Err(StoreError::unavailable(error)),
            Err(StoreError::Failed(error)) if !self.doubt.exists() => Err(StoreError::Unavailable(error)),
            Err(error) => Err(error),
        }
    }

    fn close(&mut self) -> Result<(), StoreError> {
        let closed = self.database.take().map_or(Ok(()), Database::close);
        self.lock = None;
        closed.map_err(StoreError::failed)
    }

    /// Does something with the database, which is opened again if it has failed before. After an error nothing is known of
    /// a database but what is in its file.
    fn attempt<T>(
        &mut self,
        work: impl FnOnce(&Database) -> Result<T, redb::Error>,
    ) -> Result<Result<T, redb::Error>, StoreError> {
        let database = self.reopened()?;
        let result = work(&database);
        if result.is_ok() {
            self.database = Some(database);
        }
        Ok(result)
    }

    fn reopened(&mut self) -> Result<Database, StoreError> {
        if self.doubt.exists() {
            return Err(StoreError::failed("what is on the disk is unknown since it failed to write"));
        }
        if self.lock.is_none() {
            return Err(StoreError::failed("the counters are closed"));
        }
        match self.database.take() {
            Some(database) => Ok(database),
            None => open(&self.path, &self.doubt).map_err(|error| match error {
                Unusable::Error(error) => StoreError::failed(error),
                Unusable::Corrupted(reason) => StoreError::failed(format!("their file is corrupted: {reason}")),
            }),
        }
    }
}
