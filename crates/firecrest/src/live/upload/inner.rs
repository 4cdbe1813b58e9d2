//! An upload, shared by its view, its handles and the channels of its files.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use super::desk::Desk;
use super::options::{Progress, Rules, Way};
use super::state::State;
use crate::channel::{ChannelHandle, Shared};
use crate::live::info::LiveInfo;

pub(in crate::live) struct Inner {
    pub(super) name: String,
    /// The id of the input, which was drawn by lot.
    pub(super) reference: Arc<str>,
    pub(super) rules: Rules,
    pub(super) way: Way,
    pub(super) progress: Option<Progress>,
    pub(super) desk: Desk,
    /// The component that has it; 0 for the view.
    pub(super) owner: u32,
    /// The view's channel, and its instance, from the first file on that may be sent.
    pub(super) view: OnceLock<(Weak<Shared>, u64)>,
    state: Mutex<State>,
}

impl Inner {
    pub(super) fn new(
        name: String,
        owner: u32,
        desk: Desk,
        (rules, way, progress): (Rules, Way, Option<Progress>),
    ) -> Self {
        let reference = format!("phx-{:016x}", rand::random::<u64>()).into();
        Inner {
            name,
            reference,
            rules,
            way,
            progress,
            desk,
            owner,
            view: OnceLock::new(),
            state: Mutex::default(),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Files may be sent for it from now on.
    pub(super) fn open(self: &Arc<Self>, view: &Arc<Shared>, instance: u64) {
        if self.view.set((Arc::downgrade(view), instance)).is_ok() {
            self.desk.add(self);
        }
    }

    /// The view has ended: channels end, files are removed.
    pub(super) fn end(&self) {
        let ended = self.state().end();
        drop(ended);
        self.desk.remove(&self.reference);
    }

    /// The view's channel, as long as it takes files.
    pub(super) fn view(&self) -> Option<Arc<Shared>> {
        self.view.get()?.0.upgrade().filter(|view| !view.mailbox.has_ended())
    }

    /// Has the view look at what has changed. One that has too much to do sees it in its next turn.
    pub(super) fn tell(&self) {
        if let Some(view) = self.view() {
            let _ = ChannelHandle::new(view).send(LiveInfo::Uploads);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.desk.remove(&self.reference);
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner")
            .field("name", &self.name)
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}
