//! Topics of which only the number of connections is known.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use firecrest_pubsub::{Broadcast, PubSub};
use firecrest_wire::{Payload, Text};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use super::service::Service;
use super::totals::WatchedTotal;

/// The event that tells clients a number.
const EVENT: &str = "presence_count";

#[derive(Default)]
pub(super) struct Counted(Mutex<Topics>);

#[derive(Default)]
struct Topics {
    /// How many connections of this node are tracked.
    own: HashMap<Arc<str>, u64>,
    /// The topics whose clients are told, each by a task.
    told: HashMap<Arc<str>, AbortOnDropHandle<()>>,
    /// The numbers that somebody watches: one for all who do.
    watched: HashMap<Arc<str>, Watched>,
}

/// The number of a topic, as long as it is watched.
struct Watched {
    total: watch::Sender<u64>,
    _watched: WatchedTotal,
}

impl Counted {
    fn lock(&self) -> MutexGuard<'_, Topics> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells no longer where nobody listens, and watches no longer what nobody wants.
    pub(super) fn tidy(&self, pubsub: &PubSub) {
        let mut topics = self.lock();
        let quiet: Vec<_> = topics.told.extract_if(|topic, _| pubsub.subscribers(topic) == 0).collect();
        let unwanted: Vec<_> =
            topics.watched.extract_if(|_, watched| watched.total.receiver_count() == 0).collect();
        // What ends with them takes other locks.
        drop(topics);
        drop((quiet, unwanted));
    }
}

impl Service {
    /// One more connection, and an error if the topic is too long for that.
    pub(super) fn count_in(&self, topic: &Arc<str>) -> Result<(), firecrest_presence::TrackError> {
        let mut topics = self.counted.lock();
        let own = topics.own.get(topic).copied().unwrap_or(0) + 1;
        self.write(|replica| replica.set_count(&name(topic), own))?;
        topics.own.insert(Arc::clone(topic), own);
        Ok(())
    }

    /// One less.
    pub(super) fn count_out(&self, topic: &str) {
        let mut topics = self.counted.lock();
        let Some(own) = topics.own.get_mut(topic) else { return };
        *own -= 1;
        let own = *own;
        if own == 0 {
            topics.own.remove(topic);
        }
        // It was not too long before.
        let _ = self.write(|replica| replica.set_count(&name(topic), own));
    }

    /// How many connections there are in a topic, on all nodes.
    pub(super) fn counted(&self, topic: &str) -> u64 {
        self.total(&name(topic))
    }

    /// Tells the clients of a topic from now on how many there are, as long as there are clients here.
    pub(super) fn tell_count(self: &Arc<Self>, topic: &str) {
        let Some(runtime) = self.runtime() else { return };
        if self.counted.lock().told.contains_key(topic) {
            return;
        }
        let total = self.watch_count(topic);
        let topic: Arc<str> = topic.into();
        let telling = tell(Arc::clone(&topic), self.pubsub.clone(), total, self.options.count_interval);
        let told = AbortOnDropHandle::new(runtime.spawn(telling));
        // Should somebody have been quicker, it is replaced, and told once all the same.
        let replaced = self.counted.lock().told.insert(topic, told);
        drop(replaced);
    }

    /// The number of a topic, and its changes.
    pub(super) fn watch_count(self: &Arc<Self>, topic: &str) -> watch::Receiver<u64> {
        let mut topics = self.counted.lock();
        if !topics.watched.contains_key(topic) {
            let total = watch::Sender::new(0);
            let teller = total.clone();
            let _watched = self.watch_total(&name(topic), move |now| set(&teller, now));
            topics.watched.insert(topic.into(), Watched { total, _watched });
        }
        let total = &topics.watched[topic].total;
        // Asked for when it is watched already: no change is between the two.
        set(total, self.counted(topic));
        total.subscribe()
    }
}

fn set(total: &watch::Sender<u64>, now: u64) {
    total.send_if_modified(|total| std::mem::replace(total, now) != now);
}

/// What a client is told.
pub(super) fn said(count: u64) -> (&'static str, Payload) {
    (EVENT, Payload::Json(Text::from(format!(r#"{{"count":{count}}}"#))))
}

async fn tell(topic: Arc<str>, pubsub: PubSub, mut total: watch::Receiver<u64>, interval: Duration) {
    let mut told = *total.borrow_and_update();
    while total.changed().await.is_ok() {
        let count = *total.borrow_and_update();
        if count == told {
            continue;
        }
        told = count;
        let (event, payload) = said(count);
        pubsub.local_broadcast(Broadcast::new(Text::copied(&topic), event, payload), None);
        sleep(interval).await;
    }
}

fn name(topic: &str) -> String {
    format!("p:{topic}")
}
