//! What a view's callback can do.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use firecrest_pubsub::Subscription;
use firecrest_tally::{Counter, TallyError};
use firecrest_wire::params::{Params, ParamsShapeError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Flash;
use super::component::{LiveComponent, ToComponent};
use super::handle::ViewHandle;
use super::info::LiveInfo;
use super::leave::{Kind, Leave, Local, external};
use super::page::{Ear, Pushed, Reach};
use super::upload::{self, AllowError, Upload, UploadOptions};
use crate::channel::Timer;
use crate::endpoint::NoState;
use crate::presence::{Said, TrackError};
use crate::session::csrf;
use crate::viewers::Viewers;
use crate::{Endpoint, Source};

/// A view's access to the world during one callback. `I` is the view's `Info` type.
///
/// What it is asked to do does not return errors: what cannot be done crashes the view when the callback returns, and the
/// log says why.
pub struct View<'a, I = ()> {
    pub(super) reach: Reach<'a>,
    info: PhantomData<fn(I)>,
}

impl<'a, I: Send + 'static> View<'a, I> {
    pub(super) fn new(reach: Reach<'a>) -> Self {
        View { reach, info: PhantomData }
    }

    /// The id of the view's container in the page. Its topic is `lv:` followed by this.
    pub fn id(&self) -> &str {
        &self.reach.page.id
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &Endpoint {
        &self.reach.page.endpoint
    }

    /// The parameters of the page's address: those of the query, and those of the path, which win (F075). Empty for a view
    /// that no route leads to.
    pub fn params(&self) -> &Params {
        static NONE: Params = Params::new();
        self.reach.page.address.as_ref().map_or(&NONE, |address| &address.params)
    }

    /// The page's parameters as a type of yours.
    ///
    /// # Errors
    /// When they do not fit.
    pub fn parse_params<T: DeserializeOwned>(&self) -> Result<T, ParamsShapeError> {
        self.params().deserialize()
    }

    /// Path and query of the page; empty for a view that no route leads to.
    pub fn uri(&self) -> &str {
        self.reach.page.address.as_ref().map_or("", |address| &address.uri)
    }

    /// A path below the [base](super::LiveMount::base) of the mount, with it: for links and for going there. The path itself where there is
    /// none, and in a view that no route leads to.
    pub fn path(&self, path: &str) -> String {
        let session = self.reach.page.visit.live_session.as_ref();
        super::address::below(session.map_or("", |session| &session.base), path)
    }

    /// The action that the route was given, if any (F075).
    pub fn action(&self) -> Option<&str> {
        self.reach.page.address.as_ref()?.action.as_deref()
    }

    /// A value of the session: of what the view was given when it was rendered, or else of the cookie session. It is as it was
    /// when the page was loaded, or the socket connected.
    pub fn session<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let visit = &self.reach.page.visit;
        match visit.given.get(key) {
            Some(value) => T::deserialize(value).ok(),
            None => visit.session.get(key),
        }
    }

    /// A CSRF token for a form that is sent over HTTP, as with `phx-trigger-action`: the value of its hidden field `_csrf_token`
    /// (F030, F145). It is another text each time: keep it with the view. Empty only without a session.
    pub fn csrf_token(&self) -> String {
        let key = self.endpoint().session_config().csrf_key_name();
        csrf::masked(&self.reach.page.visit.session, key).unwrap_or_default()
    }

    /// A value that was left in this view's mount or by its mount hooks, or else in the view around it (see
    /// [`Mount::insert`](super::Mount::insert)).
    pub fn get<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.reach.page.extensions.get()
    }

    /// A copy of the application's value of this type, which the [mount](super::LiveMount::state) or
    /// [`Endpoint::set_state`] gave the endpoint.
    ///
    /// # Errors
    /// When there is none.
    pub fn state<T: Clone + Send + Sync + 'static>(&self) -> Result<T, NoState> {
        self.endpoint().state()
    }

    /// Shows a message, by the layout, until it is cleared or the page's address changes (F063).
    pub fn put_flash(&mut self, kind: impl Into<String>, message: impl Into<String>) {
        let (kind, message) = (kind.into(), message.into());
        self.reach.page.fresh.put(kind.clone(), message.clone());
        self.reach.page.flash.put(kind, message);
    }

    /// Removes all messages, or those of one kind.
    pub fn clear_flash(&mut self, kind: Option<&str>) {
        self.reach.page.fresh.clear(kind);
        self.reach.page.flash.clear(kind);
    }

    /// The messages that are shown.
    pub fn flash(&self) -> &Flash {
        &self.reach.page.flash
    }

    /// Changes the page's title (F060).
    pub fn set_title(&mut self, title: impl Into<String>) {
        let page = &mut *self.reach.page;
        page.title = Some(title.into());
        page.title_is_new = true;
    }

    /// Sends an event to the page's scripts after the page is patched: the window gets `phx:NAME` with the payload, which must
    /// be an object, as `detail`, and hooks get it with `handleEvent` (F061).
    pub fn push_event(&mut self, name: &str, payload: &(impl Serialize + ?Sized)) {
        self.push_pushed(name, payload, false);
    }

    /// As [`push_event`](Self::push_event), but before the page is patched.
    pub fn push_event_before_patch(&mut self, name: &str, payload: &(impl Serialize + ?Sized)) {
        self.push_pushed(name, payload, true);
    }

    fn push_pushed(&mut self, name: &str, payload: &(impl Serialize + ?Sized), is_before_patch: bool) {
        let page = &mut *self.reach.page;
        match serde_json::to_string(payload) {
            Ok(json) if json.starts_with('{') => {
                page.events.push(Pushed { name: name.to_owned(), payload: json, is_before_patch });
            }
            Ok(_) => page.fail(format_args!("the payload of the event {name:?} is no object")),
            Err(error) => page.fail(format_args!("the payload of the event {name:?}: {error}")),
        }
    }

    /// Changes the page's address while this view stays: `handle_params` is called with the new one (F100).
    pub fn push_patch(&mut self, path: impl Into<String>) {
        self.local(path, |path| Leave::Patch(path, Kind::Push));
    }

    /// As [`push_patch`](Self::push_patch), without an entry in the browser's history.
    pub fn replace_patch(&mut self, path: impl Into<String>) {
        self.local(path, |path| Leave::Patch(path, Kind::Replace));
    }

    /// Goes to another view over the open socket, or with a page load where that is impossible (F101). This view ends.
    pub fn push_navigate(&mut self, path: impl Into<String>) {
        self.local(path, |path| Leave::Navigate(path, Kind::Push));
    }

    /// As [`push_navigate`](Self::push_navigate), without an entry in the browser's history.
    pub fn replace_navigate(&mut self, path: impl Into<String>) {
        self.local(path, |path| Leave::Navigate(path, Kind::Replace));
    }

    /// Goes to another page of this host, with a page load (F102). This view ends.
    pub fn redirect(&mut self, path: impl Into<String>) {
        self.local(path, |path| Leave::Redirect(path.as_str().to_owned()));
    }

    /// Goes to a page of another host, by its full address (F102, F107). This view ends.
    pub fn redirect_external(&mut self, url: impl Into<String>) {
        match external(url) {
            Ok(url) => self.reach.page.go(Leave::Redirect(url)),
            Err(error) => self.reach.page.fail(error),
        }
    }

    fn local(&mut self, path: impl Into<String>, leave: impl FnOnce(Local) -> Leave) {
        match Local::new(path) {
            Ok(path) => self.reach.page.go(leave(path)),
            Err(error) => self.reach.page.fail(error),
        }
    }

    /// Subscribes this view to a topic; its broadcasts arrive in `handle_broadcast` (F078). Subscribing again changes nothing.
    ///
    /// Nothing is missed between the page and the socket: a view whose topics had a broadcast in between is mounted again. In a cluster
    /// broadcasts of other nodes arrive a moment later, unless somebody here is subscribed already: wait for
    /// [`reached`](Self::reached) before loading what they are about.
    pub fn subscribe(&mut self, topic: &str) {
        self.reach.subscribe(topic);
    }

    /// Waits until broadcasts of other nodes arrive on everything that this view is subscribed to, a second at most; when it takes longer,
    /// [`Endpoint::cluster_gaps`] tells. Without other nodes it is ready at once.
    pub async fn reached(&mut self) {
        let topics = self.reach.subscriptions.iter().map(Subscription::topic);
        drop(self.reach.page.endpoint.reach(topics).await);
    }

    /// Ends a subscription.
    pub fn unsubscribe(&mut self, topic: &str) {
        self.reach.subscriptions.retain(|subscription| subscription.topic() != topic);
    }

    /// Renders the view anew whenever this changes, twenty times a second at most, as long as the view lives: call it once for each
    /// value, in `mount`. Nothing is missed
    /// between the page and the socket. More than 1,000 watched values crash the view.
    ///
    /// What looks the same to everybody is cheaper as a [`SharedView`](super::SharedView).
    pub fn watch(&mut self, source: &impl Source) {
        self.reach.watch(source);
    }

    /// A durable counter of the endpoint's [tally](Endpoint::tally), which is [watched](Self::watch).
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub async fn counter(&mut self, name: &str) -> Result<Counter, TallyError> {
        let counter = self.endpoint().tally().counter(name).await?;
        self.reach.watch_once(format!("counter {name}"), &counter);
        Ok(counter)
    }

    /// Who looks, on all nodes, at any of the views that name this audience, which is [watched](Self::watch). From now on this
    /// view is one of them, as long as its socket is open. It is the same as [`Endpoint::viewers`] of that name.
    pub fn audience(&mut self, name: &str) -> Viewers {
        self.reach.audience(name)
    }

    /// Says that somebody is in a topic, as long as this view's socket is open: nothing on the page's request, but from the moment
    /// that its socket joins. To show who is there, [watch](Self::watch) [`Presence::live`](crate::presence::Presence::live).
    ///
    /// # Errors
    /// When `meta` is no JSON object, when this view tracks the key in this topic already (P055), when something is too long, or there are
    /// too many; what is noticed only when the socket joins is logged.
    pub fn track(
        &mut self,
        topic: &str,
        key: impl fmt::Display,
        meta: &(impl Serialize + ?Sized),
    ) -> Result<(), TrackError> {
        let page = &mut *self.reach.page;
        let service = page.connected.then(|| page.endpoint.presence_service());
        page.present.get_or_insert_default().track(service, topic, key.to_string(), Said::new(meta)?)
    }

    /// Says something else of somebody whom this view tracks. The same again is not sent to anybody.
    ///
    /// # Errors
    /// When this view does not track the key in this topic (P054), otherwise as [`track`](Self::track).
    pub fn update_presence(
        &mut self,
        topic: &str,
        key: impl fmt::Display,
        meta: &(impl Serialize + ?Sized),
    ) -> Result<(), TrackError> {
        let present = self.reach.page.present.get_or_insert_default();
        present.update(topic, key.to_string(), Said::new(meta)?)
    }

    /// Says that somebody whom this view tracks is not there any more; whether it did.
    pub fn untrack(&mut self, topic: &str, key: impl fmt::Display) -> bool {
        let present = self.reach.page.present.as_mut();
        present.is_some_and(|present| present.untrack(topic, &key.to_string()))
    }

    /// Sends `info` to `handle_info` after a time; while there is no socket yet, as soon as there is one. The timer ends with
    /// the view. More than 1,000 pending timers crash the view.
    pub fn send_after(&mut self, after: Duration, info: I) -> Timer {
        self.reach.later(after, LiveInfo::User(Box::new(info)))
    }

    /// Sends `info` to a component's `handle_info`, when this callback has ended (F084); while there is no socket yet, as soon as there is
    /// one. When the view has no component of this type with this id, nothing happens. More than 1,024 messages that wait crash the view.
    pub fn send_component<C: LiveComponent>(&mut self, id: impl fmt::Display, info: C::Info) {
        self.reach.tell(ToComponent::one::<C>(id, info));
    }

    /// As [`send_component`](Self::send_component), after a time.
    pub fn send_component_after<C: LiveComponent>(
        &mut self,
        after: Duration,
        id: impl fmt::Display,
        info: C::Info,
    ) -> Timer {
        self.reach.later(after, LiveInfo::Component(Box::new(ToComponent::one::<C>(id, info))))
    }

    /// Sends `info` to all components of a type that the view has then (F085), as [`send_component`](Self::send_component).
    pub fn send_components<C: LiveComponent<Info: Clone>>(&mut self, info: C::Info) {
        self.reach.tell(ToComponent::all::<C>(info));
    }

    /// Takes files from the visitor (F150): the upload belongs into the view's state, and its input into a form. A name that is allowed
    /// again is a new upload.
    ///
    /// # Errors
    /// When files are chosen for an upload of this name, or the view has [`MAX_UPLOADS`](super::MAX_UPLOADS).
    pub fn allow_upload<M: Clone + Send + Sync + 'static>(
        &mut self,
        name: &str,
        options: UploadOptions<M>,
    ) -> Result<Upload<M>, AllowError> {
        self.reach.allow_upload::<M, I>(name, 0, options)
    }

    /// Takes no more files. Dropping all of the upload's handles does the same, whether files are chosen or not.
    ///
    /// # Errors
    /// When files are chosen: cancel or consume them first.
    pub fn disallow_upload<M>(&mut self, upload: &Upload<M>) -> Result<(), AllowError> {
        upload::withdraw(&upload.inner)
    }

    /// Cancels a timer. Returns whether it was still pending.
    pub fn cancel(&mut self, timer: Timer) -> bool {
        self.reach.timers.as_mut().is_some_and(|timers| timers.cancel(timer))
    }

    /// A handle to send infos to this view from anywhere; none while there is no socket. A view that asks in `mount` is mounted
    /// for page and socket.
    pub fn handle(&mut self) -> Option<ViewHandle<I>> {
        self.reach.page.needs_socket |= !self.reach.page.connected;
        match self.reach.ear {
            Ear::Channel(shared) => Some(ViewHandle::new(shared)),
            Ear::Nobody(_) => None,
        }
    }
}
