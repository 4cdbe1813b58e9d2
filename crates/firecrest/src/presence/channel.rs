//! Presence as a channel sees it: its own topic, and its own life.

use std::collections::VecDeque;
use std::fmt::Display;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use firecrest_wire::Payload;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::meta::Said;
use super::service::Service;
use super::{Mode, PresenceOptions, TrackError, Tracked, counted};
use crate::channel::{Context, Shared};
use crate::telemetry::meter::{Limit, reached};

/// How often it is looked whether a client has room for the next page of a state.
const PAUSE: Duration = Duration::from_millis(20);

/// Whom a channel tracks; they leave with it.
#[derive(Debug, Default)]
pub(crate) struct Ties {
    tracked: Vec<Tracked>,
    /// When it tracked and updated, as far as that counts.
    calls: VecDeque<Instant>,
}

impl<I: Send + 'static> Context<'_, I> {
    /// Says that somebody is in this channel's topic, as long as the channel lives: on this node at once, on the others soon. Clients are
    /// told with `presence_diff`, this one too. A channel may track several keys, and several channels the same key, which then has several
    /// metas.
    ///
    /// # Errors
    /// When `meta` is no JSON object, when this channel tracks the key already (P055), when something is too long or there are too many, or
    /// when it was called [too often](PresenceOptions::calls). Nothing has changed then.
    pub fn track(&mut self, key: impl Display, meta: &(impl Serialize + ?Sized)) -> Result<(), TrackError> {
        let (shared, endpoint, ties) = self.presence();
        let (service, key, said) = (endpoint.presence_service(), key.to_string(), Said::new(meta)?);
        let ties = ties.get_or_insert_default();
        ties.may_call(&service.options)?;
        if ties.find(&key).is_some() {
            return Err(TrackError::AlreadyTracked(key));
        }
        ties.tracked.push(service.track(&shared.topic, &key, &said)?);
        ties.called(&service.options);
        Ok(())
    }

    /// Says something else of somebody whom this channel tracks. The same again is not sent to anybody.
    ///
    /// # Errors
    /// When this channel does not track the key (P054), otherwise as [`track`](Self::track). What was said before still is.
    pub fn update_presence(
        &mut self,
        key: impl Display,
        meta: &(impl Serialize + ?Sized),
    ) -> Result<(), TrackError> {
        let (_, endpoint, ties) = self.presence();
        let (service, key, said) = (endpoint.presence_service(), key.to_string(), Said::new(meta)?);
        let ties = ties.get_or_insert_default();
        ties.may_call(&service.options)?;
        let Some(place) = ties.find(&key) else { return Err(TrackError::NotTracked(key)) };
        if ties.tracked[place].say(said)? {
            ties.called(&service.options);
        }
        Ok(())
    }

    /// Says that somebody whom this channel tracks is not there any more; whether it did (P049).
    pub fn untrack(&mut self, key: impl Display) -> bool {
        let Some(ties) = self.presence().2 else { return false };
        let place = ties.find(&key.to_string());
        place.map(|place| ties.tracked.swap_remove(place).untrack()).is_some()
    }

    /// Tells this client who is there, with `presence_state`: once after each join, or else its list stays as it was. It is told of every
    /// change from then on. A topic that is only [counted](Mode::Count) has `presence_count` instead.
    ///
    /// A state of more than 1,000 keys, or 256 KiB, is sent in parts, as fast as the client takes them: the first as `presence_state`, the
    /// others as `presence_diff`, which official clients put together. It is ready when the last part was sent.
    pub async fn push_presence_state(&mut self) {
        let (shared, endpoint, _) = self.presence();
        let (channel, service) = (Arc::clone(shared), Arc::clone(endpoint.presence_service()));
        let closing = poll_fn(|cx| channel.mailbox.poll_closing(cx));
        tokio::select! {
            biased;
            // Who is told to end does not wait for what nobody will see.
            _ = closing => {}
            () = service.push_state(&channel) => {}
        }
    }
}

impl Ties {
    fn find(&self, key: &str) -> Option<usize> {
        self.tracked.iter().position(|tracked| tracked.key() == key)
    }

    /// Whether it may call once more.
    fn may_call(&mut self, options: &PresenceOptions) -> Result<(), TrackError> {
        let (max, per, now) = (options.calls, options.calls_per, Instant::now());
        while self.calls.front().is_some_and(|call| now.saturating_duration_since(*call) >= per) {
            self.calls.pop_front();
        }
        if self.calls.len() >= max {
            reached(Limit::PresenceCalls);
            return Err(TrackError::TooManyCalls { max, per });
        }
        Ok(())
    }

    /// Counts a call that has changed something.
    fn called(&mut self, options: &PresenceOptions) {
        if options.calls < usize::MAX {
            self.calls.push_back(Instant::now());
        }
    }
}

impl Service {
    async fn push_state(self: &Arc<Self>, channel: &Arc<Shared>) {
        match self.options.mode_of(&channel.topic) {
            Mode::Full => {
                let mut next = self.push_page(channel, None).await;
                while next.is_some() {
                    has_room(channel).await;
                    next = self.push_page(channel, next).await;
                }
            }
            Mode::Count => {
                self.start();
                self.tell_count(&channel.topic);
                let mut told = None;
                // The last that a client hears must not be older than what was told to all meanwhile.
                while let Some(count) =
                    Some(self.counted(&channel.topic)).filter(|count| told != Some(*count))
                {
                    let (event, payload) = counted::said(count);
                    // It is an object.
                    let _ = channel.push(event, &payload);
                    told = Some(count);
                }
            }
            // It is an object.
            Mode::Off => drop(channel.push("presence_state", &Payload::empty())),
        }
    }
}

/// Waits until the client has room for more.
async fn has_room(channel: &Shared) {
    // What was pushed is written when the task has been polled.
    tokio::task::yield_now().await;
    while channel.connection.outbox.is_pressed() {
        sleep(PAUSE).await;
    }
}
