//! The topics that somebody on this node is interested in.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use firecrest_pubsub::PubSub;

use super::lane::Lane;

#[derive(Default)]
pub(super) struct Lanes(RwLock<HashMap<Arc<str>, Arc<Lane>>>);

impl Lanes {
    pub(super) fn get(&self, topic: &str) -> Option<Arc<Lane>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(topic).map(Arc::clone)
    }

    /// The lane of a topic; `watch` is called when it is made.
    pub(super) fn get_or_make(&self, topic: &str, pubsub: &PubSub, watch: impl FnOnce()) -> Arc<Lane> {
        if let Some(lane) = self.get(topic) {
            return lane;
        }
        let mut lanes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get(topic) {
            return Arc::clone(lane);
        }
        let topic: Arc<str> = topic.into();
        let lane = Arc::new(Lane::new(Arc::clone(&topic), pubsub.clone()));
        lanes.insert(topic, Arc::clone(&lane));
        // Locked still, so that what is made and what is given up keep their order.
        watch();
        lane
    }

    /// Gives up those that nobody wants any more, one topic's or all; `unwatch` is called for each.
    pub(super) fn tidy(&self, only: Option<&str>, mut unwatch: impl FnMut(&str)) {
        match only {
            Some(topic) => self.remove_if_unwanted(topic, &mut unwatch),
            // Nobody waits while all are looked through.
            None => self.unwanted().iter().for_each(|topic| self.remove_if_unwanted(topic, &mut unwatch)),
        }
    }

    fn unwanted(&self) -> Vec<Arc<str>> {
        let lanes: Vec<Arc<Lane>> =
            self.0.read().unwrap_or_else(PoisonError::into_inner).values().map(Arc::clone).collect();
        let is_unwanted = |lane: &Arc<Lane>| {
            let mut queue = lane.lock();
            queue.tidy();
            !lane.is_wanted(&queue)
        };
        lanes.iter().filter(|lane| is_unwanted(lane)).map(|lane| Arc::clone(&lane.topic)).collect()
    }

    fn remove_if_unwanted(&self, topic: &str, unwatch: &mut impl FnMut(&str)) {
        let mut lanes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Some(lane) = lanes.get(topic) else { return };
        let mut queue = lane.lock();
        if lane.is_wanted(&queue) {
            return;
        }
        queue.is_removed = true;
        unwatch(topic);
        drop(queue);
        lanes.remove(topic);
        if lanes.len() < lanes.capacity() / 4 {
            lanes.shrink_to_fit();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}
