//! Presence as a live view sees it: the view's life, as long as its socket is open.

use std::sync::Arc;

use super::meta::Said;
use super::service::Service;
use super::{TrackError, Tracked};

/// Whom a view tracks; they leave with it.
#[derive(Debug, Default)]
pub(crate) struct InView {
    tracked: Vec<Tracked>,
    /// What waits for the socket: topic, key and meta.
    wished: Vec<(String, String, Said)>,
}

impl InView {
    pub(crate) fn track(
        &mut self,
        service: Option<&Arc<Service>>,
        topic: &str,
        key: String,
        said: Said,
    ) -> Result<(), TrackError> {
        if self.find(topic, &key).is_some() || self.wish(topic, &key).is_some() {
            return Err(TrackError::AlreadyTracked(key));
        }
        match service {
            Some(service) => self.tracked.push(service.track(topic, &key, &said)?),
            None => self.wished.push((topic.to_owned(), key, said)),
        }
        Ok(())
    }

    pub(crate) fn update(&mut self, topic: &str, key: String, said: Said) -> Result<(), TrackError> {
        if let Some(place) = self.find(topic, &key) {
            return self.tracked[place].say(said).map(drop);
        }
        let Some(place) = self.wish(topic, &key) else { return Err(TrackError::NotTracked(key)) };
        self.wished[place].2 = said;
        Ok(())
    }

    /// Whether there was somebody.
    pub(crate) fn untrack(&mut self, topic: &str, key: &str) -> bool {
        let tracked = self.find(topic, key).map(|place| self.tracked.swap_remove(place).untrack());
        let wished = self.wish(topic, key).map(|place| drop(self.wished.swap_remove(place)));
        tracked.or(wished).is_some()
    }

    /// The view has a socket now.
    pub(crate) fn connect(&mut self, service: &Arc<Service>) {
        for (topic, key, said) in std::mem::take(&mut self.wished) {
            match service.track(&topic, &key, &said) {
                Ok(tracked) => self.tracked.push(tracked),
                Err(error) => tracing::warn!(topic, %error, "a view is not tracked"),
            }
        }
    }

    fn find(&self, topic: &str, key: &str) -> Option<usize> {
        self.tracked.iter().position(|tracked| tracked.topic() == topic && tracked.key() == key)
    }

    fn wish(&self, topic: &str, key: &str) -> Option<usize> {
        self.wished.iter().position(|(other, name, _)| other == topic && name == key)
    }
}
