//! How a file is opened, made and set aside.
//!
//! Whoever has the lock file `NAME.lock` locked has the counters. So no two processes make a new file, or set one aside, at
//! the same time. The lock file stays when it is not locked; it is empty and means nothing then.
//!
//! A new file is made under the name `NAME.new` and renamed when it is whole. So a file that is empty is not one that has
//! just been made: something has emptied it.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use redb::{Builder, Database};

use super::disk::{Disk, Doubt};
use super::table;
use crate::OpenError;

/// Memory for pages of the file, in bytes. The system keeps the others.
const CACHE: usize = 16 << 20;

/// Why a database cannot be used.
pub(super) enum Unusable {
    /// It is not whole.
    Corrupted(String),
    /// Anything else.
    Error(OpenError),
}

/// The lock of the counters in a file, until it is dropped.
pub(super) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that is just being started has it open too, for a moment. If it cannot be
        // unlocked, that is what happens.
        let _ = self.0.unlock();
    }
}

/// Takes the lock.
pub(super) fn lock(path: &Path) -> Result<Lock, OpenError> {
    let lock = OpenOptions::new().write(true).create(true).truncate(false).open(beside(path, ".lock"));
    let lock = lock.map_err(|error| io_error(path, error))?;
    match lock.try_lock() {
        Ok(()) => Ok(Lock(lock)),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(io_error(path, error)),
    }
}

/// Opens the counters in a file whose lock is held, or makes a new file if there is none. One that is not whole is set aside.
pub(super) fn open_or_create(path: &Path, doubt: &Doubt) -> Result<Database, OpenError> {
    if !path.try_exists().map_err(|error| io_error(path, error))? {
        create(path, doubt)?;
    }
    match open(path, doubt).and_then(|database| cleared(path, database)) {
        Ok(database) => Ok(database),
        Err(Unusable::Error(error)) => Err(error),
        Err(Unusable::Corrupted(reason)) => Err(set_aside(path, reason)),
    }
}

/// Opens the counters in a file, every page of which is read and compared with its checksum. After a crash this is also when
/// redb finds the last commit that is whole.
pub(super) fn open(path: &Path, doubt: &Doubt) -> Result<Database, Unusable> {
    let file = OpenOptions::new().read(true).write(true).open(path);
    let file = file.map_err(|error| Unusable::Error(io_error(path, error)))?;
    // redb makes a database of it.
    if file.metadata().is_ok_and(|metadata| metadata.len() == 0) {
        return Err(Unusable::Corrupted("it is empty".to_owned()));
    }
    let (database, format) = guarded(path, || {
        let database = builder().create_with_backend(Disk::new(file, doubt)?)?;
        let format = table::format(&database)?;
        Ok((database, format))
    })?;
    match format {
        Some(table::FORMAT) => Ok(database),
        Some(format) => {
            let path = path.to_owned();
            Err(Unusable::Error(OpenError::Format { path, format, known: table::FORMAT }))
        }
        None => Err(Unusable::Error(OpenError::Foreign(path.to_owned()))),
    }
}

fn cleared(path: &Path, database: Database) -> Result<Database, Unusable> {
    guarded(path, || {
        table::forget_writers(&database)?;
        Ok(database)
    })
}

/// Makes a new file. One that is half made is left from a crash.
fn create(path: &Path, doubt: &Doubt) -> Result<(), OpenError> {
    let new = beside(path, ".new");
    let made = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&new);
    let made = made.map_err(|error| io_error(path, error)).and_then(|file| fill(path, file, doubt));
    if let Err(error) = made {
        // What matters is why it could not be made.
        let _ = fs::remove_file(&new);
        return Err(error);
    }
    fs::rename(&new, path).and_then(|()| sync_folder(path)).map_err(|error| io_error(path, error))
}

fn fill(path: &Path, file: File, doubt: &Doubt) -> Result<(), OpenError> {
    let made = guarded(path, || {
        let database = builder().create_with_backend(Disk::new(file, doubt)?)?;
        table::create(&database)?;
        Ok(database.close()?)
    });
    made.map_err(|error| match error {
        Unusable::Error(error) => error,
        Unusable::Corrupted(reason) => io_error(path, io::Error::other(reason)),
    })
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE).set_check_integrity_on_open(true);
    builder
}

/// Does something with a database that may panic, as redb does over some files that are not whole.
fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, Unusable> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| unusable(path, error)),
        Err(_) => Err(Unusable::Corrupted("reading it ended in a panic".to_owned())),
    }
}

fn unusable(path: &Path, error: redb::Error) -> Unusable {
    use redb::Error as E;
    match error {
        E::DatabaseAlreadyOpen | E::LockProtocolMismatch => {
            Unusable::Error(OpenError::InUse(path.to_owned()))
        }
        E::Io(error) if !matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) => {
            Unusable::Error(io_error(path, error))
        }
        E::TableTypeMismatch { .. } | E::TableIsMultimap(_) | E::TypeDefinitionChanged { .. } => {
            Unusable::Error(OpenError::Foreign(path.to_owned()))
        }
        E::PreviousIo | E::LockPoisoned(_) | E::DatabaseClosed => {
            Unusable::Error(io_error(path, io::Error::other(error)))
        }
        error => Unusable::Corrupted(error.to_string()),
    }
}

/// Renames a file that is not whole, and says so.
fn set_aside(path: &Path, reason: String) -> OpenError {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut aside = beside(path, &format!(".corrupt-{now}"));
    let mut again = 1;
    while aside.symlink_metadata().is_ok() {
        aside = beside(path, &format!(".corrupt-{now}-{again}"));
        again += 1;
    }
    match fs::rename(path, &aside).and_then(|()| sync_folder(path)) {
        Ok(()) => OpenError::Corrupted { path: path.to_owned(), set_aside: aside, reason },
        Err(error) => io_error(path, error),
    }
}

/// A name in the same folder.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// A rename is on the disk when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn io_error(path: &Path, error: io::Error) -> OpenError {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::PermissionDenied => OpenError::Permission { path, error },
        ErrorKind::ReadOnlyFilesystem => OpenError::ReadOnly(path),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            OpenError::NoSpace { path, error }
        }
        _ => OpenError::Io { path, error },
    }
}
