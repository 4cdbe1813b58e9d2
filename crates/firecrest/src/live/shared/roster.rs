//! Who is in front of a shared view.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use firecrest_wire::Text;

use super::Viewer;
use crate::channel;
use crate::viewers::ViewerId;

/// Who is there, and what the view's task has not been told of it yet. It grows with the viewers that are there only.
#[derive(Default)]
pub(super) struct Roster {
    present: HashMap<ViewerId, Present>,
    /// How many of them have joined on each topic. Most have the same.
    topics: HashMap<Text, usize>,
    /// Those of whom the task has not been told.
    arrived: BTreeSet<ViewerId>,
    /// Those who have gone, of whom the task was told that they are there.
    gone: Vec<Viewer>,
    /// Whether the view has ended: nobody may come any more.
    is_closed: bool,
}

struct Present {
    viewer: Viewer,
    channel: Arc<channel::Shared>,
}

/// What the task is told.
pub(super) enum Move {
    Came(Viewer),
    Went(Viewer),
}

impl Roster {
    /// Lets a viewer in, with the topic of its channel; nothing when the view has ended.
    pub(super) fn enter(&mut self, viewer: Viewer, channel: Arc<channel::Shared>) -> Option<Text> {
        if self.is_closed {
            return None;
        }
        let topic = match self.topics.get_key_value(&*channel.topic) {
            Some((topic, _)) => topic.clone(),
            None => Text::copied(&channel.topic),
        };
        *self.topics.entry(topic.clone()).or_default() += 1;
        self.arrived.insert(viewer.id());
        self.present.insert(viewer.id(), Present { viewer, channel });
        Some(topic)
    }

    pub(super) fn leave(&mut self, id: ViewerId, topic: &Text) {
        if let Some(count) = self.topics.get_mut(topic) {
            *count -= 1;
            if *count == 0 {
                self.topics.remove(topic);
            }
        }
        let present = self.present.remove(&id);
        if !self.arrived.remove(&id)
            && let Some(Present { viewer, .. }) = present
        {
            self.gone.push(viewer);
        }
    }

    /// What the task is told next. Who went was there before anybody who has come since: a client that comes back is first told to
    /// have gone.
    pub(super) fn next_move(&mut self) -> Option<Move> {
        if let Some(viewer) = self.gone.pop() {
            return Some(Move::Went(viewer));
        }
        let id = self.arrived.pop_first()?;
        self.present.get(&id).map(|present| Move::Came(present.viewer.clone()))
    }

    /// Whether the task has not been told that this viewer is there; it is told now.
    pub(super) fn announce(&mut self, id: ViewerId) -> bool {
        self.arrived.remove(&id)
    }

    /// Starts anew: the task knows of nobody.
    pub(super) fn forget(&mut self) {
        self.gone.clear();
        self.arrived = self.present.keys().copied().collect();
    }

    /// The topics that somebody has joined on.
    pub(super) fn topics(&self) -> impl Iterator<Item = &Text> {
        self.topics.keys()
    }

    /// The channel of a viewer who is there.
    pub(super) fn channel(&self, id: ViewerId) -> Option<&Arc<channel::Shared>> {
        self.present.get(&id).map(|present| &present.channel)
    }

    pub(super) fn len(&self) -> usize {
        self.present.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.present.is_empty()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Lets nobody in any more. Returns the channels of those who are there.
    pub(super) fn close(&mut self) -> Vec<Arc<channel::Shared>> {
        self.is_closed = true;
        self.present.values().map(|present| Arc::clone(&present.channel)).collect()
    }
}
