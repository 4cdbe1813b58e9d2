//! What a shared view's task shares with its viewers.

use std::any::Any;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use firecrest_pubsub::{Broadcast, Subscriber, Subscription};
use firecrest_wire::params::Params;
use firecrest_wire::{Payload, Text};
use tokio::sync::{Notify, RwLock, mpsc, oneshot, watch};

use super::Viewer;
use super::key::Key;
use super::kind::{Said, SharedKind};
use super::roster::Roster;
use super::sight::Sight;
use super::viewer::Visit;
use crate::Endpoint;
use crate::channel::{self, DeferredReply, Reason};
use crate::live::kind::Kind;
use crate::live::mount::Problem;
use crate::live::{Layout, MountError};
use crate::viewers::{Viewers, Viewing};

/// One shared view on this node.
pub(in crate::live) struct Stage {
    pub(super) kind: &'static Kind,
    pub(super) shared: &'static SharedKind,
    pub(super) key: Key,
    pub(super) params: Params,
    pub(super) layout: Option<Layout>,
    pub(super) endpoint: Endpoint,
    /// Unique on this node, unlike the topics that its viewers have joined on.
    pub(super) number: u64,
    pub(super) orders: mpsc::Sender<Order>,
    pub(super) phase: watch::Sender<Phase>,
    /// What all viewers have been sent. Who takes a place holds the lock until the answer is on its way, and the task
    /// while it tells everybody: so nobody misses a change, or is told of one twice.
    pub(super) shown: Arc<RwLock<Option<Arc<Sight>>>>,
    roster: Mutex<Roster>,
    /// The task has something to look at besides orders.
    pub(super) news: Notify,
    /// Whether more broadcasts came than may wait.
    is_overrun: AtomicBool,
    pub(super) viewers: Viewers,
    audiences: Mutex<Vec<Viewers>>,
}

/// What a view's task is asked to do.
pub(super) enum Order {
    Event {
        viewer: Viewer,
        said: Said,
        answer: DeferredReply,
    },
    Info(Box<dyn Any + Send>),
    Broadcast(Arc<Broadcast>),
    /// The view as it is now, for a page.
    Look(oneshot::Sender<Arc<Sight>>),
}

pub(super) enum Phase {
    Starting,
    Running,
    /// It could not start, or crashed too often.
    Failed(Problem),
}

/// Takes what a stage is made of besides what is the same for all.
pub(super) struct Parts {
    pub(super) kind: &'static Kind,
    pub(super) shared: &'static SharedKind,
    pub(super) key: Key,
    pub(super) params: Params,
    pub(super) layout: Option<Layout>,
    pub(super) endpoint: Endpoint,
    pub(super) number: u64,
}

impl Stage {
    pub(super) fn new(parts: Parts, orders: mpsc::Sender<Order>) -> Self {
        let Parts { kind, shared, key, params, layout, endpoint, number } = parts;
        let viewers = endpoint.viewers(&format!("{} {number}", (kind.name)()));
        Stage {
            kind,
            shared,
            key,
            params,
            layout,
            endpoint,
            number,
            orders,
            phase: watch::Sender::new(Phase::Starting),
            shown: Arc::default(),
            roster: Mutex::default(),
            news: Notify::new(),
            is_overrun: AtomicBool::new(false),
            viewers,
            audiences: Mutex::default(),
        }
    }

    /// Waits until it has started.
    pub(super) async fn ready(&self) -> Result<(), MountError> {
        let mut phase = self.phase.subscribe();
        // The sender is the stage's own: it is there as long as this waits.
        let Ok(phase) = phase.wait_for(|phase| !matches!(phase, Phase::Starting)).await else {
            return Ok(());
        };
        match &*phase {
            Phase::Failed(problem) => Err(MountError::new(problem.clone())),
            Phase::Starting | Phase::Running => Ok(()),
        }
    }

    /// The view as it is now; nothing when it has ended.
    pub(super) async fn look(&self) -> Option<Arc<Sight>> {
        let (answer, asked) = oneshot::channel();
        self.orders.send(Order::Look(answer)).await.ok()?;
        asked.await.ok()
    }

    /// Lets a viewer in; nothing when the view has ended. What is [shown](Self::shown) must be locked, and stay so until the viewer
    /// was sent it.
    pub(super) fn enter(self: &Arc<Self>, visit: Visit, channel: &Arc<channel::Shared>) -> Option<Place> {
        let mut viewing = vec![self.viewers.enter()];
        let viewer = Viewer::new(viewing[0].id(), visit);
        let topic = self.roster().enter(viewer.clone(), Arc::clone(channel))?;
        viewing.extend(self.audiences().iter().map(Viewers::enter));
        let frames = self.endpoint.live_table().stages.frames();
        let frames = frames.subscribe(&self.frames(&topic), channel.id, channel.clone());
        self.news.notify_one();
        Some(Place { stage: Arc::clone(self), viewer, topic, _viewing: viewing.into(), _frames: frames })
    }

    /// Sends something to all viewers. Returns how many they are.
    pub(super) fn tell(&self, payload: &Payload) -> usize {
        let topics: Vec<_> = self.roster().topics().cloned().collect();
        let tell = |topic: Text| {
            let broadcast = Broadcast::new(topic.clone(), "diff", payload.clone());
            self.endpoint.live_table().stages.frames().publish(&self.frames(&topic), broadcast, None)
        };
        topics.into_iter().map(tell).sum()
    }

    /// Where the viewers listen who have joined on a topic. A client may have joined another view on that topic.
    fn frames(&self, topic: &str) -> String {
        format!("{} {topic}", self.number)
    }

    pub(super) fn roster(&self) -> MutexGuard<'_, Roster> {
        self.roster.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn audiences(&self) -> MutexGuard<'_, Vec<Viewers>> {
        self.audiences.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts those who come from now on in another audience too.
    pub(super) fn add_audience(&self, viewers: &Viewers) {
        let mut audiences = self.audiences();
        if audiences.iter().all(|known| known.topic() != viewers.topic()) {
            audiences.push(viewers.clone());
        }
    }

    /// Whether broadcasts were lost since this was asked last.
    pub(super) fn was_overrun(&self) -> bool {
        self.is_overrun.swap(false, Ordering::Relaxed)
    }

    /// Ends it for everybody who is there.
    pub(super) fn fail(&self, problem: Problem) {
        let error = format!("the shared view has ended: {problem:?}");
        self.phase.send_replace(Phase::Failed(problem));
        let channels = self.roster().close();
        for channel in channels {
            channel.mailbox.close(Reason::Crashed(error.clone()));
        }
    }
}

/// A viewer's place; given up when dropped, however its channel has ended.
pub(super) struct Place {
    pub(super) stage: Arc<Stage>,
    pub(super) viewer: Viewer,
    topic: Text,
    _viewing: Box<[Viewing]>,
    _frames: Subscription,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.stage.roster().leave(self.viewer.id(), &self.topic);
        self.stage.news.notify_one();
    }
}

/// Hears broadcasts for a shared view.
pub(super) struct Listener(Weak<Stage>);

impl Listener {
    pub(super) fn new(stage: &Arc<Stage>) -> Self {
        Listener(Arc::downgrade(stage))
    }
}

impl Subscriber for Listener {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        let Some(stage) = self.0.upgrade() else { return };
        if stage.orders.try_send(Order::Broadcast(Arc::clone(broadcast))).is_err() {
            stage.is_overrun.store(true, Ordering::Relaxed);
            stage.news.notify_one();
        }
    }
}
