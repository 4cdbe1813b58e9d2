//! From a page to a mounted view: hooks, `mount`, the address.

use std::sync::Arc;
use std::time::Instant;

use firecrest_live::{Html, Pass};
use firecrest_pubsub::Subscription;
use futures_util::future::BoxFuture;

use super::component::{self, PassError};
use super::kind::{Instance, Make};
use super::leave::{Kind as History, Leave, Local};
use super::mount::Problem;
use super::page::{Ear, Missed, Page, Reach};
use super::table::{NoRoute, Route};
use super::{LayoutContext, MountError, address, hooks};
use crate::channel::{Outcome, Shared, Timers};
use crate::telemetry::meter::{Limit, reached};

/// Most addresses in a row that a view may send itself to (F110).
pub(super) const MAX_PATCHES: usize = 20;

/// A view and its page, and what ties them to the rest of the program.
pub(super) struct Mounted {
    pub(super) view: Box<dyn Instance>,
    pub(super) page: Box<Page>,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) timers: Option<Box<Timers>>,
}

/// A view that is being mounted.
pub(super) struct Mounting {
    pub(super) page: Box<Page>,
    subscriptions: Vec<Subscription>,
    timers: Option<Box<Timers>>,
}

/// The `visit` of a shared view.
type Visit = for<'a> fn(Reach<'a>) -> BoxFuture<'a, Result<(), MountError>>;

/// What was left when a view was not mounted.
pub(super) struct NotMounted {
    pub(super) error: MountError,
    /// Its flash and events travel on.
    pub(super) page: Box<Page>,
}

impl Mounting {
    pub(super) fn new(page: Page) -> Self {
        Mounting { page: Box::new(page), subscriptions: Vec::new(), timers: None }
    }

    fn reach<'a>(&'a mut self, ear: Ear<'a>) -> Reach<'a> {
        let Mounting { page, subscriptions, timers } = self;
        Reach { page, ear, subscriptions, timers }
    }

    /// Runs the hooks of the route's live session, then `mount`.
    pub(super) async fn mount(mut self, ear: Ear<'_>) -> Result<Mounted, NotMounted> {
        match self.call(ear).await {
            Ok(view) => {
                let Mounting { page, subscriptions, timers } = self;
                Ok(Mounted { view, page, subscriptions, timers })
            }
            Err(error) => Err(NotMounted { error, page: self.page }),
        }
    }

    /// Runs the hooks of the route's live session for a view that is there already, then its `visit`.
    pub(super) async fn admit(mut self, ear: Ear<'_>, visit: Option<Visit>) -> Result<Box<Page>, NotMounted> {
        let admitted = match self.hooks(ear).await {
            Ok(()) => match visit {
                Some(visit) => visit(self.reach(ear)).await.and_then(|()| self.page.check()),
                None => Ok(()),
            },
            Err(error) => Err(error),
        };
        match admitted {
            Ok(()) => Ok(self.page),
            Err(error) => Err(NotMounted { error, page: self.page }),
        }
    }

    async fn call(&mut self, ear: Ear<'_>) -> Result<Box<dyn Instance>, MountError> {
        self.hooks(ear).await?;
        let kind = self.page.kind;
        let Make::Own(mount) = &kind.make else {
            return Err(MountError::crashed("a shared view is not mounted"));
        };
        let started = Instant::now();
        let view = mount(self.reach(ear)).await?;
        self.page.meters.mount.record_time(started.elapsed());
        self.page.check()?;
        Ok(view)
    }

    async fn hooks(&mut self, ear: Ear<'_>) -> Result<(), MountError> {
        if let Some(live_session) = self.page.visit.live_session.clone() {
            for hook in &live_session.hooks {
                hook.call(self.reach(ear)).await?;
                self.page.check()?;
            }
        }
        Ok(())
    }
}

impl Page {
    /// What a callback has asked for that keeps the view from being mounted.
    fn check(&mut self) -> Result<(), MountError> {
        if let Some(error) = self.failed.take() {
            return Err(MountError::crashed(error));
        }
        match self.leave.take() {
            None => Ok(()),
            Some(Leave::Patch(..)) => Err(MountError::crashed("a view cannot patch its address in mount")),
            Some(leave) => Err(MountError::new(Problem::Leave(leave))),
        }
    }
}

impl Mounted {
    pub(super) fn reach<'a>(&'a mut self, ear: Ear<'a>) -> (&'a mut dyn Instance, Reach<'a>) {
        let Mounted { view, page, subscriptions, timers } = self;
        (&mut **view, Reach { page, ear, subscriptions, timers })
    }

    /// Tells a view that a route leads to its address, and where it goes from there. Over a socket patches are followed; the
    /// last one is returned.
    pub(super) async fn arrive(&mut self, ear: Ear<'_>) -> Result<Option<(Local, History)>, MountError> {
        let mut followed = None;
        if self.page.address.is_none() {
            return Ok(None);
        }
        for _ in 0..=MAX_PATCHES {
            let (view, mut reach) = self.reach(ear);
            let outcome = match hooks::params(&mut reach) {
                Some(outcome) => outcome,
                None => view.handle_params(reach).await,
            };
            if let Outcome::Stop(stop) = outcome {
                return Err(MountError::crashed(format_args!("handle_params ended the view: {stop:?}")));
            }
            if let Some(error) = self.page.failed.take() {
                return Err(MountError::crashed(error));
            }
            match self.page.leave.take() {
                None => return Ok(followed),
                Some(Leave::Patch(to, kind)) if self.page.connected => {
                    self.page.patch(&to).map_err(MountError::crashed)?;
                    followed = Some((to, kind));
                }
                Some(leave) => return Err(MountError::new(Problem::Leave(leave))),
            }
        }
        Err(MountError::crashed(TooManyPatches::reached()))
    }

    /// The view as its layout shows it, with its components.
    pub(super) async fn show(&mut self, ear: Ear<'_>) -> Result<Pass, MountError> {
        let mut pass = Pass::view(self.page.render(&*self.view), true);
        let (_, mut reach) = self.reach(ear);
        match component::run(&mut pass, &mut reach).await {
            // It is the first rendering: what is gone is what was never shown.
            Ok(_) => pass.check_streams().map(|()| pass).map_err(MountError::crashed),
            Err(PassError::Mount(error)) => Err(error),
            Err(error) => Err(MountError::crashed(error)),
        }
    }

    /// Has the channel hear what the parked view has heard of. No, when something was missed.
    pub(super) fn adopt(&mut self, shared: &Arc<Shared>, missed: &Missed) -> bool {
        self.page.connected = true;
        if let Some(watching) = &mut self.page.watching {
            watching.connect(shared);
        }
        let is_adopted = missed.adopt(shared);
        // Nobody is told of somebody who is then mounted again.
        if is_adopted && let Some(present) = &mut self.page.present {
            present.connect(self.page.endpoint.presence_service());
        }
        if is_adopted {
            self.page.begin_work(shared);
        }
        is_adopted
    }
}

/// A view that sends itself from address to address.
#[derive(Debug, thiserror::Error)]
#[error("the view patched its address more than {MAX_PATCHES} times in a row")]
pub(super) struct TooManyPatches(());

impl TooManyPatches {
    pub(super) fn reached() -> Self {
        reached(Limit::Patches);
        TooManyPatches(())
    }
}

/// Why a patch leads nowhere.
#[derive(Debug, thiserror::Error)]
pub(super) enum PatchError {
    #[error(transparent)]
    NoRoute(#[from] NoRoute),
    #[error("{0:?} is the address of another view: navigate to it instead")]
    OtherView(String),
}

impl Page {
    /// Changes the address, as long as the same view is there.
    pub(super) fn patch(&mut self, to: &Local) -> Result<(), PatchError> {
        let uri = address::path_and_query(to.as_str());
        let (route, address) =
            self.endpoint.live_table().find_beside(self.visit.live_session.as_deref(), uri)?;
        if !self.is_of(&route) {
            return Err(PatchError::OtherView(uri.to_owned()));
        }
        self.address = Some(address);
        Ok(())
    }

    /// Whether a route leads to this view, in the same live session.
    pub(super) fn is_of(&self, route: &Route) -> bool {
        let session = self.visit.live_session.as_ref();
        session.is_some_and(|session| Arc::ptr_eq(session, &route.session)) && self.kind.is(route.kind)
    }

    /// The view as its layout shows it.
    pub(super) fn render(&self, view: &dyn Instance) -> Html {
        let started = Instant::now();
        let html = self.in_layout(view.render());
        self.meters.render.record_time(started.elapsed());
        html
    }

    fn in_layout(&self, html: Html) -> Html {
        let Some(layout) = self.layout else { return html };
        let context = LayoutContext {
            flash: &self.flash,
            title: self.title.as_deref(),
            uri: self.address.as_ref().map_or("", |address| &address.uri),
            base: self.visit.live_session.as_ref().map_or("", |session| &session.base),
            connected: self.connected,
        };
        layout(&context, &html)
    }
}
