//! What a view allows to be uploaded.

use std::any::{Any, TypeId, type_name};
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use firecrest_live::files::ClientFile;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::accept::{self, Accept};
use super::writer::{AnyWriter, Fault, Open, UploadWriter, erase};
use super::{TempUpload, UploadEntry, UploadError};

/// What a view allows to be uploaded, and where it goes. `M` is what the view gets of a file that has arrived.
///
/// ```
/// use std::time::Duration;
/// use firecrest::live::UploadOptions;
///
/// let photos = UploadOptions::new()
///     .accept([".jpg", "image/png"])
///     .max_entries(5)
///     .max_file_size(10_000_000)
///     .validate(|entry| if entry.name().len() < 100 { Ok(()) } else { Err("a shorter name, please".into()) })
///     .chunk_timeout(Duration::from_secs(20));
/// ```
pub struct UploadOptions<M = TempUpload> {
    pub(super) rules: Rules,
    pub(super) way: Way,
    pub(super) progress: Option<Progress>,
    /// The type of its infos.
    pub(super) info: Option<(TypeId, &'static str)>,
    meta: PhantomData<fn() -> M>,
}

/// What a file must be like, and how it is sent.
#[derive(Clone)]
pub(super) struct Rules {
    pub(super) accept: Vec<Accept>,
    pub(super) max_entries: usize,
    /// Whether those count that were consumed.
    pub(super) is_total: bool,
    pub(super) max_file_size: u64,
    pub(super) chunk_size: usize,
    pub(super) chunk_timeout: Duration,
    pub(super) is_auto: bool,
    validate: Option<Validate>,
}

type Validate = Arc<dyn Fn(&UploadEntry) -> Result<(), String> + Send + Sync>;

/// Makes an info for whoever has the upload.
pub(super) type Progress = Arc<dyn Fn(&UploadEntry) -> Box<dyn Any + Send> + Send + Sync>;

/// Where a file goes.
#[derive(Clone)]
pub(super) enum Way {
    /// Into a temporary file.
    Temporary,
    /// To a writer of the application.
    Writer(Open),
    /// From the page straight to somewhere else.
    External(Ask),
}

/// Asks the application where a file should go.
pub(super) type Ask = Arc<dyn Fn(UploadEntry) -> BoxFuture<'static, Result<Value, Value>> + Send + Sync>;

impl UploadOptions {
    /// One file of any type, of 8 MB at most, into a temporary file.
    pub fn new() -> Self {
        UploadOptions {
            rules: Rules::default(),
            way: Way::Temporary,
            progress: None,
            info: None,
            meta: PhantomData,
        }
    }
}

impl Default for UploadOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl<M> UploadOptions<M> {
    /// The types of files that are accepted: extensions (`.jpg`), MIME types (`image/png`) and groups of them (`image/*`). Default:
    /// any. It is the client who says of what type a file is: look into it before it is relied on.
    ///
    /// # Panics
    /// When one of them is none of the three.
    #[must_use]
    pub fn accept<T: AsRef<str>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.rules.accept = types.into_iter().map(|text| Accept::new(text.as_ref())).collect();
        self
    }

    /// Most files at once. With more the upload has the error [`TooManyFiles`](UploadError::TooManyFiles), and those beyond it are not
    /// sent. Of an upload for one file, another file that is chosen takes its place. Of all uploads of a connection 1,000 files are taken
    /// at once, however many are allowed here. Default: 1.
    #[must_use]
    pub fn max_entries(mut self, files: usize) -> Self {
        self.rules.max_entries = files.max(1);
        self
    }

    /// Counts files that were consumed, too, for [`max_entries`](Self::max_entries) (F157). Default: only those that are chosen.
    #[must_use]
    pub fn total_entries(mut self) -> Self {
        self.rules.is_total = true;
        self
    }

    /// The largest file, in bytes. Whatever a client claims, no more is taken than it has said of the file. Default: 8,000,000.
    #[must_use]
    pub fn max_file_size(mut self, bytes: u64) -> Self {
        self.rules.max_file_size = bytes;
        self
    }

    /// How much is sent at once, in bytes; for each file so much, and one chunk that waits, is in memory. It must fit into a frame of
    /// the socket ([`max_frame_size`](crate::socket::SocketMount::max_frame_size)) with 300 bytes to spare. Default:
    /// 64,000.
    #[must_use]
    pub fn chunk_size(mut self, bytes: usize) -> Self {
        self.rules.chunk_size = bytes.max(1);
        self
    }

    /// How long the next chunk of a file may take; then the file is dropped (F159). The client waits as long for the answer to one, which
    /// comes when the writer has taken it. Default: 10 s.
    #[must_use]
    pub fn chunk_timeout(mut self, time: Duration) -> Self {
        self.rules.chunk_timeout = time;
        self
    }

    /// Whether files are sent as soon as they are chosen, and not with the form (F151). Default: no.
    #[must_use]
    pub fn auto(mut self, is_auto: bool) -> Self {
        self.rules.is_auto = is_auto;
        self
    }

    /// Has its say on each file that is chosen; the error is shown as [`Invalid`](UploadError::Invalid).
    #[must_use]
    pub fn validate(
        mut self,
        validate: impl Fn(&UploadEntry) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.rules.validate = Some(Arc::new(validate));
        self
    }

    /// Sends an info to the view, or component, that has the upload whenever a file has come further (F154): its `handle_info` may
    /// [consume](super::Upload::consume_entry) the file when it [is done](UploadEntry::is_done), or go elsewhere. With an
    /// info of another type than its own the view crashes as soon as it allows the upload.
    #[must_use]
    pub fn on_progress<I: Send + 'static>(
        mut self,
        info: impl Fn(&UploadEntry) -> I + Send + Sync + 'static,
    ) -> Self {
        self.progress = Some(Arc::new(move |entry| Box::new(info(entry))));
        self.info = Some((TypeId::of::<I>(), type_name::<I>()));
        self
    }

    /// Sends files to a writer of yours (F153), which is opened for each of them.
    #[must_use]
    pub fn writer<W: UploadWriter, F: Future<Output = Result<W, Fault>> + Send + 'static>(
        self,
        open: impl Fn(UploadEntry) -> F + Send + Sync + 'static,
    ) -> UploadOptions<W::Meta> {
        let open = move |entry: UploadEntry| -> BoxFuture<'static, Result<Box<dyn AnyWriter>, Fault>> {
            let opening = open(entry);
            async move { Ok(erase(opening.await?)) }.boxed()
        };
        self.with(Way::Writer(Arc::new(open)))
    }

    /// Has the page send files straight to somewhere else, such as a storage service (F152). For each file the application says, as an
    /// object, what the page's uploader needs to know: its name is `uploader`, the rest is for it, such as a signed address. The
    /// error is shown as [`ExternalMetadata`](UploadError::ExternalMetadata).
    ///
    /// Of such a file the server only knows what the client says: that it has arrived must be asked there. Consumed it is what the
    /// application has said.
    #[must_use]
    pub fn external<F: Future<Output = Result<Value, Value>> + Send + 'static>(
        self,
        ask: impl Fn(UploadEntry) -> F + Send + Sync + 'static,
    ) -> UploadOptions<Value> {
        self.with(Way::External(Arc::new(move |entry| ask(entry).boxed())))
    }

    fn with<N>(self, way: Way) -> UploadOptions<N> {
        let UploadOptions { rules, progress, info, .. } = self;
        UploadOptions { rules, way, progress, info, meta: PhantomData }
    }
}

impl Rules {
    /// What is wrong with a file.
    pub(super) fn check(&self, file: &ClientFile, entry: &UploadEntry) -> Vec<UploadError> {
        let mut errors = Vec::new();
        if file.size > self.max_file_size {
            errors.push(UploadError::TooLarge);
        }
        if !accept::takes(&self.accept, file) {
            errors.push(UploadError::NotAccepted);
        }
        if let Some(Err(error)) = self.validate.as_ref().map(|validate| validate(entry)) {
            errors.push(UploadError::Invalid(error));
        }
        errors
    }

    /// The `accept` attribute, if there is one.
    pub(super) fn accept_text(&self) -> Option<String> {
        let texts: Vec<_> = self.accept.iter().map(Accept::text).collect();
        (!texts.is_empty()).then(|| texts.join(","))
    }
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            accept: Vec::new(),
            max_entries: 1,
            is_total: false,
            max_file_size: 8_000_000,
            chunk_size: 64_000,
            chunk_timeout: Duration::from_secs(10),
            is_auto: false,
            validate: None,
        }
    }
}

impl<M> std::fmt::Debug for UploadOptions<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UploadOptions")
            .field("accept", &self.rules.accept)
            .field("max_entries", &self.rules.max_entries)
            .field("max_file_size", &self.rules.max_file_size)
            .finish_non_exhaustive()
    }
}
