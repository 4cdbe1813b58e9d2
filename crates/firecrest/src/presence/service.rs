//! What an endpoint has one of: the copy of who is where, and whoever wants to know.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use firecrest_presence::{Incarnation, NodeId, Replica};
use firecrest_pubsub::PubSub;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::{Duration, Instant};

use super::counted::Counted;
use super::inbox::{self, Inbox};
use super::lane::Lane;
use super::lanes::Lanes;
use super::log::Lines;
use super::options::PresenceOptionsError;
use super::shutdown::Leaving;
use super::totals::{Totals, WatchedTotal};
use super::{PresenceOptions, task};

/// Where the other nodes' services are.
pub(super) const NAME: &str = "presence";

/// Presence on one endpoint. Locks are taken in the order lanes → lane → replica, and the replica's is held for one operation only:
/// nothing is sent or told while it is. What follows from an operation is done by the service's [`task`].
pub(crate) struct Service {
    pub(super) pubsub: PubSub,
    pub(super) options: PresenceOptions,
    /// When its time began.
    start: Instant,
    replica: RwLock<Replica>,
    pub(super) lanes: Lanes,
    pub(super) totals: Totals,
    pub(super) counted: Counted,
    pub(super) leaving: Leaving,
    /// The last number that was given to a row.
    last_number: AtomicU64,
    /// Tells the task that there is something to do, or that the service has ended.
    wake: Arc<Notify>,
    /// Where the task runs, once it is started.
    runtime: OnceLock<Handle>,
    /// The task's, until it is started.
    inbox: Mutex<Option<Inbox>>,
    /// Keeps the log quiet when the same goes wrong again and again.
    pub(super) lines: Lines,
}

impl Service {
    /// # Errors
    /// When the options contradict each other.
    pub(crate) fn new(
        pubsub: &PubSub,
        node: &str,
        mut options: PresenceOptions,
    ) -> Result<Arc<Self>, PresenceOptionsError> {
        let replica_options = options.check()?;
        let start = Instant::now();
        let name = pubsub.node().map_or_else(|| Arc::from(node), |node| node.name().clone());
        let started = u64::try_from(since_epoch().as_millis()).unwrap_or(u64::MAX);
        let id = NodeId::new(name, Incarnation::new(started, rand::random()));
        let replica = Replica::new(id, replica_options, 0).map_err(PresenceOptionsError::Node)?;
        let wake = Arc::default();
        let inbox = inbox::open(pubsub, &wake);
        Ok(Arc::new(Service {
            pubsub: pubsub.clone(),
            options,
            start,
            replica: RwLock::new(replica),
            lanes: Lanes::default(),
            totals: Totals::default(),
            counted: Counted::default(),
            leaving: Leaving::default(),
            last_number: AtomicU64::new(0),
            wake,
            runtime: OnceLock::new(),
            inbox: Mutex::new(Some(inbox)),
            lines: Lines::default(),
        }))
    }

    /// Starts the task, within a runtime, the first time.
    pub(crate) fn start(self: &Arc<Self>) {
        if self.runtime.get().is_some() {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(inbox) = inbox {
            let runtime = self.runtime.get_or_init(|| runtime);
            runtime.spawn(task::run(Arc::downgrade(self), Arc::clone(&self.wake), inbox));
        }
    }

    /// Starts the task if there can be other nodes: they are to be heard before anybody here has a question.
    pub(crate) fn start_with_others(self: &Arc<Self>) {
        self.come_back();
        if self.pubsub.node().is_some() {
            self.start();
        }
    }

    /// Says how many connections this node has under a name; 0 ends it. Names are at most 1,024 bytes long; those of topics in which
    /// presences are counted begin with `p:`.
    pub(crate) fn set_count(self: &Arc<Self>, name: &str, connections: u64) {
        self.start();
        let set = self.write(|replica| replica.set_count(name, connections));
        if let Err(error) = set
            && self.lines.has_room("connections are not counted")
        {
            tracing::warn!(?name, %error, "connections are not counted");
        }
    }

    /// How many connections all nodes have under a name.
    pub(crate) fn total(&self, name: &str) -> u64 {
        self.read(|replica| replica.total(name))
    }

    /// Calls `told` with the [total](Self::total) whenever it has changed, until what is returned is dropped. It is called by the service's
    /// task, soon after the change, once for several; it must not block.
    pub(crate) fn watch_total(
        self: &Arc<Self>,
        name: &str,
        told: impl Fn(u64) + Send + Sync + 'static,
    ) -> WatchedTotal {
        self.start();
        let first = || self.write(|replica| replica.watch_total(name));
        self.totals.add(self, name, Arc::new(told), first)
    }

    /// Where tasks of its own run, once it is started.
    pub(super) fn runtime(&self) -> Option<&Handle> {
        self.runtime.get()
    }

    /// The lane of a topic, which is watched from now on.
    pub(super) fn lane(self: &Arc<Self>, topic: &str) -> Arc<Lane> {
        self.start();
        self.lanes.get_or_make(topic, &self.pubsub, || self.write(|replica| replica.watch(topic)))
    }

    /// Gives up the lanes that nobody wants any more, one topic's or all.
    pub(super) fn tidy(&self, only: Option<&str>) {
        self.lanes.tidy(only, |topic| self.write_quietly(|replica| replica.unwatch(topic)));
    }

    /// A number that no row of this node has had: the time in microseconds, or the next if somebody has that. Rows of all nodes sort
    /// by it in the order of their times (P071).
    pub(super) fn number(&self) -> u64 {
        let now = u64::try_from(since_epoch().as_micros()).unwrap_or(u64::MAX);
        let next = |last: u64| Some(now.max(last + 1));
        let last = self.last_number.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        // It always has a next.
        last.map_or(now, |last| now.max(last + 1))
    }

    /// Looks at the replica.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Replica) -> T) -> T {
        look(&self.replica.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the replica, and has the task look after what follows.
    pub(super) fn write<T>(&self, change: impl FnOnce(&mut Replica) -> T) -> T {
        let changed = self.write_quietly(change);
        self.wake.notify_one();
        changed
    }

    /// Changes the replica for the task itself.
    pub(super) fn write_quietly<T>(&self, change: impl FnOnce(&mut Replica) -> T) -> T {
        change(&mut self.replica.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// The time in milliseconds, which no correction of the wall clock changes (P084).
    pub(super) fn now(&self) -> u64 {
        u64::try_from(Instant::now().saturating_duration_since(self.start).as_millis()).unwrap_or(u64::MAX)
    }

    /// When that time is.
    pub(super) fn instant(&self, millis: u64) -> Instant {
        self.start + Duration::from_millis(millis)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // The task ends when it finds nobody.
        self.wake.notify_one();
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("lanes", &self.lanes.len()).finish_non_exhaustive()
    }
}

/// What the wall clock says.
fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use serde_json::json;
    use tokio::time::sleep;

    use super::*;
    use crate::{Endpoint, Source as _};

    #[tokio::test(start_paused = true)]
    async fn topics_that_nobody_is_interested_in_any_more_are_forgotten() {
        let endpoint = Endpoint::builder().build().unwrap();
        let (presence, service) = (endpoint.presence(), endpoint.presence_service());
        let kept = (presence.events("kept"), presence.live("kept too").changes());
        (0..1_000).for_each(|topic| drop(presence.events(&topic.to_string())));
        assert_eq!(service.lanes.len(), 1_002);
        sleep(Duration::from_secs(11)).await;
        assert_eq!(service.lanes.len(), 2);
        drop(kept);
        sleep(Duration::from_secs(11)).await;
        assert_eq!(service.lanes.len(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_of_one_who_is_told_keeps_nobody_else_from_being_told() {
        let endpoint = Endpoint::builder().build().unwrap();
        let (presence, service) = (endpoint.presence(), endpoint.presence_service());
        let _watched = service.watch_total("n", |_| panic!("on purpose"));
        let (sender, told) = tokio::sync::watch::channel(0);
        let _other = service.watch_total("o", move |total| {
            sender.send_replace(total);
        });
        service.set_count("n", 1);
        service.set_count("o", 2);
        sleep(Duration::from_millis(10)).await;
        assert_eq!(*told.borrow(), 2);
        let mut events = presence.events("topic");
        let _tracked = presence.track("topic", "key", &json!({})).unwrap();
        assert!(events.next().await.is_some());
    }

    #[test]
    fn what_is_used_without_a_runtime_waits_for_one() {
        let endpoint = Endpoint::builder().build().unwrap();
        let presence = endpoint.presence();
        let mut events = presence.events("topic");
        let _tracked = presence.track("topic", "key", &json!({})).unwrap();
        assert_eq!(presence.count("topic").keys, 1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            endpoint.presence_service().start();
            assert!(events.next().await.is_some());
        });
    }

    #[test]
    fn p071_numbers_rise_however_fast_they_are_taken() {
        let endpoint = Endpoint::builder().build().unwrap();
        let numbers: Vec<u64> = (0..10_000).map(|_| endpoint.presence_service().number()).collect();
        assert!(numbers.is_sorted_by(|one, next| one < next));
    }
}
