//! What the program says to a shared view.

use std::any::Any;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use firecrest_pubsub::{Broadcast, Subscriber};

use super::stage::Stage;
use crate::channel::{Answer, SendError};
use crate::live::inspect::Look;
use crate::telemetry::meter::{Limit, reached};

/// Infos and broadcasts that wait for a state. A state that starts anew finds none: they were for the one before.
pub(super) struct Mail {
    queue: Mutex<Queue>,
    limit: usize,
}

#[derive(Default)]
struct Queue {
    letters: VecDeque<Letter>,
    /// Whether a broadcast came for which there was no room.
    is_overrun: bool,
    /// Whether the view has ended: nobody reads any more.
    is_closed: bool,
}

pub(super) enum Letter {
    Info(Box<dyn Any + Send>),
    Broadcast(Arc<Broadcast>),
    /// Somebody looks into the state.
    Look(Answer<Look>),
}

impl Mail {
    pub(super) fn new(limit: usize) -> Self {
        Mail { queue: Mutex::default(), limit: limit.max(1) }
    }

    /// Adds a letter.
    ///
    /// # Errors
    /// When there is no room, or the view has ended.
    pub(super) fn push(&self, letter: Letter) -> Result<(), SendError> {
        let mut queue = self.queue();
        if queue.is_closed {
            return Err(SendError::Closed);
        }
        if queue.letters.len() >= self.limit {
            reached(Limit::SharedMail);
            return Err(SendError::Full);
        }
        queue.letters.push_back(letter);
        Ok(())
    }

    /// The next letter. The error is that a broadcast was lost.
    pub(super) fn next(&self) -> Result<Option<Letter>, Overrun> {
        let mut queue = self.queue();
        if queue.is_overrun {
            return Err(Overrun { limit: self.limit });
        }
        let letter = queue.letters.pop_front();
        if queue.letters.is_empty() && queue.letters.capacity() > 64 {
            queue.letters.shrink_to(64);
        }
        Ok(letter)
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        let old = std::mem::take(&mut *self.queue());
        // Dropping runs the application's code: not while it is locked.
        drop(old);
    }

    /// Takes nothing any more, and forgets everything.
    pub(super) fn close(&self) {
        let old = std::mem::replace(&mut *self.queue(), Queue { is_closed: true, ..Queue::default() });
        // Dropping runs the application's code: not while it is locked.
        drop(old);
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Messages came faster than they were handled.
#[derive(Debug, thiserror::Error)]
#[error("more than {limit} infos and broadcasts wait for the view")]
pub(super) struct Overrun {
    limit: usize,
}

/// Hears broadcasts for one state of a shared view.
pub(super) struct Listener(Weak<Stage>);

impl Listener {
    pub(super) fn new(stage: &Arc<Stage>) -> Self {
        Listener(Arc::downgrade(stage))
    }
}

impl Subscriber for Listener {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        let Some(stage) = self.0.upgrade() else { return };
        let mail = &stage.mail;
        let mut queue = mail.queue();
        if queue.is_closed {
            return;
        }
        if queue.letters.len() < mail.limit {
            queue.letters.push_back(Letter::Broadcast(Arc::clone(broadcast)));
        } else {
            reached(Limit::SharedMail);
            queue.is_overrun = true;
        }
        drop(queue);
        stage.news.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::{CallError, call};

    #[tokio::test]
    async fn f079_mail_of_a_view_that_has_ended_is_not_kept() {
        let mail = Mail::new(8);
        let ask =
            || call(None, |answer: Answer<()>| Letter::Info(Box::new(answer)), |letter| mail.push(letter));
        let (waited, ()) = tokio::join!(ask(), async { mail.close() });
        assert_eq!(waited, Err(CallError::Dropped));
        assert_eq!(ask().await, Err(CallError::Gone));
    }
}
