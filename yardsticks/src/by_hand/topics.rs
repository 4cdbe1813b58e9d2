//! A broadcast channel for every topic that somebody is on.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::broadcast;

/// Messages a subscriber may lag behind; the memory for them is taken when the first joins.
const CAPACITY: usize = 128;

/// All topics.
#[derive(Debug, Default)]
pub(crate) struct Topics(Mutex<HashMap<String, broadcast::Sender<Utf8Bytes>>>);

impl Topics {
    /// Subscribes to a topic.
    pub(crate) fn subscribe(&self, topic: &str) -> broadcast::Receiver<Utf8Bytes> {
        let mut topics = self.lock();
        if let Some(sender) = topics.get(topic) {
            return sender.subscribe();
        }
        let (sender, receiver) = broadcast::channel(CAPACITY);
        topics.insert(topic.to_owned(), sender);
        receiver
    }

    /// Sends a message to everybody on a topic.
    pub(crate) fn broadcast(&self, topic: &str, message: Utf8Bytes) {
        let sender = self.lock().get(topic).cloned();
        if let Some(sender) = sender {
            // An error means that nobody is there any more.
            let _ = sender.send(message);
        }
    }

    /// Forgets a topic if nobody is on it any more.
    pub(crate) fn tidy(&self, topic: &str) {
        let mut topics = self.lock();
        if topics.get(topic).is_some_and(|sender| sender.receiver_count() == 0) {
            topics.remove(topic);
        }
    }

    /// No code that runs under the lock can leave the map half changed.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, broadcast::Sender<Utf8Bytes>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
