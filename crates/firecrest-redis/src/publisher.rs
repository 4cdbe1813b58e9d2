//! The connection that publishes.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, ready};
use futures_util::stream::FuturesOrdered;
use futures_util::{FutureExt as _, StreamExt as _};
use redis::aio::MultiplexedConnection;
use redis::{Pipeline, RedisResult};
use tokio::task::unconstrained;
use tokio::time::{Instant, sleep_until, timeout};

use crate::error::{Reason, closed, explain};
use crate::queue::{Load, Outgoing};
use crate::session::{Session, Shared};
use crate::signs::Signs;
use crate::status::Side;

/// What may be on its way at once; a message that is larger is on its way alone.
const WINDOW: Load = Load { messages: 4_000, bytes: 1024 * 1024 };

/// Most messages that are sent at once.
const MAX_BATCH: usize = 1_000;

/// Most times that something is sent before the first is answered. The connection has places for more.
const MAX_BATCHES: usize = 16;

/// Connects, publishes, and says why it has ended.
pub(crate) async fn attempt(session: &Session) -> Reason {
    let shared = &session.shared;
    let (connection, signs) = match connect(session).await {
        Ok(connected) => connected,
        Err(reason) => return reason,
    };
    shared.queue.open();
    // The queue knows of messages that were refused.
    session.up(Side::Publisher, false);
    let Err(reason) = Publisher::new(session, connection, signs).run().await;
    shared.queue.lose();
    reason
}

/// A connection of a user who may publish.
async fn connect(session: &Session) -> Result<(MultiplexedConnection, Arc<Signs>), Reason> {
    let Shared { broker, names, former, .. } = &*session.shared;
    let (mut connection, signs) = broker.connect(|_| ()).await?;
    let begin = async {
        former.replace(&mut connection).await?;
        redis::cmd("PUBLISH").arg(&*names.nobody()).arg("").exec_async(&mut connection).await
    };
    timeout(broker.limit, begin).await.map_err(|_| broker.silent())?.map_err(explain)?;
    Ok((connection, signs))
}

struct Publisher<'a> {
    session: &'a Session,
    connection: MultiplexedConnection,
    signs: Arc<Signs>,
    /// What has been sent and not been answered, in order.
    sent: FuturesOrdered<BoxFuture<'static, (Load, RedisResult<()>)>>,
    load: Load,
    limit: Duration,
    /// When to ask for a sign of life, or, if something was sent, when to give up.
    deadline: Instant,
}

impl<'a> Publisher<'a> {
    fn new(session: &'a Session, connection: MultiplexedConnection, signs: Arc<Signs>) -> Self {
        let limit = session.shared.broker.limit;
        let mut publisher = Publisher {
            session,
            connection,
            signs,
            sent: FuturesOrdered::new(),
            load: Load::default(),
            limit,
            deadline: Instant::now(),
        };
        publisher.allow(limit / 2);
        publisher
    }

    /// Sends what is queued, for as long as the broker answers.
    async fn run(mut self) -> Result<Infallible, Reason> {
        let queue = &self.session.shared.queue;
        loop {
            let room = self.room();
            tokio::select! {
                biased;
                Some((load, answer)) = self.sent.next() => {
                    answer.map_err(explain)?;
                    self.answered(load);
                }
                (batch, load) = queue.batch(room.unwrap_or_default()), if room.is_some() => self.publish(&batch, load),
                () = self.signs.ended() => return Err(closed()),
                () = sleep_until(self.deadline) => {
                    if !self.sent.is_empty() {
                        return Err(self.session.shared.broker.silent());
                    }
                    self.ping();
                }
            }
        }
    }

    /// How much may be sent now.
    fn room(&self) -> Option<Load> {
        let messages = WINDOW.messages.saturating_sub(self.load.messages).min(MAX_BATCH);
        let bytes = WINDOW.bytes.saturating_sub(self.load.bytes);
        (messages > 0 && bytes > 0 && self.sent.len() < MAX_BATCHES).then_some(Load { messages, bytes })
    }

    fn publish(&mut self, batch: &[Outgoing], load: Load) {
        let mut commands = Pipeline::with_capacity(batch.len());
        for Outgoing { channel, message } in batch {
            commands.cmd("PUBLISH").arg(&**channel).arg(&**message).ignore();
        }
        if self.sent.is_empty() {
            self.allow(self.limit);
        }
        self.send(commands, load);
    }

    fn ping(&mut self) {
        let mut commands = Pipeline::new();
        commands.cmd("PING").ignore();
        self.allow(self.limit / 2);
        self.send(commands, Load::default());
    }

    fn send(&mut self, commands: Pipeline, load: Load) {
        self.load.messages += load.messages;
        self.load.bytes += load.bytes;
        let mut connection = self.connection.clone();
        let answer = async move { (load, commands.exec_async(&mut connection).await) };
        let mut answer = unconstrained(answer).boxed();
        // It is handed to the connection when it is polled first: here, so that nothing overtakes it.
        if let Some(done) = (&mut answer).now_or_never() {
            answer = ready(done).boxed();
        }
        self.sent.push_back(answer);
    }

    fn answered(&mut self, load: Load) {
        self.load.messages -= load.messages;
        self.load.bytes -= load.bytes;
        self.allow(if self.sent.is_empty() { self.limit / 2 } else { self.limit });
        self.session.shared.queue.answered(load);
        self.session.tell_gaps();
    }

    fn allow(&mut self, time: Duration) {
        self.deadline = Instant::now() + time;
    }
}
