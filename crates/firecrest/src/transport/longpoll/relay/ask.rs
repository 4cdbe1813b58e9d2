//! The asker's side: a request that has arrived here is answered with what the session's node says.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use firecrest_wire::Text;
use firecrest_wire::websocket::Frame;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::Relay;
use super::message::{Answer, Request};
use crate::transport::longpoll::SessionId;
use crate::transport::longpoll::session::{Polled, Posted};

/// How often what may be said twice is said, within the time that a node has to answer.
const ATTEMPTS: u32 = 4;

/// A session of another node.
pub(in crate::transport::longpoll) struct Remote {
    relay: Arc<Relay>,
    node: Arc<str>,
    session: SessionId,
    /// How long its node has to say something.
    timeout: Duration,
}

/// Why a session could not be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::transport::longpoll) enum Unreached {
    /// Its node does not know it, or did not answer in time.
    #[error("there is no such session, or its node does not answer")]
    Absent,
    /// Here or there too much is being asked.
    #[error("too many requests wait for sessions of other nodes")]
    Busy,
}

impl Remote {
    pub(in crate::transport::longpoll) fn new(
        relay: &Arc<Relay>,
        node: &str,
        session: SessionId,
        timeout: Duration,
    ) -> Self {
        Remote { relay: Arc::clone(relay), node: node.into(), session, timeout }
    }

    /// Waits for messages, as long as the session does.
    pub(in crate::transport::longpoll) async fn poll(&self) -> Result<Polled<Vec<Frame>>, Unreached> {
        let mut call = self.call()?;
        let (answer, is_there) = tokio::select! {
            biased;
            () = self.relay.leaving.notified() => return Ok(Polled::Nothing),
            answered = self.wait(&mut call) => answered,
        };
        match answer {
            Some(Answer::Offer { number, frames }) => Ok(self.take(&mut call, number, frames).await),
            Some(Answer::Nothing) => Ok(Polled::Nothing),
            Some(Answer::Gone) => Ok(Polled::Gone),
            Some(Answer::Busy) => Err(Unreached::Busy),
            // Something was lost; the next poll will tell what.
            None if is_there => Ok(Polled::Nothing),
            _ => Err(Unreached::Absent),
        }
    }

    /// What a poll is answered, and whether it was said before that its session is there.
    async fn wait(&self, call: &mut Call<'_>) -> (Option<Answer>, bool) {
        let mut answer = call.ask(&Request::Poll(self.session), ATTEMPTS, |_| true).await;
        let mut is_there = false;
        while let Some(Answer::Waiting(window)) = answer {
            is_there = true;
            answer = call.answered_until(Instant::now() + window + self.timeout, |_| true).await;
        }
        (answer, is_there)
    }

    /// Takes what was offered, so that nobody else gets it.
    async fn take(&self, call: &mut Call<'_>, offer: u64, frames: Vec<Frame>) -> Polled<Vec<Frame>> {
        let take = Request::Take { session: self.session, offer };
        match call.ask(&take, ATTEMPTS, Answer::is_last).await {
            // When the session has ended nobody can get it any more.
            Some(Answer::Taken | Answer::Absent) => Polled::Messages(frames),
            Some(Answer::Stale) => Polled::Nothing,
            // Nobody knows whether it was taken. The client comes back and joins again.
            _ => Polled::Gone,
        }
    }

    /// Has the body of a POST handled.
    pub(in crate::transport::longpoll) async fn push(
        &self,
        content_type: Option<&str>,
        body: Bytes,
    ) -> Result<Posted, Unreached> {
        let bytes = u32::try_from(body.len()).unwrap_or(u32::MAX);
        let _room = self.relay.room.try_acquire_many(bytes).map_err(|_| Unreached::Busy)?;
        let mut call = self.call()?;
        let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
        let content_type = Text::copied(essence.trim());
        let push = Request::Push { session: self.session, content_type, body };
        let mut answer = call.ask(&push, 1, |_| true).await;
        drop(push);
        while let Some(Answer::Waiting(time)) = answer {
            answer = call.answered_until(Instant::now() + time + self.timeout, |_| true).await;
        }
        match answer {
            Some(Answer::Done) => Ok(Posted::Done),
            Some(Answer::Timeout) => Ok(Posted::Timeout),
            Some(Answer::Gone) => Ok(Posted::Gone),
            Some(Answer::Busy) => Err(Unreached::Busy),
            _ => Err(Unreached::Absent),
        }
    }

    fn call(&self) -> Result<Call<'_>, Unreached> {
        let (number, answers) = self.relay.asked.add(&self.node).ok_or(Unreached::Busy)?;
        metrics::counter!("firecrest_longpoll_forwarded_total").increment(1);
        Ok(Call { remote: self, number, answers, is_over: false })
    }
}

/// A question and its answers. When it is dropped before the last answer, the other node is told to stop.
struct Call<'a> {
    remote: &'a Remote,
    number: u64,
    answers: mpsc::Receiver<Answer>,
    is_over: bool,
}

impl Call<'_> {
    /// Asks so many times within the timeout, and waits that long for an answer of this kind.
    async fn ask(&mut self, request: &Request, attempts: u32, wanted: fn(&Answer) -> bool) -> Option<Answer> {
        let (begin, timeout) = (Instant::now(), self.remote.timeout);
        self.is_over = false;
        for attempt in 1..=attempts {
            self.remote.relay.ask(&self.remote.node, self.number, request);
            let answer = self.answered_until(begin + timeout * attempt / attempts, wanted).await;
            if answer.is_some() {
                return answer;
            }
        }
        metrics::counter!("firecrest_longpoll_unanswered_total").increment(1);
        tracing::debug!(
            node = &*self.remote.node,
            "a node did not answer what its long-poll session was asked"
        );
        None
    }

    /// The next answer of a kind; nothing when none came in time.
    async fn answered_until(&mut self, deadline: Instant, wanted: fn(&Answer) -> bool) -> Option<Answer> {
        loop {
            let answer = timeout_at(deadline, self.answers.recv()).await.ok()??;
            self.is_over = answer.is_last();
            if wanted(&answer) {
                return Some(answer);
            }
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let Remote { relay, node, .. } = self.remote;
        relay.asked.remove(self.number);
        if !self.is_over {
            relay.ask(node, self.number, &Request::GiveUp);
        }
    }
}
