//! What the program says to a shared view.

use std::any::Any;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use firecrest_pubsub::{Broadcast, Subscriber};

use super::stage::Stage;
use crate::channel::SendError;
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
}

pub(super) enum Letter {
    Info(Box<dyn Any + Send>),
    Broadcast(Arc<Broadcast>),
}

impl Mail {
    pub(super) fn new(limit: usize) -> Self {
        Mail { queue: Mutex::default(), limit: limit.max(1) }
    }

    /// Adds an info.
    ///
    /// # Errors
    /// When there is no room.
    pub(super) fn push(&self, info: Box<dyn Any + Send>) -> Result<(), SendError> {
        let mut queue = self.queue();
        if queue.letters.len() >= self.limit {
            reached(Limit::SharedMail);
            return Err(SendError::Full);
        }
        queue.letters.push_back(Letter::Info(info));
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
