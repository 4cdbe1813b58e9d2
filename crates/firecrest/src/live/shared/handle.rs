//! Reaching a shared view from outside.

use std::marker::PhantomData;
use std::sync::{Arc, Weak};

use super::stage::Stage;
use crate::channel::SendError;

/// Sends infos to one shared view, from any task. It does not keep the view alive.
pub struct SharedHandle<I> {
    stage: Weak<Stage>,
    info: PhantomData<fn(I)>,
}

impl<I: Send + 'static> SharedHandle<I> {
    pub(super) fn new(stage: &Arc<Stage>) -> Self {
        SharedHandle { stage: Arc::downgrade(stage), info: PhantomData }
    }

    /// Sends an info to the view's `handle_info`.
    ///
    /// # Errors
    /// When as many messages wait as [may](super::SharedOptions::max_waiting), or the view has ended. What waits for a state that
    /// crashes is lost with it.
    pub fn send(&self, info: I) -> Result<(), SendError> {
        let stage = self.stage.upgrade().ok_or(SendError::Closed)?;
        stage.mail.push(Box::new(info))?;
        stage.news.notify_one();
        Ok(())
    }
}

impl<I> Clone for SharedHandle<I> {
    fn clone(&self) -> Self {
        SharedHandle { stage: self.stage.clone(), info: PhantomData }
    }
}

impl<I> std::fmt::Debug for SharedHandle<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedHandle").finish_non_exhaustive()
    }
}
