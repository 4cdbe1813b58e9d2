//! The store.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::Database;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::disk::Doubt;
use super::open::{Lock, Unusable, lock, open, open_or_create};
use super::table;
use crate::{Batch, OpenError, Store, StoreError};

/// Counters in a file, for one process at a time.
///
/// # What it promises
///
/// A batch is one transaction, which is on the disk when [`commit`](Store::commit) returns: all of it, or nothing. After a
/// crash, of the process or of the machine, the file opens again at the last commit. That every page is as it was written is
/// checked whenever the file is opened, which takes a fifth of a second for a million counters.
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
    lock: Option<Lock>,
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
        let given = path.as_ref();
        let io_error = |error| OpenError::Io { path: given.to_owned(), error };
        // The file may be opened again, when the process is somewhere else.
        let path = std::path::absolute(given).map_err(io_error)?;
        let opened = spawn_blocking(|| Counters::open(path)).await;
        let counters = opened.unwrap_or_else(|error| Err(io_error(io::Error::other(error))))?;
        Ok(EmbeddedStore { file: Arc::new(Mutex::new(counters)) })
    }

    /// Does something with the file where it may block. One at a time: others wait without a thread.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Counters) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut file = Arc::clone(&self.file).lock_owned().await;
        // It is repeated if it panicked, and asks first whether it was done.
        spawn_blocking(move || work(&mut file))
            .await
            .unwrap_or_else(|error| Err(StoreError::unavailable(error)))
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
                Unusable::Corrupted(reason) => {
                    StoreError::failed(format!("their file is corrupted: {reason}"))
                }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use tempfile::TempDir;

    use super::*;
    use crate::WriterId;

    fn counters() -> (TempDir, Counters) {
        let folder = TempDir::new().unwrap();
        let counters = Counters::open(folder.path().join("counters")).unwrap();
        (folder, counters)
    }

    fn batch(number: u64) -> Batch {
        thread_local!(static WRITER: WriterId = WriterId::random());
        Batch {
            writer: WRITER.with(|writer| *writer),
            number,
            deltas: vec![("a".into(), 5), ("b".into(), -1)],
        }
    }

    fn values(counters: &mut Counters) -> Vec<i64> {
        counters.load(&["a".to_owned(), "b".to_owned()]).unwrap()
    }

    #[test]
    fn a_write_that_fails_refuses_its_commit_and_no_other() {
        let (_folder, mut counters) = counters();
        assert_eq!(counters.commit(&batch(1)).unwrap(), [5, -1]);
        counters.doubt.faults.write.store(true, Ordering::SeqCst);
        let error = counters.commit(&batch(2)).unwrap_err();
        assert!(matches!(error, StoreError::Failed(_)) && error.to_string().contains("made up"), "{error}");
        assert_eq!(values(&mut counters), [5, -1]);
        assert_eq!(counters.commit(&batch(3)).unwrap(), [10, -2]);
    }

    #[test]
    fn a_batch_that_was_added_is_known_to_be_after_an_error() {
        let (_folder, mut counters) = counters();
        counters.commit(&batch(1)).unwrap();
        counters.doubt.faults.write.store(true, Ordering::SeqCst);
        assert_eq!(counters.commit(&batch(1)).unwrap(), [5, -1]);
        assert!(!counters.doubt.faults.write.load(Ordering::SeqCst), "there was an error");
    }

    #[test]
    fn after_the_disk_has_failed_nothing_is_believed_until_the_file_is_opened_anew() {
        let (folder, mut counters) = counters();
        counters.commit(&batch(1)).unwrap();
        counters.doubt.faults.sync.store(true, Ordering::SeqCst);
        for number in 2..5 {
            assert!(matches!(counters.commit(&batch(number)), Err(StoreError::Failed(_))));
            assert!(matches!(counters.load(&["a".to_owned()]), Err(StoreError::Failed(_))));
        }
        counters.close().unwrap();
        let mut counters = Counters::open(folder.path().join("counters")).unwrap();
        let values = values(&mut counters);
        assert!(values == [5, -1] || values == [10, -2], "the failed commit is there or not: {values:?}");
    }

    #[test]
    fn a_file_that_is_gone_is_not_made_anew_while_it_is_open() {
        let (folder, mut counters) = counters();
        std::fs::remove_file(folder.path().join("counters")).unwrap();
        counters.doubt.faults.write.store(true, Ordering::SeqCst);
        assert!(matches!(counters.commit(&batch(1)), Err(StoreError::Unavailable(_))));
        assert!(matches!(counters.commit(&batch(1)), Err(StoreError::Failed(_))));
        assert!(!folder.path().join("counters").exists());
    }

    #[test]
    fn writers_are_forgotten_when_the_file_is_opened() {
        let (folder, mut counters) = counters();
        counters.commit(&batch(1)).unwrap();
        counters.close().unwrap();
        assert!(matches!(counters.load(&["a".to_owned()]), Err(StoreError::Failed(_))), "it is closed");
        let counters = Counters::open(folder.path().join("counters")).unwrap();
        assert_eq!(table::added(counters.database.as_ref().unwrap(), &batch(1)).unwrap(), None);
    }
}
