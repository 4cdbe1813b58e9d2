//! The channel that brings one file (spec §5.5).

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Weak};

use bytes::Bytes;
use firecrest_live::files::MAX_FILES;
use firecrest_wire::Payload;
use futures_util::FutureExt as _;
use serde::Deserialize;
use serde_json::json;

use super::file::TempWriter;
use super::inner::Inner;
use super::options::Way;
use super::state::Refusal;
use super::writer::{AnyWriter, Fault, UploadEnd, erase};
use super::{UploadEntry, UploadError};
use crate::channel::{
    Channel, Context, Event, EventError, Join, Joined, Outcome, Reason, Rejected, Reply, Shared, Stop, Timer,
};
use crate::live::LiveHost;
use crate::live::tokens::UploadToken;
use crate::telemetry::Panic;

/// Most files of a connection that are on their way, or have arrived and were not consumed: as many as one message can be about, 1,000.
/// The channels of further ones are not joined; their files are gone then.
pub(in crate::live) const MAX_UNDERWAY: usize = MAX_FILES;

/// A file on its way. Between two chunks it takes what its writer takes.
pub(crate) struct UploadChannel {
    place: Place,
    /// None when all of it was written, or nothing more is to be.
    writer: Option<Box<dyn AnyWriter>>,
    /// In bytes, as the client has said.
    size: u64,
    received: u64,
    /// What the writer is told if it ends before the file does.
    end: UploadEnd,
    timer: Timer,
}

/// A chunk.
pub(crate) struct Chunk(Bytes);

/// A message of the channel to itself.
pub(crate) enum Own {
    /// The client may begin.
    Begin,
    /// The next chunk has not come in time.
    Overdue,
}

impl Event for Chunk {
    fn decode(event: &str, payload: &Payload) -> Result<Self, EventError> {
        match (event, payload) {
            ("chunk", Payload::Binary(bytes)) => Ok(Chunk(bytes.clone())),
            _ => Err(EventError::new(format_args!("a file comes in binary chunks, not as {event:?}"))),
        }
    }
}

impl<S: LiveHost> Channel<S> for UploadChannel {
    type In = Chunk;
    type Info = Own;

    /// While one is written another may wait, and no more.
    const MAX_EVENTS: usize = 1;

    async fn join(request: Join<'_, S>) -> Result<Joined<Self, Own>, Rejected> {
        #[derive(Deserialize)]
        struct Asked {
            token: String,
        }
        let token = request.params::<Asked>().ok();
        let token = token.and_then(|asked| UploadToken::verify(request.endpoint(), &asked.token));
        let token = token.ok_or_else(|| Rejected::reason("invalid_token"))?;
        let disallowed = || Rejected::reason("disallowed");
        let upload = request.endpoint().live_table().uploads.find(&token.upload).ok_or_else(disallowed)?;
        let view = upload.view().ok_or_else(disallowed)?;
        // Who has the token of somebody else has nothing.
        let is_own = Arc::ptr_eq(&view.connection, &request.shared.connection);
        if !is_own || upload.view.get().is_none_or(|(_, instance)| Some(*instance) != token.instance) {
            return Err(disallowed());
        }
        let claimed = upload.state().claim(&upload.reference, &token.file, request.shared);
        let entry = claimed.map_err(|refusal| match refusal {
            Refusal::Disallowed => disallowed(),
            Refusal::Registered => Rejected::reason("already_registered"),
        })?;
        let place = Place::new(&upload, &view, token.file, request.shared);
        let of = Arc::downgrade(&view);
        drop((upload, view));
        match AssertUnwindSafe(UploadChannel::open(place, entry)).catch_unwind().await {
            Ok(channel) => Ok(Joined::new(channel?).then(Own::Begin)),
            Err(panic) => {
                crash(&of);
                Err(Rejected::crashed(Panic::new(panic)))
            }
        }
    }

    async fn handle_in(&mut self, chunk: Chunk, cx: &mut Context<'_, Own>) -> Outcome {
        cx.cancel(self.timer);
        match self.take(chunk.0).await {
            Ok(()) => {
                self.wait(cx);
                Reply::empty().into()
            }
            Err(refused) => refused.into(),
        }
    }

    async fn handle_info(&mut self, info: Own, cx: &mut Context<'_, Own>) -> Outcome {
        match info {
            Own::Begin => {
                self.wait(cx);
                Outcome::NoReply
            }
            Own::Overdue if self.writer.is_none() => Outcome::NoReply,
            Own::Overdue => {
                self.end = UploadEnd::Failed;
                Stop::normal().into()
            }
        }
    }

    async fn terminate(&mut self, reason: &Reason, _cx: &mut Context<'_, Own>) {
        if reason.is_crash() {
            self.end = UploadEnd::Failed;
            crash(&self.place.view);
        }
        if let Some(writer) = self.writer.take() {
            writer.abort(self.end).await;
            count(if self.end == UploadEnd::Failed { "failed" } else { "cancelled" });
        }
    }
}

impl UploadChannel {
    /// Opens the writer. An empty file is complete at once.
    async fn open(place: Place, entry: UploadEntry) -> Result<Self, Rejected> {
        let size = entry.size();
        let writer = match open(&place, entry).await {
            Ok(writer) => writer,
            Err(error) => {
                place.fail(&error);
                count("failed");
                return Err(Rejected::reason("writer_error"));
            }
        };
        let end = UploadEnd::Cancelled;
        let mut channel =
            UploadChannel { place, writer: Some(writer), size, received: 0, end, timer: Timer::default() };
        if size == 0 {
            channel.finish().await.map_err(|_| Rejected::reason("writer_error"))?;
        }
        channel.place.is_joined = true;
        Ok(channel)
    }

    /// Takes the next bytes. The error is the answer to a client that is told to stop.
    async fn take(&mut self, chunk: Bytes) -> Result<(), Stop> {
        let length = chunk.len() as u64;
        let chunk_size = self.place.upload.upgrade().map(|upload| upload.rules.chunk_size);
        let Some(chunk_size) = chunk_size else { return Err(Stop::normal().with_reply(Reply::empty())) };
        if chunk.len() > chunk_size {
            return Err(self.refuse(&json!({ "reason": "chunk_too_large", "limit": chunk_size })));
        }
        if length > self.size - self.received {
            return Err(self.refuse(&json!({ "reason": "file_size_limit_exceeded", "limit": self.size })));
        }
        let Some(writer) = self.writer.as_mut().filter(|_| length > 0) else { return Ok(()) };
        if let Err(error) = writer.write(chunk).await {
            return Err(self.fail(&error));
        }
        self.received += length;
        metrics::counter!("firecrest_live_upload_bytes_total").increment(length);
        let upload = self.place.upload.upgrade();
        if upload.is_none_or(|upload| !upload.state().received(&self.place.file, length)) {
            // It was cancelled meanwhile.
            return Err(Stop::normal().with_reply(Reply::empty()));
        }
        if self.received == self.size { self.finish().await } else { Ok(()) }
    }

    /// Closes the writer: the file is complete.
    async fn finish(&mut self) -> Result<(), Stop> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        match writer.finish().await {
            Ok(meta) => {
                let upload = self.place.upload.upgrade();
                let is_taken = upload.is_some_and(|upload| upload.state().complete(&self.place.file, meta));
                count(if is_taken { "done" } else { "cancelled" });
                Ok(())
            }
            Err(error) => {
                count("failed");
                Err(self.fail(&error))
            }
        }
    }

    fn fail(&mut self, error: &Fault) -> Stop {
        self.place.fail(error);
        self.refuse(&json!({ "reason": "writer_error" }))
    }

    fn refuse(&mut self, answer: &serde_json::Value) -> Stop {
        self.end = UploadEnd::Failed;
        Stop::normal().with_reply(Reply::error(answer))
    }

    /// Gives the client its time for the next chunk.
    fn wait(&mut self, cx: &mut Context<'_, Own>) {
        if self.writer.is_some()
            && let Some(upload) = self.place.upload.upgrade()
        {
            self.timer = cx.send_after(upload.rules.chunk_timeout, Own::Overdue);
        }
    }
}

async fn open(place: &Place, entry: UploadEntry) -> Result<Box<dyn AnyWriter>, Fault> {
    let Some((way, folder)) = place.upload.upgrade().map(|upload| (upload.way.clone(), upload.desk.folder()))
    else {
        return Err("the upload has ended".into());
    };
    match way {
        Way::Temporary => Ok(erase(TempWriter::open(folder).await?)),
        Way::Writer(open) => open(entry).await,
        Way::External(_) => Err("the file goes elsewhere".into()),
    }
}

/// What a panic has left undone nobody knows: the view ends with it.
fn crash(view: &Weak<Shared>) {
    if let Some(view) = view.upgrade() {
        view.mailbox.close(Reason::Crashed("the channel of a file has crashed".into()));
    }
}

/// A file has ended.
fn count(end: &'static str) {
    metrics::counter!("firecrest_live_uploads_total", "end" => end).increment(1);
}

/// A file's place in its upload, given up when dropped: however the channel ends.
struct Place {
    /// Weak: an upload that nobody has any more ends.
    upload: Weak<Inner>,
    view: Weak<Shared>,
    file: String,
    channel: Arc<Shared>,
    is_joined: bool,
}

impl Place {
    fn new(upload: &Arc<Inner>, view: &Arc<Shared>, file: String, channel: &Arc<Shared>) -> Self {
        Place {
            upload: Arc::downgrade(upload),
            view: Arc::downgrade(view),
            file,
            channel: Arc::clone(channel),
            is_joined: false,
        }
    }

    /// The writer has failed: the file shows it.
    fn fail(&self, error: &Fault) {
        tracing::warn!(topic = &*self.channel.topic, %error, "a file cannot be written");
        if let Some(upload) = self.upload.upgrade() {
            upload.state().fail(&self.file, UploadError::WriterFailure(error.to_string()));
            upload.tell();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(upload) = self.upload.upgrade() else { return };
        if !self.is_joined {
            return upload.state().give_up(&self.file, &self.channel);
        }
        let dropped = upload.state().release(&upload.rules, &self.file, &self.channel);
        if dropped.is_some() {
            upload.tell();
        }
    }
}
