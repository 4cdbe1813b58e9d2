//! A long-poll session: a connection that is carried by one request after another.

use std::future::poll_fn;
use std::sync::{Arc, Mutex as StdMutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use firecrest_wire::longpoll::{Part, parts};
use firecrest_wire::serializer;
use firecrest_wire::websocket::Frame;
use tokio::sync::{Mutex, Notify};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::SessionId;
use super::sessions::Table;
use super::unclaimed::Unclaimed;
use crate::Endpoint;
use crate::connection::{CloseReason, Connection, Shared};
use crate::telemetry::meter::{Count, add};
use crate::telemetry::shown_error;

pub(crate) struct Session {
    pub(super) id: SessionId,
    shared: Arc<Shared>,
    /// Held while one message is handled. Those of concurrent POSTs take turns; the official client sends one POST at a
    /// time.
    connection: Mutex<Connection>,
    /// When the last poll came, or was answered.
    polled: StdMutex<Instant>,
    /// Tells a waiting poll that another one has come.
    replaced: Notify,
    /// Held by the poll that waits: the outbox wakes only one.
    turn: Mutex<()>,
    /// What has left the outbox for a poll. Filled by the poll that waits only.
    unclaimed: StdMutex<Unclaimed>,
    /// Cancelled when the session has ended, so that a POST stops waiting for room.
    ended: CancellationToken,
    window: Duration,
}

/// What a poll came to.
pub(super) enum Polled<T> {
    /// There are messages: these.
    Messages(T),
    /// Nothing within the window.
    Nothing,
    /// The session has ended.
    Gone,
}

/// What a POST came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Posted {
    Done,
    /// There was no room within the window.
    Timeout,
    /// The session has ended, maybe by this.
    Gone,
}

impl Session {
    /// Starts a session and the task that ends it.
    pub(super) fn start(endpoint: &Endpoint, connection: Connection, window: Duration) -> Arc<Self> {
        let (sessions, tracker) = (endpoint.sessions(), endpoint.tracker());
        let session = Arc::new(Session {
            id: SessionId::new(),
            shared: Arc::clone(connection.shared()),
            connection: Mutex::new(connection),
            polled: StdMutex::new(Instant::now()),
            replaced: Notify::new(),
            turn: Mutex::default(),
            unclaimed: StdMutex::default(),
            ended: CancellationToken::new(),
            window,
        });
        sessions.table().insert(&session);
        tracker.spawn(Arc::clone(&session).watch(sessions.table().clone()));
        session
    }

    /// How long a poll waits, and a POST for room.
    pub(super) fn window(&self) -> Duration {
        self.window
    }

    /// Waits for messages, at most the window. Only one poll waits at a time: a new one sends the old one home.
    pub(super) async fn poll(&self) -> Polled<Vec<Frame>> {
        self.wait(Unclaimed::claim).await
    }

    /// As [`poll`](Self::poll), for another node: the messages have to be [taken](Self::take) by the number that comes with them. See
    /// [`Unclaimed::offer`].
    pub(super) async fn offer(&self, most: usize, largest: usize) -> Polled<(u64, Vec<Frame>)> {
        self.wait(|unclaimed| unclaimed.offer(most, largest)).await
    }

    /// Takes what was offered. Whether that has been done, now or before.
    pub(super) fn take(&self, offer: u64) -> bool {
        self.unclaimed().take(offer)
    }

    async fn wait<T>(&self, claim: impl FnOnce(&mut Unclaimed) -> T) -> Polled<T> {
        self.replaced.notify_waiters();
        // Made before it waits for its turn: it hears of every later poll.
        let replaced = self.replaced.notified();
        self.touch();
        let _turn = self.turn.lock().await;
        let polled = tokio::select! {
            biased;
            () = replaced => Polled::Nothing,
            there_are = poll_fn(|cx| self.poll_messages(cx)) => match there_are {
                Ok(()) => Polled::Messages(claim(&mut self.unclaimed())),
                Err(_) => Polled::Gone,
            },
            () = tokio::time::sleep(self.window) => Polled::Nothing,
        };
        self.touch();
        polled
    }

    /// Ready when messages wait to be claimed, or with the reason when there will be none.
    fn poll_messages(&self, cx: &mut Context<'_>) -> Poll<Result<(), CloseReason>> {
        if self.unclaimed().is_empty() {
            let frames = ready!(self.shared.outbox.poll_take(cx))?;
            self.unclaimed().put(frames);
        }
        Poll::Ready(Ok(()))
    }

    /// Handles the frames of a POST, one after another. What is no frame ends the session.
    pub(super) async fn handle(&self, content_type: Option<&str>, body: Bytes) -> Posted {
        let Ok(parts) = parts(content_type, body) else {
            self.refuse();
            return Posted::Gone;
        };
        for part in parts {
            let Ok(part) = part else {
                self.refuse();
                return Posted::Gone;
            };
            match self.receive(&part).await {
                Posted::Done => {}
                ended => return ended,
            }
        }
        Posted::Done
    }

    /// Handles one frame of a POST.
    async fn receive(&self, part: &Part) -> Posted {
        let handled = tokio::select! {
            biased;
            () = self.ended.cancelled() => return Posted::Gone,
            handled = timeout(self.window, self.dispatch(part)) => handled,
        };
        match handled {
            Err(_) => Posted::Timeout,
            Ok(()) if self.shared.outbox.closed().is_some() => Posted::Gone,
            Ok(()) => Posted::Done,
        }
    }

    /// Hands one frame to its channel, and waits until there is room for the next.
    async fn dispatch(&self, part: &Part) {
        let (decoded, bytes) = match part {
            Part::Text(text) => (serializer::decode_text(self.shared.version, text), text.len()),
            Part::Binary(bytes) => (serializer::decode_binary(self.shared.version, bytes), bytes.len()),
        };
        add(Count::BytesIn, bytes as u64);
        let mut connection = self.connection.lock().await;
        poll_fn(|cx| connection.poll_room(cx)).await;
        match decoded {
            Ok(message) => drop(connection.dispatch(message)),
            Err(error) => {
                let error = shown_error(&error);
                tracing::warn!(error, "a client sent what is no message: ending its session");
                self.shared.outbox.close(CloseReason::Undecodable);
            }
        }
        poll_fn(|cx| connection.poll_room(cx)).await;
    }

    /// Ends the session because a client broke the rules.
    pub(super) fn refuse(&self) {
        self.shared.outbox.close(CloseReason::Undecodable);
    }

    /// Waits for the end, by whatever cause, and for nobody polling any more.
    async fn watch(self: Arc<Self>, sessions: Table) {
        let reason = loop {
            let due = self.last_polled() + self.patience();
            tokio::select! {
                reason = poll_fn(|cx| self.shared.outbox.poll_closed(cx)) => break reason,
                () = sleep_until(due) => {}
            }
            if Instant::now() >= self.last_polled() + self.patience() {
                break CloseReason::Inactive;
            }
        };
        sessions.remove(self.id);
        self.ended.cancel();
        self.connection.lock().await.close(reason);
    }

    /// How long a session may go without a poll (spec §4.5).
    fn patience(&self) -> Duration {
        self.window * 3 / 2
    }

    fn unclaimed(&self) -> MutexGuard<'_, Unclaimed> {
        self.unclaimed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn touch(&self) {
        *self.polled.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn last_polled(&self) -> Instant {
        *self.polled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
