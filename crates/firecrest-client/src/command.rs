//! What handles ask of the task.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use firecrest_wire::Payload;
use tokio::sync::oneshot;

use crate::queue::Queue;
use crate::{JoinError, PushError, Reply};

/// Where the answer to a push or a leave goes.
pub(crate) type Answer<T> = oneshot::Sender<Result<T, PushError>>;

/// Where the answer to a join goes.
pub(crate) type JoinAnswer = oneshot::Sender<Result<Payload, JoinError>>;

/// What a channel's handles and the task both hold. Its address tells channels of one topic apart.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) topic: String,
    pub(crate) params: Payload,
    pub(crate) queue: Queue,
    /// The channel was dropped: nobody will read its events.
    pub(crate) abandoned: AtomicBool,
}

/// A wish of a handle.
#[derive(Debug)]
pub(crate) enum Command {
    Join { channel: Arc<Shared>, answer: JoinAnswer },
    Push { channel: Arc<Shared>, push: Unsent },
    Leave { channel: Arc<Shared>, answer: Option<Answer<()>> },
    Disconnect { done: oneshot::Sender<()> },
}

/// A message on its way out.
#[derive(Debug)]
pub(crate) struct Unsent {
    pub(crate) event: String,
    pub(crate) payload: Payload,
    pub(crate) answer: PushAnswer,
}

/// What the sender of a message waits for.
#[derive(Debug)]
pub(crate) enum PushAnswer {
    /// The server's reply.
    Replied(Answer<Reply>),
    /// That it has been accepted for sending.
    Accepted(Answer<()>),
    /// Nothing any more.
    Nothing,
}

impl PushAnswer {
    pub(crate) fn fail(self, error: PushError) {
        // Whoever gave up waiting is not interested.
        match self {
            PushAnswer::Replied(answer) => drop(answer.send(Err(error))),
            PushAnswer::Accepted(answer) => drop(answer.send(Err(error))),
            PushAnswer::Nothing => {}
        }
    }

    /// Tells a sender that only waits for this that its message will be sent.
    pub(crate) fn accepted(self) -> Self {
        match self {
            PushAnswer::Accepted(answer) => {
                // As above.
                drop(answer.send(Ok(())));
                PushAnswer::Nothing
            }
            other => other,
        }
    }

    /// Whether its sender has given up.
    pub(crate) fn is_given_up(&self) -> bool {
        match self {
            PushAnswer::Replied(answer) => answer.is_closed(),
            PushAnswer::Accepted(answer) => answer.is_closed(),
            PushAnswer::Nothing => false,
        }
    }
}
