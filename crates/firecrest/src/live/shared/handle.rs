//! Reaching a shared view from outside.

use std::marker::PhantomData;
use std::sync::{Arc, Weak};

use tokio::sync::mpsc::error::TrySendError;

use super::stage::{Order, Stage};
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
    /// When as many messages wait as [may](super::SharedOptions::max_waiting), or the view has ended.
    pub fn send(&self, info: I) -> Result<(), SendError> {
        let stage = self.stage.upgrade().ok_or(SendError::Closed)?;
        stage.orders.try_send(Order::Info(Box::new(info))).map_err(|error| match error {
            TrySendError::Full(_) => SendError::Full,
            TrySendError::Closed(_) => SendError::Closed,
        })
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
