//! What a shared view's task shares with its viewers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use firecrest_pubsub::{Broadcast, Subscription};
use firecrest_wire::params::Params;
use firecrest_wire::{Payload, Text};
use tokio::sync::{Notify, RwLock, mpsc, oneshot, watch};

use super::Viewer;
use super::key::Key;
use super::kind::{Said, SharedKind};
use super::mail::{Letter, Mail};
use super::roster::Roster;
use super::sight::Sight;
use super::viewer::Visit;
use crate::Endpoint;
use crate::channel::{self, Answer, DeferredReply, Reason, SendError};
use crate::connection::flush;
use crate::live::inspect::Look;
use crate::live::kind::Kind;
use crate::live::mount::Problem;
use crate::live::table::LiveSession;
use crate::live::{Layout, MountError};
use crate::telemetry::meter::{VIEWS, ViewMeters};
use crate::viewers::{Viewers, Viewing};

/// One shared view on this node.
pub(in crate::live) struct Stage {
    pub(super) kind: &'static Kind,
    /// What is measured of all views of its type.
    pub(super) meters: &'static ViewMeters,
    pub(super) shared: &'static SharedKind,
    pub(super) key: Key,
    pub(super) params: Params,
    pub(super) layout: Option<Layout>,
    /// Nothing inside another view.
    pub(super) live_session: Option<Arc<LiveSession>>,
    pub(super) endpoint: Endpoint,
    /// Unique on this node, unlike the topics that its viewers have joined on.
    number: u64,
    since: SystemTime,
    /// What viewers say. Who says more than the state can handle waits.
    pub(super) events: mpsc::Sender<Event>,
    /// What the program says.
    pub(super) mail: Mail,
    /// Pages that wait to see the view as it is now: as many as requests wait.
    looking: Mutex<Vec<Looking>>,
    pub(super) phase: watch::Sender<Phase>,
    /// What all viewers have been sent. Who takes a place holds the lock until the answer is on its way, and the task
    /// while it tells everybody: so nobody misses a change, or is told of one twice.
    pub(super) shown: Arc<RwLock<Option<Arc<Sight>>>>,
    roster: Mutex<Roster>,
    /// The task has something to look at besides its queues.
    pub(super) news: Notify,
    pub(super) viewers: Viewers,
    audiences: Mutex<Vec<Viewers>>,
}

/// What a viewer says.
pub(super) struct Event {
    /// Who has said something and left has not left before it was handled.
    pub(super) place: Arc<Place>,
    pub(super) said: Said,
    pub(super) answer: DeferredReply,
}

pub(super) type Looking = oneshot::Sender<Arc<Sight>>;

pub(super) enum Phase {
    Starting,
    Running,
    /// Nobody looked. There may be another one.
    Ended,
    /// It could not start, or crashed too often.
    Failed(Problem),
}

/// What a stage is made of besides what is the same for all.
pub(super) struct Parts {
    pub(super) kind: &'static Kind,
    pub(super) shared: &'static SharedKind,
    pub(super) key: Key,
    pub(super) params: Params,
    pub(super) layout: Option<Layout>,
    pub(super) live_session: Option<Arc<LiveSession>>,
    pub(super) endpoint: Endpoint,
    pub(super) number: u64,
}

impl Stage {
    pub(super) fn new(parts: Parts, events: mpsc::Sender<Event>) -> Self {
        let Parts { kind, shared, key, params, layout, live_session, endpoint, number } = parts;
        // The same on all nodes.
        let viewers = endpoint.viewers(&key.container((kind.name)()));
        Stage {
            kind,
            meters: VIEWS.of((kind.name)()),
            shared,
            key,
            params,
            layout,
            live_session,
            endpoint,
            number,
            since: SystemTime::now(),
            events,
            mail: Mail::new((shared.options)().max_waiting),
            looking: Mutex::default(),
            phase: watch::Sender::new(Phase::Starting),
            shown: Arc::default(),
            roster: Mutex::default(),
            news: Notify::new(),
            viewers,
            audiences: Mutex::default(),
        }
    }

    /// By which this node tells it from others.
    pub(in crate::live) fn number(&self) -> u64 {
        self.number
    }

    pub(in crate::live) fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// The path of the page, or what the view inside another was given.
    pub(in crate::live) fn name(&self) -> &str {
        &self.key.name
    }

    /// The id of its container where it is a page of its own.
    pub(in crate::live) fn id(&self) -> String {
        self.key.container((self.kind.name)())
    }

    pub(in crate::live) fn since(&self) -> SystemTime {
        self.since
    }

    /// How many look at it.
    pub(in crate::live) fn count(&self) -> usize {
        self.roster().len()
    }

    /// Asks the state to show itself.
    ///
    /// # Errors
    /// When as many messages wait as may, or the view has ended.
    pub(in crate::live) fn ask(&self, answer: Answer<Look>) -> Result<(), SendError> {
        self.mail.push(Letter::Look(answer))?;
        self.news.notify_one();
        Ok(())
    }

    /// Waits until it has started. No, when it has ended again.
    pub(super) async fn ready(&self) -> Result<bool, MountError> {
        let mut phase = self.phase.subscribe();
        // The sender is the stage's own: it is there as long as this waits.
        let Ok(phase) = phase.wait_for(|phase| !matches!(phase, Phase::Starting)).await else {
            return Ok(false);
        };
        match &*phase {
            Phase::Failed(problem) => Err(MountError::new(problem.clone())),
            Phase::Ended => Ok(false),
            Phase::Starting | Phase::Running => Ok(true),
        }
    }

    /// The view as it is now; nothing when it has ended.
    pub(super) async fn look(&self) -> Option<Arc<Sight>> {
        let (answer, asked) = oneshot::channel();
        {
            let roster = self.roster();
            if roster.is_closed() {
                return None;
            }
            // While the roster is locked: nobody may wait who came after the end.
            self.looking().push(answer);
        }
        self.news.notify_one();
        asked.await.ok()
    }

    /// Pages that wait for a look.
    pub(super) fn take_looking(&self) -> Vec<Looking> {
        std::mem::take(&mut self.looking())
    }

    pub(super) fn is_looked_at(&self) -> bool {
        !self.looking().is_empty()
    }

    /// Lets a viewer in; nothing when the view has ended. What is [shown](Self::shown) must be locked, and stay so until the viewer
    /// was sent it.
    pub(super) fn enter(
        self: &Arc<Self>,
        visit: Visit,
        channel: &Arc<channel::Shared>,
    ) -> Option<(Place, Subscription)> {
        let mut viewing = vec![self.viewers.enter()];
        let viewer = Viewer::new(viewing[0].id(), visit);
        let topic = self.roster().enter(viewer.clone(), Arc::clone(channel))?;
        viewing.extend(self.audiences().iter().map(Viewers::enter));
        let frames = self.endpoint.live_table().stages.frames();
        let frames = frames.subscribe(&self.frames(&topic), channel.id, channel.clone());
        self.news.notify_one();
        Some((Place { stage: Arc::clone(self), viewer, topic, _viewing: viewing.into() }, frames))
    }

    /// Sends something to all viewers. Returns how many they are.
    pub(super) fn tell(&self, payload: &Payload) -> usize {
        let topics: Vec<_> = self.roster().topics().cloned().collect();
        let tell = |topic: Text| {
            let broadcast = Broadcast::new(topic.clone(), "diff", payload.clone());
            self.endpoint.live_table().stages.frames().local_publish(&self.frames(&topic), broadcast, None)
        };
        // One scope: written together, however many topics there are.
        flush::scope(|| topics.into_iter().map(tell).sum())
    }

    /// Where the viewers listen who have joined on a topic. A client may have joined another view on that topic.
    fn frames(&self, topic: &str) -> String {
        format!("{} {topic}", self.number)
    }

    pub(super) fn roster(&self) -> MutexGuard<'_, Roster> {
        self.roster.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn looking(&self) -> MutexGuard<'_, Vec<Looking>> {
        self.looking.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Lets nobody in any more, unless somebody is there or looks.
    pub(super) fn close_if_idle(&self) -> bool {
        let mut roster = self.roster();
        if roster.is_empty() && !self.is_looked_at() {
            roster.close();
        }
        roster.is_closed()
    }

    /// Ends it, for everybody who is still there.
    pub(super) fn end(&self, phase: Phase) {
        let error = match &phase {
            Phase::Failed(problem) => format!("the shared view has ended: {problem:?}"),
            _ => "the shared view has ended".to_owned(),
        };
        self.phase.send_replace(phase);
        self.mail.close();
        for channel in self.roster().close() {
            channel.mailbox.close(Reason::Crashed(error.clone()));
        }
        drop(self.take_looking());
    }
}

/// A viewer's place; given up with its last handle, however its channel has ended.
pub(super) struct Place {
    pub(super) stage: Arc<Stage>,
    pub(super) viewer: Viewer,
    topic: Text,
    _viewing: Box<[Viewing]>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.stage.roster().leave(self.viewer.id(), &self.topic);
        self.stage.news.notify_one();
    }
}
