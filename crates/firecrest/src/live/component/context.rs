//! What a component's callback can do.

use std::any::TypeId;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use firecrest_wire::params::Params;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{LiveComponent, ToComponent};
use crate::Endpoint;
use crate::channel::{ChannelHandle, SendError, Timer};
use crate::endpoint::NoState;
use crate::live::info::LiveInfo;
use crate::live::page::{Ear, Reach};
use crate::live::{AllowError, Async, Flash, LiveView, Upload, UploadOptions, View};

/// A component's access to the world during one callback.
///
/// What it is asked to do does not return errors: what cannot be done crashes the view when the callback returns, and the log says
/// why. Subscriptions, live values and presence are the view's business: it hands on what its components need in their props, or
/// [tells](View::send_component) them.
pub struct ComponentCx<'a, C: LiveComponent> {
    view: View<'a, ()>,
    pub(super) cid: u32,
    pub(super) props: Arc<C::Props>,
}

impl<'a, C: LiveComponent> ComponentCx<'a, C> {
    pub(super) fn new(reach: Reach<'a>, cid: u32, props: Arc<C::Props>) -> Self {
        ComponentCx { view: View::new(reach), cid, props }
    }

    /// What it was called with last. In [`update_many`](LiveComponent::update_many), which is for many, what the first of them is.
    pub fn props(&self) -> &C::Props {
        &self.props
    }

    /// Its number in the page, as [`Rendering::myself`](super::Rendering::myself). 0 in
    /// [`update_many`](LiveComponent::update_many), which is for many.
    pub fn myself(&self) -> u64 {
        u64::from(self.cid)
    }

    /// The id of its view's container in the page.
    pub fn view_id(&self) -> &str {
        self.view.id()
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &Endpoint {
        self.view.endpoint()
    }

    /// The parameters of the page's address, as [`View::params`].
    pub fn params(&self) -> &Params {
        self.view.params()
    }

    /// Path and query of the page, as [`View::uri`].
    pub fn uri(&self) -> &str {
        self.view.uri()
    }

    /// A value of the session, as [`View::session`].
    pub fn session<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.view.session(key)
    }

    /// A CSRF token for a form that is sent over HTTP, as [`View::csrf_token`].
    pub fn csrf_token(&self) -> String {
        self.view.csrf_token()
    }

    /// A value that a mount hook has left for the view.
    pub fn get<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.view.get()
    }

    /// A copy of the application's value of this type, as [`View::state`].
    ///
    /// # Errors
    /// When there is none.
    pub fn state<T: Clone + Send + Sync + 'static>(&self) -> Result<T, NoState> {
        self.endpoint().state()
    }

    /// Shows a message in the view's layout (F063). Put while the page is rendered, as in `mount` and `update`, it is shown with the
    /// next change.
    pub fn put_flash(&mut self, kind: impl Into<String>, message: impl Into<String>) {
        self.view.put_flash(kind, message);
        self.view.reach.page.must_render = true;
    }

    /// Removes all messages of the view, or those of one kind.
    pub fn clear_flash(&mut self, kind: Option<&str>) {
        self.view.clear_flash(kind);
        self.view.reach.page.must_render = true;
    }

    /// The messages that the view shows.
    pub fn flash(&self) -> &Flash {
        self.view.flash()
    }

    /// Sends an event to the page's scripts after the page is patched, as [`View::push_event`].
    pub fn push_event(&mut self, name: &str, payload: &(impl Serialize + ?Sized)) {
        self.view.push_event(name, payload);
    }

    /// As [`push_event`](Self::push_event), but before the page is patched.
    pub fn push_event_before_patch(&mut self, name: &str, payload: &(impl Serialize + ?Sized)) {
        self.view.push_event_before_patch(name, payload);
    }

    /// Changes the page's address while its view stays (F100).
    pub fn push_patch(&mut self, path: impl Into<String>) {
        self.view.push_patch(path);
    }

    /// As [`push_patch`](Self::push_patch), without an entry in the browser's history.
    pub fn replace_patch(&mut self, path: impl Into<String>) {
        self.view.replace_patch(path);
    }

    /// Goes to another view, as [`View::push_navigate`] (F103).
    pub fn push_navigate(&mut self, path: impl Into<String>) {
        self.view.push_navigate(path);
    }

    /// As [`push_navigate`](Self::push_navigate), without an entry in the browser's history.
    pub fn replace_navigate(&mut self, path: impl Into<String>) {
        self.view.replace_navigate(path);
    }

    /// Goes to another page of this host, with a page load (F102).
    pub fn redirect(&mut self, path: impl Into<String>) {
        self.view.redirect(path);
    }

    /// Goes to a page of another host, by its full address (F102, F107).
    pub fn redirect_external(&mut self, url: impl Into<String>) {
        self.view.redirect_external(url);
    }

    /// Sends `info` to this component's `handle_info` after a time; while there is no socket yet, as soon as there is one. The timer
    /// ends with the view; when only the component has ended, nothing happens. More than 1,000 pending timers crash the view, and so does
    /// one in an [`update_many`](LiveComponent::update_many) of your own: it would be nobody's.
    pub fn send_after(&mut self, after: Duration, info: C::Info) -> Timer {
        self.is_one();
        let to = ToComponent::number(self.cid, info);
        self.view.reach.later(after, LiveInfo::Component(Box::new(to)))
    }

    /// Takes files from the visitor (F158), as [`View::allow_upload`]: the upload belongs into the component's state. Its form may be
    /// for the component or for the view. In an [`update_many`](LiveComponent::update_many) of your own it would be nobody's, and crashes
    /// the view.
    ///
    /// # Errors
    /// As [`View::allow_upload`].
    pub fn allow_upload<M: Clone + Send + Sync + 'static>(
        &mut self,
        name: &str,
        options: UploadOptions<M>,
    ) -> Result<Upload<M>, AllowError> {
        self.is_one();
        self.view.reach.allow_upload::<M, C::Info>(name, self.cid, options)
    }

    /// Does something in the background, as [`View::start`] (F080): it arrives in this component's
    /// [`handle_info`](LiveComponent::handle_info) or [`handle_crash`](LiveComponent::handle_crash). Names are each component's own, and
    /// the work ends with it. Not in an [`update_many`](LiveComponent::update_many) of your own, which is for many: there it crashes the
    /// view.
    pub fn start(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        work: impl Future<Output = C::Info> + Send + 'static,
    ) {
        if self.is_one() {
            self.view.reach.start(self.cid, name.into(), work);
        }
    }

    /// Ends a work that was [started](Self::start), as [`View::cancel_work`].
    pub fn cancel_work(&mut self, name: &str) -> bool {
        self.view.reach.stop(self.cid, name)
    }

    /// Loads a value in the background, as [`View::load`] (F081): it belongs into the component's state. Not in an
    /// [`update_many`](LiveComponent::update_many) of your own, as [`start`](Self::start).
    #[must_use = "the work ends when the value is dropped"]
    pub fn load<T, E>(&mut self, work: impl Future<Output = Result<T, E>> + Send + 'static) -> Async<T>
    where
        T: Send + Sync + 'static,
        E: fmt::Display,
    {
        self.is_one();
        self.view.reach.load(self.cid, None, work)
    }

    /// As [`load`](Self::load), and what there was before is kept until the new value is there.
    pub fn reload<T, E>(
        &mut self,
        value: &mut Async<T>,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
    ) where
        T: Send + Sync + 'static,
        E: fmt::Display,
    {
        self.is_one();
        *value = self.view.reach.load(self.cid, value.take_value(), work);
    }

    /// Whether it is known which component this is about.
    fn is_one(&mut self) -> bool {
        if self.cid == 0 {
            let component = std::any::type_name::<C>();
            self.view.reach.page.fail(format_args!(
                "`update_many` of {component} is for many: work, timers and uploads in it would be nobody's"
            ));
        }
        self.cid != 0
    }

    /// Cancels a timer. Returns whether it was still pending.
    pub fn cancel(&mut self, timer: Timer) -> bool {
        self.view.cancel(timer)
    }

    /// Sends `info` to the view around, which must be of this type: of another one it is an error, and the view crashes. While there
    /// is no socket yet, it is sent as soon as there is one.
    pub fn send_view<V: LiveView>(&mut self, info: V::Info) {
        let reach = &mut self.view.reach;
        if (reach.page.kind.type_id)() != TypeId::of::<V>() {
            return reach.page.fail(format_args!(
                "a component has something to say to {}, but is in {}",
                std::any::type_name::<V>(),
                (reach.page.kind.name)()
            ));
        }
        let info = LiveInfo::User(Box::new(info));
        match reach.ear {
            Ear::Channel(shared) => match ChannelHandle::new(shared.clone()).send(info) {
                Ok(()) | Err(SendError::Closed) => {}
                Err(error) => reach.page.fail(format_args!("the view cannot be told: {error}")),
            },
            Ear::Nobody(_) => drop(reach.later(Duration::ZERO, info)),
        }
    }

    /// Sends `info` to another component of the view, as [`View::send_component`].
    pub fn send_component<D: LiveComponent>(&mut self, id: impl fmt::Display, info: D::Info) {
        self.view.send_component::<D>(id, info);
    }

    /// As [`send_component`](Self::send_component), after a time.
    pub fn send_component_after<D: LiveComponent>(
        &mut self,
        after: Duration,
        id: impl fmt::Display,
        info: D::Info,
    ) -> Timer {
        self.view.send_component_after::<D>(after, id, info)
    }

    /// Sends `info` to all components of a type, as [`View::send_components`].
    pub fn send_components<D: LiveComponent<Info: Clone>>(&mut self, info: D::Info) {
        self.view.send_components::<D>(info);
    }
}

impl<C: LiveComponent> fmt::Debug for ComponentCx<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ComponentCx")
            .field("view", &self.view.id())
            .field("cid", &self.cid)
            .finish_non_exhaustive()
    }
}
