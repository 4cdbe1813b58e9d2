//! A store that other processes write to as well.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, stream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::known::Known;
use super::{Link, Message, Reading};
use crate::{Batch, MAX_BATCH, StoreError};

/// How long to wait before listening again: this first, and twice as long after each failure up to the last.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// How often a connection that only listens is asked whether it is still there, and how long it has to answer.
const PULSE: Duration = Duration::from_secs(5);

/// What a kind of server can do.
pub(crate) trait Server: Send + Sync + 'static {
    /// Clones share a connection.
    type Connection: Clone + Send + Sync + 'static;
    /// A connection that listens as long as it is not dropped.
    type Ear: Ear;

    /// The name of a counter in a message.
    fn name(told: &str) -> Cow<'_, str> {
        Cow::Borrowed(told)
    }

    /// A new connection.
    fn connect(&self) -> impl Future<Output = Result<Self::Connection, StoreError>> + Send;

    /// Reads counters, in order.
    fn load(
        &self,
        connection: Self::Connection,
        names: &[String],
    ) -> impl Future<Output = Result<Vec<Reading>, StoreError>> + Send;

    /// Adds a batch unless it has been added, tells everybody who listens, and reads its counters, in order.
    fn commit(
        &self,
        connection: Self::Connection,
        batch: &Batch,
    ) -> impl Future<Output = Result<Vec<Reading>, StoreError>> + Send;

    /// Begins to listen: what anybody is told from then on is given to `heard`.
    fn listen(
        &self,
        heard: impl Fn(Message<'_>) + Send + Sync + 'static,
    ) -> impl Future<Output = Result<Self::Ear, StoreError>> + Send;
}

/// A connection that listens.
pub(crate) trait Ear: Send + 'static {
    /// Waits until it has ended, and says why.
    fn lost(&mut self) -> impl Future<Output = StoreError> + Send;

    /// Asks the server for a sign of life.
    fn ping(&mut self) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Everything that the stores on a server have in common.
pub(crate) struct Shared<S: Server> {
    inner: Arc<Inner<S>>,
    /// Listens until the store is dropped.
    _listener: JoinSet<()>,
}

struct Inner<S: Server> {
    server: S,
    link: Link<S::Connection>,
    known: Arc<Known>,
}

impl<S: Server> Shared<S> {
    /// Listens to a server from now on.
    pub(crate) async fn open(server: S, link: Link<S::Connection>) -> Result<Self, StoreError> {
        let inner = Arc::new(Inner { server, link, known: Arc::default() });
        let ear = inner.listen().await?;
        let mut listener = JoinSet::new();
        listener.spawn(listen(Arc::clone(&inner), ear));
        Ok(Shared { inner, _listener: listener })
    }

    pub(crate) async fn load(&self, names: &[String]) -> Result<Vec<i64>, StoreError> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let known = &self.inner.known;
        let _asking = known.asking(names);
        let readings = self.inner.load(names).await?;
        Ok(names.iter().zip(readings).map(|(name, reading)| known.answered(name, reading)).collect())
    }

    pub(crate) async fn commit(&self, batch: &Batch) -> Result<Vec<i64>, StoreError> {
        let Inner { server, link, known } = &*self.inner;
        known.own(batch.writer);
        let readings = link.with(server, |connection| server.commit(connection, batch)).await?;
        let counters = batch.deltas.iter().zip(readings);
        Ok(counters.map(|((name, _), reading)| known.answered(name, reading)).collect())
    }

    pub(crate) fn changes(&self) -> impl Stream<Item = (String, i64)> + Send + 'static + use<S> {
        stream::unfold(Arc::clone(&self.inner.known), async |known| Some((known.next().await, known)))
    }
}

impl<S: Server> Inner<S> {
    async fn load(&self, names: &[String]) -> Result<Vec<Reading>, StoreError> {
        self.link.with(&self.server, |connection| self.server.load(connection, names)).await
    }

    async fn listen(&self) -> Result<S::Ear, StoreError> {
        let known = Arc::clone(&self.known);
        self.server.listen(move |message| known.announced(message, S::name)).await
    }

    /// Listens, and makes up for what was announced while nobody did.
    async fn listen_again(&self) -> Result<S::Ear, StoreError> {
        self.known.doubt();
        let ear = self.listen().await?;
        for names in self.known.names().chunks(MAX_BATCH) {
            let readings = self.load(names).await?;
            names.iter().zip(readings).for_each(|(name, reading)| self.known.changed(name, reading));
        }
        Ok(ear)
    }
}

/// Listens for ever.
async fn listen<S: Server>(inner: Arc<Inner<S>>, mut ear: S::Ear) {
    loop {
        let reason = ended(&mut ear).await;
        drop(ear);
        tracing::warn!(%reason, "not hearing what others add to the counters");
        ear = hear_again(&inner).await;
        tracing::info!("hearing again what others add to the counters");
    }
}

async fn ended(ear: &mut impl Ear) -> StoreError {
    loop {
        tokio::select! {
            reason = ear.lost() => return reason,
            () = sleep(PULSE) => {}
        }
        match timeout(PULSE, ear.ping()).await {
            Ok(Ok(())) => {}
            Ok(Err(reason)) => return reason,
            Err(_) => return StoreError::unavailable(format!("no sign of life within {PULSE:?}")),
        }
    }
}

async fn hear_again<S: Server>(inner: &Inner<S>) -> S::Ear {
    let (mut pause, longest) = PAUSES;
    loop {
        sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
        match inner.listen_again().await {
            Ok(ear) => return ear,
            Err(error) => tracing::debug!(%error, "still not hearing what others add to the counters"),
        }
        pause = longest.min(pause * 2);
    }
}
