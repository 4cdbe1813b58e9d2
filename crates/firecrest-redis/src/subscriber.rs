//! The connection that hears.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use firecrest_pubsub::cluster::Receiver;
use redis::aio::MultiplexedConnection;
use redis::{PushInfo, PushKind, RedisResult, Value};
use tokio::time::{sleep, timeout};

use crate::error::{Reason, closed, explain};
use crate::interest::{Begin, Change};
use crate::session::Session;
use crate::signs::Signs;
use crate::status::Side;

/// Connects, asks for all that is wanted, hears, and says why it has ended.
pub(crate) async fn attempt(session: &Session) -> Reason {
    let shared = &session.shared;
    let (connection, signs) = match shared.broker.connect(hear(&session.receiver)).await {
        Ok(connected) => connected,
        Err(reason) => {
            shared.interest.lose();
            return reason;
        }
    };
    let begin = shared.interest.begin();
    let Err(reason) = Subscriber { session, connection, signs }.run(begin).await;
    shared.interest.lose();
    reason
}

/// What takes what comes.
fn hear(receiver: &Arc<dyn Receiver>) -> impl Fn(PushInfo) + Send + Sync + 'static {
    let receiver = Arc::clone(receiver);
    move |push| {
        // The name of the channel comes before the message.
        if let (PushKind::Message, Some(Value::BulkString(message))) =
            (push.kind, push.data.into_iter().nth(1))
        {
            receiver.receive(Bytes::from(message));
        }
    }
}

struct Subscriber<'a> {
    session: &'a Session,
    connection: MultiplexedConnection,
    signs: Arc<Signs>,
}

impl Subscriber<'_> {
    /// Tells the broker what is wanted, for as long as it answers.
    async fn run(mut self, begin: Begin) -> Result<Infallible, Reason> {
        let interest = &self.session.shared.interest;
        while !interest.has_taken(begin.until)
            && let Some(change) = interest.next()
        {
            self.apply(change).await?;
        }
        self.session.up(Side::Subscriber, begin.has_missed);
        let half = self.session.shared.broker.limit / 2;
        loop {
            tokio::select! {
                () = self.signs.ended() => return Err(closed()),
                change = interest.change() => self.apply(change).await?,
                () = sleep(half) => self.ping(half).await?,
            }
        }
    }

    async fn apply(&mut self, change: Change) -> Result<(), Reason> {
        let (mut connection, limit) = (self.connection.clone(), self.session.shared.broker.limit);
        match change {
            Change::Subscribe(names) => {
                let channels: Vec<&[u8]> = names.iter().map(|name| &**name).collect();
                self.answer(limit, connection.subscribe(channels)).await?;
                self.session.shared.interest.confirmed(&names);
                Ok(())
            }
            Change::Unsubscribe(names) => {
                let channels: Vec<&[u8]> = names.iter().map(|name| &**name).collect();
                self.answer(limit, connection.unsubscribe(channels)).await
            }
        }
    }

    async fn ping(&mut self, limit: Duration) -> Result<(), Reason> {
        let mut connection = self.connection.clone();
        self.answer(limit, redis::cmd("PING").exec_async(&mut connection)).await
    }

    /// Waits for an answer for as long as anything comes: it may have to queue behind many messages.
    async fn answer(
        &self,
        limit: Duration,
        answer: impl Future<Output = RedisResult<()>>,
    ) -> Result<(), Reason> {
        let mut answer = pin!(answer);
        loop {
            let life = self.signs.life();
            if let Ok(answer) = timeout(limit, &mut answer).await {
                return answer.map_err(explain);
            }
            if self.signs.life() == life {
                return Err(self.session.shared.broker.silent());
            }
        }
    }
}
