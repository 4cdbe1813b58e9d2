//! What the server knows of a view besides the view's own state.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use firecrest_pubsub::{Broadcast, Subscriber, SubscriberId, Subscription};
use http::Extensions;
use serde::Serialize;
use serde_json::{Map, Value};

use super::address::Address;
use super::arrival::Arrival;
use super::component::Components;
use super::hooks::Attached;
use super::inspect::Listing;
use super::kind::Kind;
use super::leave::Leave;
use super::reply::text;
use super::table::LiveSession;
use super::upload::Uploads;
use super::watching::{MAX_WATCHED, Watching};
use super::work::Work;
use super::{Flash, Layout};
use crate::channel::{Foreign, Item, Shared, Timers};
use crate::presence::InView;
use crate::session::SessionData;
use crate::telemetry::meter::{Limit, VIEWS, ViewMeters, reached};
use crate::viewers::Viewers;
use crate::{Endpoint, Source};

/// One view: who it is, where it is, and what its callbacks want to be done.
pub(super) struct Page {
    pub(super) endpoint: Endpoint,
    /// The container's id; the topic is `lv:` and this.
    pub(super) id: String,
    pub(super) kind: &'static Kind,
    /// What is measured of all views of its type.
    pub(super) meters: &'static ViewMeters,
    pub(super) visit: Visit,
    /// How the visitor has come, until the view is mounted.
    pub(super) arrival: Option<Box<Arrival>>,
    /// What is around the view inside its container.
    pub(super) layout: Option<Layout>,
    /// Whether the client's socket has joined; no while the page is made.
    pub(super) connected: bool,
    /// Whether the view stays when the page's own goes.
    pub(super) is_sticky: bool,
    /// Where the page is; nothing for a view that no route leads to.
    pub(super) address: Option<Address>,
    /// What mount hooks have found out, for the view.
    pub(super) extensions: Extensions,
    pub(super) flash: Flash,
    /// What was put in this turn: only that travels to the next page (spec §5.4).
    pub(super) fresh: Flash,
    pub(super) title: Option<String>,
    /// Whether the title was set since it was sent last.
    pub(super) title_is_new: bool,
    /// Whether its first mount has asked for what only the socket knows.
    pub(super) needs_socket: bool,
    pub(super) events: Vec<Pushed>,
    /// Made for the first live value.
    pub(super) watching: Option<Box<Watching>>,
    /// Made when somebody is first tracked.
    pub(super) present: Option<Box<InView>>,
    /// Made for the first upload.
    pub(super) uploads: Option<Box<Uploads>>,
    /// Made for the first hook or work in the background, or when the views of this node can be looked into.
    pub(super) rare: Option<Box<Rare>>,
    /// Made for the first component.
    pub(super) components: Option<Box<Components>>,
    /// Whether a component has changed what the view shows.
    pub(super) must_render: bool,
    pub(super) leave: Option<Leave>,
    /// What went wrong in a callback without a way to return it.
    pub(super) failed: Option<String>,
}

/// What hardly any view has.
#[derive(Default)]
pub(super) struct Rare {
    pub(super) hooks: Vec<Attached>,
    /// What runs in the background.
    pub(super) work: Work,
    /// Its place among those that can be looked into.
    pub(super) listing: Option<Listing>,
}

/// What a view knows of the visit.
#[derive(Debug, Default)]
pub(super) struct Visit {
    /// The cookie session.
    pub(super) session: Arc<SessionData>,
    /// What the view was given besides: by its live session, or by whoever renders it. It wins.
    pub(super) given: Map<String, Value>,
    /// The live session; nothing for views that no route leads to.
    pub(super) live_session: Option<Arc<LiveSession>>,
}

/// An event for the page's scripts (F061).
#[derive(Debug)]
pub(super) struct Pushed {
    pub(super) name: String,
    pub(super) payload: String,
    pub(super) is_before_patch: bool,
}

impl Pushed {
    /// # Errors
    /// When the payload has no JSON form.
    pub(super) fn new(name: &str, payload: &(impl Serialize + ?Sized)) -> Result<Self, serde_json::Error> {
        let payload = serde_json::to_string(payload)?;
        Ok(Pushed { name: name.to_owned(), payload, is_before_patch: false })
    }

    /// Takes events as a JSON list; nothing when there are none.
    pub(super) fn list(events: &mut Vec<Self>) -> Option<String> {
        if events.is_empty() {
            return None;
        }
        let mut json = String::from("[");
        for (at, event) in events.drain(..).enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let before = if event.is_before_patch { ",true" } else { "" };
            // Writing to a string does not fail.
            let _ = write!(json, "{comma}[{},{}{before}]", text(&event.name), event.payload);
        }
        json.push(']');
        Some(json)
    }
}

impl Page {
    /// A page that nothing has happened on yet.
    pub(super) fn new(endpoint: &Endpoint, id: String, kind: &'static Kind, visit: Visit) -> Self {
        let options = (kind.options)();
        Page {
            endpoint: endpoint.clone(),
            id,
            kind,
            meters: VIEWS.of((kind.name)()),
            layout: options.layout.or_else(|| visit.live_session.as_ref()?.layout),
            visit,
            arrival: None,
            connected: false,
            is_sticky: false,
            address: None,
            extensions: Extensions::new(),
            flash: Flash::default(),
            fresh: Flash::default(),
            title: None,
            title_is_new: false,
            needs_socket: false,
            events: Vec::new(),
            watching: None,
            present: None,
            uploads: None,
            rare: None,
            components: None,
            must_render: false,
            leave: None,
            failed: None,
        }
    }

    pub(super) fn fail(&mut self, error: impl std::fmt::Display) {
        self.failed.get_or_insert_with(|| error.to_string());
    }

    /// Goes somewhere, unless it already does.
    pub(super) fn go(&mut self, leave: Leave) {
        if self.leave.is_some() {
            self.fail("the view already goes somewhere else: one redirect, navigation or patch for a turn");
        } else {
            self.leave = Some(leave);
        }
    }
}

/// A page, and what ties it to the rest of the program.
pub(super) struct Reach<'a> {
    pub(super) page: &'a mut Page,
    pub(super) ear: Ear<'a>,
    pub(super) subscriptions: &'a mut Vec<Subscription>,
    pub(super) timers: &'a mut Option<Box<Timers>>,
}

/// Where broadcasts go.
#[derive(Clone, Copy)]
pub(super) enum Ear<'a> {
    /// Into the channel's mailbox.
    Channel(&'a Arc<Shared>),
    /// There is no channel yet: a view that has missed something is not adopted.
    Nobody(&'a Arc<Missed>),
}

impl Reach<'_> {
    /// The same, for a callback within what it is needed for.
    pub(super) fn again(&mut self) -> Reach<'_> {
        let Reach { page, ear, subscriptions, timers } = self;
        Reach { page, ear: *ear, subscriptions, timers }
    }

    /// The view's channel, once there is one.
    fn channel(&self) -> Option<&Arc<Shared>> {
        match self.ear {
            Ear::Channel(shared) => Some(shared),
            Ear::Nobody(_) => None,
        }
    }

    pub(super) fn watch(&mut self, source: &impl Source) {
        let channel = self.channel().map(Arc::clone);
        let watching = self.page.watching.get_or_insert_default();
        if watching.len() < MAX_WATCHED {
            watching.watch(source.changes(), channel.as_ref());
        } else {
            reached(Limit::LiveValues);
            self.page.fail(format_args!("more than {MAX_WATCHED} live values are watched"));
        }
    }

    /// As `watch`, unless a value with this name is watched. Whether it was not.
    pub(super) fn watch_once(&mut self, name: String, source: &impl Source) -> bool {
        let is_new = self.page.watching.get_or_insert_default().is_new(name);
        if is_new {
            self.watch(source);
        }
        is_new
    }

    pub(super) fn audience(&mut self, name: &str) -> Viewers {
        let viewers = self.page.endpoint.viewers(name);
        if !self.watch_once(format!("viewers {name}"), &viewers) {
            return viewers;
        }
        let channel = self.channel().map(Arc::clone);
        self.page.watching.get_or_insert_default().join(&viewers, channel.as_ref());
        viewers
    }

    pub(super) fn subscribe(&mut self, topic: &str) {
        if self.subscriptions.iter().any(|subscription| subscription.topic() == topic) {
            return;
        }
        match self.ear {
            Ear::Channel(shared) => {
                Foreign::subscribe(shared, &self.page.endpoint, topic, self.subscriptions);
            }
            Ear::Nobody(missed) => {
                let pubsub = self.page.endpoint.pubsub();
                let subscription = pubsub.subscribe(topic, SubscriberId::unique(), missed.clone());
                if !subscription.is_reached() {
                    // Another node may say something that is not heard here yet.
                    missed.miss();
                }
                self.subscriptions.push(subscription);
            }
        }
    }
}

/// Hears for a view that has no channel yet.
#[derive(Debug, Default)]
pub(super) struct Missed(Mutex<Hearing>);

#[derive(Debug, Default)]
enum Hearing {
    #[default]
    Nothing,
    /// There was a broadcast, and nobody could handle it.
    Something,
    /// The view has been adopted.
    Adopted(Arc<Shared>),
}

impl Missed {
    /// Something may have been missed.
    fn miss(&self) {
        let mut hearing = self.hearing();
        if matches!(*hearing, Hearing::Nothing) {
            *hearing = Hearing::Something;
        }
    }

    /// From now on the channel hears. No, when something was missed.
    pub(super) fn adopt(&self, shared: &Arc<Shared>) -> bool {
        let mut hearing = self.hearing();
        if matches!(*hearing, Hearing::Something) {
            return false;
        }
        *hearing = Hearing::Adopted(Arc::clone(shared));
        true
    }

    /// Whether there was a broadcast that nobody could handle.
    pub(super) fn something(&self) -> bool {
        matches!(*self.hearing(), Hearing::Something)
    }

    fn hearing(&self) -> MutexGuard<'_, Hearing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Missed {
    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        let mut hearing = self.hearing();
        match &*hearing {
            Hearing::Adopted(shared) => shared.mailbox.push_or_crash(Item::Subscribed(Arc::clone(broadcast))),
            _ => *hearing = Hearing::Something,
        }
    }
}
