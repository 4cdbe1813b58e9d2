//! What an ordinary view looks at besides its own state, and where it is counted as a viewer.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use super::info::LiveInfo;
use crate::channel::{ChannelHandle, SendError, Shared};
use crate::source::Changes;
use crate::viewers::{Viewers, Viewing};

/// Most live values that a view may watch: 1,000. One more crashes it.
pub(super) const MAX_WATCHED: usize = 1_000;

/// The least time between two changes of a value that a view is told of.
const PACE: Duration = Duration::from_millis(50);

/// Live values and audiences of one view; all of it ends with the view.
#[derive(Default)]
pub(super) struct Watching {
    /// Waits for changes, once there is somebody to be told.
    tasks: Vec<AbortOnDropHandle<()>>,
    viewing: Vec<Viewing>,
    /// What waits for the socket.
    sources: Vec<Changes>,
    audiences: Vec<Viewers>,
    /// Values that have names: who asks twice watches once.
    names: HashSet<String>,
    /// Whether the view has been told of a change that it has not noticed yet: one message is enough.
    is_told: Arc<AtomicBool>,
}

impl Watching {
    /// How many values are watched.
    pub(super) fn len(&self) -> usize {
        self.tasks.len() + self.sources.len()
    }

    /// Whether a value with this name is not watched yet; from now on it is.
    pub(super) fn is_new(&mut self, name: String) -> bool {
        self.names.insert(name)
    }

    pub(super) fn watch(&mut self, changes: Changes, channel: Option<&Arc<Shared>>) {
        match channel {
            Some(channel) => self.listen(changes, channel),
            None => self.sources.push(changes),
        }
    }

    pub(super) fn join(&mut self, audience: &Viewers, channel: Option<&Arc<Shared>>) {
        match channel {
            Some(_) => self.viewing.push(audience.enter()),
            None => self.audiences.push(audience.clone()),
        }
    }

    /// The view has a socket now.
    pub(super) fn connect(&mut self, channel: &Arc<Shared>) {
        for changes in std::mem::take(&mut self.sources) {
            self.listen(changes, channel);
        }
        self.viewing.extend(std::mem::take(&mut self.audiences).iter().map(Viewers::enter));
    }

    /// The view looks at everything now.
    pub(super) fn notice(&self) {
        self.is_told.store(false, Ordering::SeqCst);
    }

    fn listen(&mut self, changes: Changes, channel: &Arc<Shared>) {
        let listening = tokio::spawn(listen(changes, Arc::downgrade(channel), Arc::clone(&self.is_told)));
        self.tasks.push(AbortOnDropHandle::new(listening));
    }
}

/// Tells a view of changes, until it has ended.
async fn listen(mut changes: Changes, channel: Weak<Shared>, is_told: Arc<AtomicBool>) {
    while let Some(()) = changes.next().await {
        if is_told.swap(true, Ordering::SeqCst) {
            continue;
        }
        loop {
            let Some(channel) = channel.upgrade() else { return };
            match ChannelHandle::new(channel).send(LiveInfo::Changed) {
                Ok(()) => break,
                // It has more to do than it can.
                Err(SendError::Full) => sleep(PACE).await,
                Err(SendError::Closed) => return,
            }
        }
        sleep(PACE).await;
    }
}
