//! Temporary files.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tempfile::{NamedTempFile, TempPath};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::UploadWriter;
use super::writer::Fault;

/// A file that has arrived: a temporary file with a name that is nobody's choice, readable by this user only.
///
/// Clones are the same. It is removed when the last of them is dropped: [keep](Self::persist) it, or read it, while it is there. An
/// entry of the upload holds one until it is consumed, cancelled, or the view has ended.
#[derive(Clone, Debug)]
pub struct TempUpload(Arc<Stored>);

#[derive(Debug)]
struct Stored {
    path: PathBuf,
    size: u64,
    /// None when it was kept.
    file: Mutex<Option<TempPath>>,
}

impl TempUpload {
    /// Where it is, as long as it was not kept elsewhere.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// In bytes.
    pub fn size(&self) -> u64 {
        self.0.size
    }

    /// Reads all of it: at most as much as [`max_file_size`](super::UploadOptions::max_file_size).
    ///
    /// # Errors
    /// When it was kept elsewhere, or cannot be read.
    pub async fn read(&self) -> io::Result<Vec<u8>> {
        let stored = Arc::clone(&self.0);
        blocking(move || std::fs::read(&stored.path)).await
    }

    /// Keeps it under this path, which must not come from the client. What was there is replaced, at once and as a whole, even
    /// when it has to be copied to another file system. It stays readable by this user only.
    ///
    /// # Errors
    /// When it was kept already, or the path cannot be written to: it then is where it was.
    pub async fn persist(&self, to: impl Into<PathBuf>) -> io::Result<()> {
        let (stored, to) = (Arc::clone(&self.0), to.into());
        blocking(move || {
            let mut slot = stored.file.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(file) = slot.take() else {
                return Err(io::Error::new(io::ErrorKind::NotFound, "the file was kept already"));
            };
            let Err(error) = file.persist(&to) else { return Ok(()) };
            let file = error.path;
            let kept = match error.error.kind() {
                io::ErrorKind::CrossesDevices => copy(&file, &to),
                _ => Err(error.error),
            };
            if kept.is_err() {
                *slot = Some(file);
            }
            kept
        })
        .await
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        discard(self.file.get_mut().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Writes a temporary file.
pub(super) struct TempWriter {
    /// None while it is written to.
    file: Option<NamedTempFile>,
    size: u64,
}

impl TempWriter {
    /// Makes a file in a folder, and the folder if there is none.
    pub(super) async fn open(folder: PathBuf) -> Result<Self, Fault> {
        let file = blocking(move || {
            std::fs::create_dir_all(&folder)?;
            tempfile::Builder::new().prefix("upload-").tempfile_in(&folder)
        });
        Ok(TempWriter { file: Some(file.await?), size: 0 })
    }

    fn take(&mut self) -> io::Result<NamedTempFile> {
        // Only a write that was not waited for has it.
        self.file.take().ok_or_else(|| io::Error::other("the file is being written"))
    }
}

impl UploadWriter for TempWriter {
    type Meta = TempUpload;

    async fn write_chunk(&mut self, chunk: Bytes) -> Result<(), Fault> {
        let mut file = self.take()?;
        self.size += chunk.len() as u64;
        let written = blocking(move || {
            file.write_all(&chunk)?;
            Ok(file)
        });
        self.file = Some(written.await?);
        Ok(())
    }

    async fn finish(mut self) -> Result<TempUpload, Fault> {
        let (file, size) = (self.take()?, self.size);
        let (handle, file): (File, TempPath) = file.into_parts();
        // Closing may write.
        blocking(move || {
            drop(handle);
            Ok(())
        })
        .await?;
        let path = file.to_path_buf();
        Ok(TempUpload(Arc::new(Stored { path, size, file: Mutex::new(Some(file)) })))
    }
}

impl Drop for TempWriter {
    fn drop(&mut self) {
        discard(self.file.take());
    }
}

/// Copies a file beside another and puts it in its place.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut copy = tempfile::Builder::new().prefix("upload-").tempfile_in(folder)?;
    io::copy(&mut File::open(from)?, copy.as_file_mut())?;
    copy.persist(to).map(drop).map_err(|error| error.error)
}

/// Runs what blocks where it may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    match spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Drops a file, which removes it, where that may block.
fn discard<T: Send + 'static>(file: Option<T>) {
    if let (Some(file), Ok(runtime)) = (file, Handle::try_current()) {
        runtime.spawn_blocking(move || drop(file));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<std::ffi::OsString> {
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name()).collect()
    }

    #[tokio::test]
    async fn f150_a_file_is_kept_once_and_is_where_it_was_until_then() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = TempWriter::open(folder.path().join("files")).await.unwrap();
        writer.write_chunk(Bytes::from_static(b"abc")).await.unwrap();
        let file = writer.finish().await.unwrap();
        let kept = folder.path().join("kept");
        assert!(file.persist(folder.path().join("none").join("kept")).await.is_err());
        assert_eq!((file.read().await.unwrap(), file.size()), (b"abc".to_vec(), 3));
        file.persist(&kept).await.unwrap();
        assert_eq!(file.persist(&kept).await.unwrap_err().kind(), io::ErrorKind::NotFound);
        assert!(file.read().await.is_err() && !file.path().exists());
        drop(file);
        assert_eq!(std::fs::read(&kept).unwrap(), b"abc");
    }

    #[test]
    fn f150_a_copy_takes_the_place_of_what_was_there_as_a_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        std::fs::write(&from, "new").unwrap();
        std::fs::create_dir(&to).unwrap();
        std::fs::write(to.join("inside"), "old").unwrap();
        assert!(copy(&from, &to).is_err());
        assert_eq!((names(folder.path()).len(), names(&to).len()), (2, 1), "nothing is left of the copy");

        let to = to.join("inside");
        copy(&from, &to).unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"new");
        assert!(copy(&folder.path().join("none"), &to).is_err());
        assert_eq!(std::fs::read(&to).unwrap(), b"new");
        assert_eq!(names(to.parent().unwrap()), ["inside"]);
    }
}
