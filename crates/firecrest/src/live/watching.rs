//! What an ordinary view looks at besides its own state, and where it is counted as a viewer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use tokio_util::task::AbortOnDropHandle;

use super::info::LiveInfo;
use crate::channel::{ChannelHandle, SendError, Shared};
use crate::source::Changes;
use crate::viewers::{Viewers, Viewing};

/// Most live values that a view may watch: 1,000. One more crashes it.
pub(super) const MAX_WATCHED: usize = 1_000;

/// Live values and audiences of one view; all of it ends with the view.
#[derive(Default)]
pub(super) struct Watching {
    /// Waits for changes, once there is somebody to be told.
    tasks: Vec<AbortOnDropHandle<()>>,
    viewing: Vec<Viewing>,
    /// What waits for the socket. Never locked: streams cannot be looked at from two threads, and pages are.
    sources: Mutex<Vec<Changes>>,
    audiences: Vec<Viewers>,
    /// Whether the view has been told of a change that it has not noticed yet: one message is enough.
    is_told: Arc<AtomicBool>,
}

impl Watching {
    /// How many values are watched.
    pub(super) fn len(&mut self) -> usize {
        self.tasks.len() + self.sources().len()
    }

    pub(super) fn watch(&mut self, changes: Changes, channel: Option<&Arc<Shared>>) {
        match channel {
            Some(channel) => self.listen(changes, channel),
            None => self.sources().push(changes),
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
        for changes in std::mem::take(self.sources()) {
            self.listen(changes, channel);
        }
        self.viewing.extend(std::mem::take(&mut self.audiences).iter().map(Viewers::enter));
    }

    /// The view looks at everything now.
    pub(super) fn notice(&self) {
        self.is_told.store(false, Ordering::SeqCst);
    }

    fn sources(&mut self) -> &mut Vec<Changes> {
        self.sources.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn listen(&mut self, mut changes: Changes, channel: &Arc<Shared>) {
        let (channel, is_told) = (Arc::downgrade(channel), Arc::clone(&self.is_told));
        let listening = tokio::spawn(async move {
            while let Some(()) = changes.next().await {
                if is_told.swap(true, Ordering::SeqCst) {
                    continue;
                }
                let Some(channel) = channel.upgrade() else { break };
                match ChannelHandle::new(channel).send(LiveInfo::Changed) {
                    Ok(()) => {}
                    // It has more to do than it can: what it does first renders it too.
                    Err(SendError::Full) => is_told.store(false, Ordering::SeqCst),
                    Err(SendError::Closed) => break,
                }
            }
        });
        self.tasks.push(AbortOnDropHandle::new(listening));
    }
}
