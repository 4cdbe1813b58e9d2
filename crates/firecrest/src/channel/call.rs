//! Questions: infos that are answered (F079).

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::SendError;

/// How long an answer is awaited unless the call says otherwise.
const WAIT: Duration = Duration::from_secs(5);

/// The right to answer a question, as a field of an info: `Count(Answer<u64>)`. Dropped, it answers that there is no answer.
#[derive(Debug)]
#[must_use = "somebody waits for the answer"]
pub struct Answer<T>(oneshot::Sender<T>);

impl<T> Answer<T> {
    /// Answers. Returns whether somebody still waited.
    pub fn send(self, answer: T) -> bool {
        self.0.send(answer).is_ok()
    }
}

/// Why a question has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// As many messages wait as may.
    #[error("its mailbox is full")]
    Full,
    /// Whoever was asked has ended before.
    #[error("it has ended")]
    Gone,
    /// Whoever was asked has dropped the question: it has ended or crashed meanwhile, or does not want to answer.
    #[error("it has dropped the question")]
    Dropped,
    /// There was no answer in time. Whoever was asked may still act on the question.
    #[error("there was no answer in time")]
    TimedOut,
}

impl From<SendError> for CallError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Full => CallError::Full,
            SendError::Closed => CallError::Gone,
        }
    }
}

/// Asks by sending an info, and waits for the answer: five seconds, or as long as is said.
pub(crate) async fn call<I, T>(
    within: Option<Duration>,
    question: impl FnOnce(Answer<T>) -> I,
    send: impl FnOnce(I) -> Result<(), SendError>,
) -> Result<T, CallError> {
    let (answer, answered) = oneshot::channel();
    send(question(Answer(answer)))?;
    match timeout(within.unwrap_or(WAIT), answered).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) => Err(CallError::Dropped),
        Err(_) => Err(CallError::TimedOut),
    }
}
