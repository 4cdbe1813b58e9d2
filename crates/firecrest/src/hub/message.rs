//! What a listener is given.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::parcel::Parcel;

/// What messages may hold: any type that can be written as JSON and read again. Nothing has to be done for it.
pub trait Body: Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Body for T {}

/// A message: the value, and where and when it was sent. It is a pointer to what all who hear it share.
pub struct Message<T>(pub(super) Arc<Parcel<T>>);

impl<T> Message<T> {
    /// The topic that it was sent to.
    pub fn topic(&self) -> &str {
        &self.0.head().topic
    }

    /// When it was sent, by the clock of the node that has sent it.
    pub fn at(&self) -> SystemTime {
        self.0.head().time()
    }

    /// The other node that has sent it; nothing when it was this one.
    pub fn node(&self) -> Option<&str> {
        self.0.head().origin.node.as_deref()
    }
}

impl<T> Deref for Message<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T> Clone for Message<T> {
    fn clone(&self) -> Self {
        Message(Arc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for Message<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("topic", &self.topic())
            .field("value", &**self)
            .finish_non_exhaustive()
    }
}
