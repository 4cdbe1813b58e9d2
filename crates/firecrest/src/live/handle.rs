//! Reaching a view from outside.

use std::marker::PhantomData;
use std::sync::Arc;

use super::info::LiveInfo;
use crate::channel::{ChannelHandle, SendError, Shared};

/// Sends infos to one view, from any task. It does not keep the view alive.
pub struct ViewHandle<I> {
    channel: ChannelHandle<LiveInfo>,
    info: PhantomData<fn(I)>,
}

impl<I: Send + 'static> ViewHandle<I> {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        ViewHandle { channel: ChannelHandle::new(Arc::clone(shared)), info: PhantomData }
    }

    /// Sends an info to the view's `handle_info`.
    ///
    /// # Errors
    /// When 1,024 messages wait for the view already, or it has ended.
    pub fn send(&self, info: I) -> Result<(), SendError> {
        self.channel.send(LiveInfo::User(Box::new(info)))
    }
}

impl<I> Clone for ViewHandle<I> {
    fn clone(&self) -> Self {
        ViewHandle { channel: self.channel.clone(), info: PhantomData }
    }
}

impl<I> std::fmt::Debug for ViewHandle<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ViewHandle").field(&self.channel).finish()
    }
}
