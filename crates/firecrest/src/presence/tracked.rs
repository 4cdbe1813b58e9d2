//! Somebody who is there, as long as somebody holds the guard.

use std::fmt;
use std::sync::{Arc, Weak};

use serde::Serialize;

use super::meta::{Said, State};
use super::service::Service;
use super::shutdown::Kept;
use super::{Mode, TrackError};
use crate::telemetry::meter::{Limit, reached};

/// Somebody is in a topic, until this is dropped, however the task that holds it ends.
#[must_use = "who is tracked is there until this is dropped"]
pub struct Tracked {
    /// It does not keep the endpoint.
    service: Weak<Service>,
    mode: Mode,
    topic: Arc<str>,
    key: Arc<str>,
    number: u64,
}

impl Tracked {
    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Who it is.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Says something else, under a new `phx_ref`. The same again is not sent to anybody.
    ///
    /// # Errors
    /// When it is no JSON object, or too large; what was said before still is.
    pub fn update(&self, meta: &(impl Serialize + ?Sized)) -> Result<(), TrackError> {
        self.say(Said::new(meta)?).map(drop)
    }

    /// Leaves: at once, even while the node [hands off](super::Shutdown::Handoff) what it has.
    pub fn untrack(mut self) {
        if let Some(service) = std::mem::take(&mut self.service).upgrade() {
            service.end(self.mode, &self.topic, &self.key, self.number);
        }
    }

    /// Says something else; whether it differs from what was said.
    pub(super) fn say(&self, said: Said) -> Result<bool, TrackError> {
        let service = self.service.upgrade().ok_or(TrackError::Ended)?;
        if self.mode != Mode::Full {
            return Ok(false);
        }
        service.write(|replica| {
            let own = replica.id().incarnation();
            let row = replica.own_row(self.number, &self.topic, &self.key);
            let row = row.ok_or_else(|| TrackError::NotTracked(self.key.to_string()))?;
            let state = State { node: own, version: row.version };
            let Some(written) = said.instead(row.meta, state) else { return Ok(false) };
            let updated = replica.update(self.number, &self.topic, &self.key, &written);
            updated.map_err(|error| TrackError::of(&error, &self.key))
        })
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        let Some(service) = self.service.upgrade() else { return };
        let (mode, number) = (self.mode, self.number);
        let row = || Kept { mode, topic: Arc::clone(&self.topic), key: Arc::clone(&self.key), number };
        if !service.leaving.keeps(row) {
            service.end(mode, &self.topic, &self.key, number);
        }
    }
}

impl fmt::Debug for Tracked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracked").field("topic", &self.topic).field("key", &self.key).finish_non_exhaustive()
    }
}

impl Service {
    pub(crate) fn track(
        self: &Arc<Self>,
        topic: &str,
        key: &str,
        said: &Said,
    ) -> Result<Tracked, TrackError> {
        self.start();
        let mode = self.options.mode_of(topic);
        let number = self.number();
        if mode == Mode::Full {
            let (topic, key) = self.track_row(topic, key, number, said)?;
            return Ok(Tracked { service: Arc::downgrade(self), mode, topic, key, number });
        }
        let topic: Arc<str> = topic.into();
        match mode {
            Mode::Full | Mode::Off => {}
            Mode::Count => {
                self.count_in(&topic).map_err(|error| TrackError::of(&error, key))?;
                if self.pubsub.subscribers(&topic) > 0 {
                    self.tell_count(&topic);
                }
            }
        }
        Ok(Tracked { service: Arc::downgrade(self), mode, topic, key: key.into(), number })
    }

    /// Writes the row. Returns its topic and key.
    fn track_row(
        self: &Arc<Self>,
        topic: &str,
        key: &str,
        number: u64,
        said: &Said,
    ) -> Result<(Arc<str>, Arc<str>), TrackError> {
        // Those who are there want to hear of it.
        if self.pubsub.subscribers(topic) > 0 {
            self.lane(topic);
        }
        let (max, written) = (self.options.topic_rows, said.written());
        self.write(|replica| {
            if replica.count(topic).connections >= max {
                reached(Limit::PresenceRows);
                return Err(TrackError::TopicFull { max });
            }
            let tracked = replica.track(number, topic, key, &written);
            tracked.map_err(|error| TrackError::of(&error, key))?;
            // The guard shares the row's memory.
            let names = replica.own_names(number, topic, key);
            Ok(names.unwrap_or_else(|| (topic.into(), key.into())))
        })
    }

    /// Somebody is not there any more.
    pub(super) fn end(&self, mode: Mode, topic: &str, key: &str, number: u64) {
        match mode {
            Mode::Full => drop(self.write(|replica| replica.untrack(number, topic, key))),
            Mode::Count => self.count_out(topic),
            Mode::Off => {}
        }
    }
}
