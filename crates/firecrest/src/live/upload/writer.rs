//! Where the bytes of a file go (F153).

use std::any::Any;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::UploadEntry;

/// Any error: of a writer, or of the callback that consumes files.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Takes the bytes of one file, in order, and makes something of them; see [`UploadOptions::writer`](super::UploadOptions::writer).
///
/// Each call is awaited before the client is asked for more, so that a slow writer slows the client down. But for longer than
/// [`chunk_timeout`](super::UploadOptions::chunk_timeout) the client does not wait for its answer: the file is lost then. An error is
/// shown at the file, as [`WriterFailure`](super::UploadError::WriterFailure); a panic ends the view. Work that blocks belongs into
/// [`tokio::task::spawn_blocking`].
pub trait UploadWriter: Sized + Send + 'static {
    /// What the view gets of the file when it has arrived. A clone must be the same.
    type Meta: Clone + Send + Sync + 'static;

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When they cannot be stored: the file is not taken, and the writer is [aborted](Self::abort).
    fn write_chunk(&mut self, chunk: Bytes) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Everything was written, as many bytes as the client has said.
    ///
    /// # Errors
    /// When the file cannot be kept.
    fn finish(self) -> impl Future<Output = Result<Self::Meta, Fault>> + Send;

    /// There will be no more. A writer is dropped without this when the server is shut down at once, when it has panicked in `finish`, and
    /// when what it is doing takes longer than 5 s after the file was cancelled. By default nothing is done but dropping it.
    fn abort(self, why: UploadEnd) -> impl Future<Output = ()> + Send {
        let _ = why;
        async {}
    }
}

/// Why a writer gets no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UploadEnd {
    /// The file was cancelled, or the view has ended, or the client has gone.
    Cancelled,
    /// The writer has failed, or the client has sent what it should not, or nothing for too long.
    Failed,
}

/// What was made of a file.
pub(super) type Meta = Arc<dyn Any + Send + Sync>;

/// Opens a writer for a file.
pub(super) type Open =
    Arc<dyn Fn(UploadEntry) -> BoxFuture<'static, Result<Box<dyn AnyWriter>, Fault>> + Send + Sync>;

/// A writer of any type.
pub(super) trait AnyWriter: Send {
    fn write(&mut self, chunk: Bytes) -> BoxFuture<'_, Result<(), Fault>>;

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<Meta, Fault>>;

    fn abort(self: Box<Self>, why: UploadEnd) -> BoxFuture<'static, ()>;
}

pub(super) fn erase(writer: impl UploadWriter) -> Box<dyn AnyWriter> {
    Box::new(Erased(writer))
}

struct Erased<W>(W);

impl<W: UploadWriter> AnyWriter for Erased<W> {
    fn write(&mut self, chunk: Bytes) -> BoxFuture<'_, Result<(), Fault>> {
        self.0.write_chunk(chunk).boxed()
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<Meta, Fault>> {
        async move { Ok(Arc::new(self.0.finish().await?) as Meta) }.boxed()
    }

    fn abort(self: Box<Self>, why: UploadEnd) -> BoxFuture<'static, ()> {
        async move { self.0.abort(why).await }.boxed()
    }
}
