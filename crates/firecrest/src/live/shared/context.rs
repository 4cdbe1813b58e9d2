//! What a shared view's callback can do.

use std::any::Any;
use std::collections::HashSet;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use firecrest_pubsub::{SubscriberId, Subscription};
use firecrest_tally::{Counter, Tally, TallyError};
use firecrest_wire::params::Params;
use futures_util::stream::SelectAll;
use serde::Serialize;

use super::SharedHandle;
use super::mail::Listener;
use super::stage::Stage;
use crate::channel::{MAX_TIMERS, Timer, Timers};
use crate::endpoint::NoState;
use crate::live::page::Pushed;
use crate::source::Changes;
use crate::telemetry::meter::{Limit, reached};
use crate::viewers::{ViewerId, Viewers};
use crate::{Endpoint, Source};

/// Most live values that a shared view may watch: 10,000. One more crashes it.
const MAX_SOURCES: usize = 10_000;

/// Most events for the pages' scripts that may wait to be sent: 10,000. One more crashes the view.
const MAX_EVENTS: usize = 10_000;

/// A shared view's access to the world during one callback. `I` is the view's `Info` type.
///
/// What it is asked to do does not return errors: what cannot be done crashes the view when the callback returns, and the log
/// says why.
pub struct Shared<'a, I = ()> {
    ties: &'a mut Ties,
    info: PhantomData<fn(I)>,
}

/// A shared view's access to the world while it starts.
pub struct Start<'a, I = ()>(Shared<'a, I>);

/// What ties a state to the rest of the program; gone with it.
pub(in crate::live) struct Ties {
    pub(super) stage: Arc<Stage>,
    /// Live values that the state looks at.
    pub(super) sources: SelectAll<Changes>,
    /// Those among them that have names: who asks twice watches once.
    watched: HashSet<String>,
    subscriptions: Vec<Subscription>,
    pub(super) timers: Option<Box<Timers>>,
    /// Events for everybody's page.
    pub(super) events: Vec<Pushed>,
    /// Events for one viewer's page.
    pub(super) asides: Vec<(ViewerId, Pushed)>,
    /// What went wrong in a callback without a way to return it.
    pub(super) failed: Option<String>,
}

impl Ties {
    pub(super) fn new(stage: Arc<Stage>) -> Self {
        Ties {
            stage,
            sources: SelectAll::new(),
            watched: HashSet::new(),
            subscriptions: Vec::new(),
            timers: None,
            events: Vec::new(),
            asides: Vec::new(),
            failed: None,
        }
    }

    fn fail(&mut self, error: impl std::fmt::Display) {
        self.failed.get_or_insert_with(|| error.to_string());
    }

    fn event(&mut self, name: &str, payload: &(impl Serialize + ?Sized)) -> Option<Pushed> {
        if self.events.len() + self.asides.len() >= MAX_EVENTS {
            self.fail(format_args!("more than {MAX_EVENTS} events wait to be pushed"));
            return None;
        }
        match Pushed::new(name, payload) {
            Ok(event) => Some(event),
            Err(error) => {
                self.fail(format_args!("the event {name:?} cannot be pushed: {error}"));
                None
            }
        }
    }
}

impl<'a, I: Send + 'static> Shared<'a, I> {
    pub(super) fn new(ties: &'a mut Ties) -> Self {
        Shared { ties, info: PhantomData }
    }

    /// Which of its type it is: the path of the page, without its query; inside another view, the key it was given there.
    pub fn key(&self) -> &str {
        &self.ties.stage.key.name
    }

    /// The variables of the page's path; none inside another view.
    pub fn params(&self) -> &Params {
        &self.ties.stage.params
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &Endpoint {
        &self.ties.stage.endpoint
    }

    /// A copy of the application's value of this type, as [`View::state`](crate::live::View::state).
    ///
    /// # Errors
    /// When there is none.
    pub fn state<T: Clone + Send + Sync + 'static>(&self) -> Result<T, NoState> {
        self.endpoint().state()
    }

    /// The endpoint's durable counters.
    pub fn tally(&self) -> &Tally {
        self.endpoint().tally()
    }

    /// Renders the view anew whenever this changes, as long as the state lives: call it once for each value, in `start`.
    pub fn watch(&mut self, source: &impl Source) {
        if self.ties.sources.len() >= MAX_SOURCES {
            reached(Limit::LiveValues);
            self.ties.fail(format_args!("more than {MAX_SOURCES} live values are watched"));
            return;
        }
        self.ties.sources.push(source.changes());
    }

    fn watch_once(&mut self, name: String, source: &impl Source) {
        if self.ties.watched.insert(name) {
            self.watch(source);
        }
    }

    /// A durable counter, which is [watched](Self::watch).
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub async fn counter(&mut self, name: &str) -> Result<Counter, TallyError> {
        let counter = self.tally().counter(name).await?;
        self.watch_once(format!("counter {name}"), &counter);
        Ok(counter)
    }

    /// Who looks at this view, on all nodes, which is [watched](Self::watch).
    pub fn viewers(&mut self) -> Viewers {
        let viewers = self.ties.stage.viewers.clone();
        self.watch_once(format!("viewers {}", viewers.topic()), &viewers);
        viewers
    }

    /// Who looks, on all nodes, at any of the views that name this audience, which is [watched](Self::watch): those who look at a
    /// site. Viewers of this view who come from now on are among them: name it in `start`. It is the same as
    /// [`Endpoint::viewers`](crate::Endpoint::viewers) of that name.
    pub fn audience(&mut self, name: &str) -> Viewers {
        let viewers = self.endpoint().viewers(name);
        self.watch_once(format!("viewers {name}"), &viewers);
        self.ties.stage.add_audience(&viewers);
        viewers
    }

    /// Subscribes to a topic; its broadcasts arrive in `handle_broadcast`. Subscribing again changes nothing. In a cluster broadcasts of
    /// other nodes arrive a moment later: wait for [`reached`](Self::reached) before loading what they are about.
    pub fn subscribe(&mut self, topic: &str) {
        let Ties { stage, subscriptions, .. } = &mut *self.ties;
        if subscriptions.iter().all(|subscription| subscription.topic() != topic) {
            let listener = Arc::new(Listener::new(stage));
            subscriptions.push(stage.endpoint.pubsub().subscribe(topic, SubscriberId::unique(), listener));
        }
    }

    /// Waits until broadcasts of other nodes arrive on everything that was subscribed to, a second at most; when it takes longer,
    /// [`Endpoint::cluster_gaps`](crate::Endpoint::cluster_gaps) tells. Without other nodes it is ready at once.
    pub async fn reached(&mut self) {
        let topics = self.ties.subscriptions.iter().map(Subscription::topic);
        drop(self.ties.stage.endpoint.reach(topics).await);
    }

    /// Ends a subscription. Broadcasts that wait already still arrive.
    pub fn unsubscribe(&mut self, topic: &str) {
        self.ties.subscriptions.retain(|subscription| subscription.topic() != topic);
    }

    /// Sends `info` to `handle_info` after a time. The timer ends with the state. More than 1,000 pending timers crash the view.
    pub fn send_after(&mut self, after: Duration, info: I) -> Timer {
        let info: Box<dyn Any + Send> = Box::new(info);
        match self.ties.timers.get_or_insert_default().add(after, info) {
            Some(timer) => timer,
            None => {
                self.ties.fail(format_args!("more than {MAX_TIMERS} timers are pending"));
                Timer::default()
            }
        }
    }

    /// Cancels a timer. Returns whether it was still pending.
    pub fn cancel(&mut self, timer: Timer) -> bool {
        self.ties.timers.as_mut().is_some_and(|timers| timers.cancel(timer))
    }

    /// A handle to send infos to this view from anywhere. It does not keep the view alive.
    pub fn handle(&self) -> SharedHandle<I> {
        SharedHandle::new(&self.ties.stage)
    }

    /// Sends an event to the scripts of all viewers' pages (F061), with the next change.
    pub fn push_event(&mut self, name: &str, payload: &(impl Serialize + ?Sized)) {
        let event = self.ties.event(name, payload);
        self.ties.events.extend(event);
    }

    /// Sends an event to the scripts of one viewer's page (F061). It is lost if that viewer has gone.
    pub fn push_event_to(&mut self, viewer: ViewerId, name: &str, payload: &(impl Serialize + ?Sized)) {
        let event = self.ties.event(name, payload);
        self.ties.asides.extend(event.map(|event| (viewer, event)));
    }
}

impl<'a, I: Send + 'static> Start<'a, I> {
    pub(super) fn new(ties: &'a mut Ties) -> Self {
        Start(Shared::new(ties))
    }
}

impl<'a, I> Deref for Start<'a, I> {
    type Target = Shared<'a, I>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<I> DerefMut for Start<'_, I> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
