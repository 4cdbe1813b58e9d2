//! The first HTTP response: a page with its views in it (spec §1).

use std::collections::HashMap;
use std::sync::Arc;

use firecrest_live::Pass;
use firecrest_pubsub::SubscriberId;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::Extensions;

use super::address::Address;
use super::arrival::{Arrival, KeptRequest};
use super::container::{Container, Spot};
use super::kind::{Kind, Make};
use super::mount::Problem;
use super::mounted::{Mounted, Mounting, NotMounted};
use super::nested::{NestedView, check_inside};
use super::page::{Ear, Missed, Page, Visit};
use super::parked::Waiting;
use super::shared::{self, Key};
use super::table::Route;
use super::tokens::{SessionToken, StaticToken};
use super::{Flash, MountError};
use crate::Endpoint;
use crate::session::SessionData;

/// A view as part of a page.
pub(super) struct Dead {
    /// The container with everything in it.
    pub(super) element: String,
    pub(super) title: Option<String>,
    pub(super) flash: Flash,
}

/// Mounts and renders the view that a route leads to. It is kept for its socket if `parks`.
pub(super) async fn main(
    endpoint: &Endpoint,
    route: &Route,
    address: Address,
    session: SessionData,
    flash: Flash,
    parks: bool,
    request: Option<Arc<KeptRequest>>,
) -> Result<Dead, NotMounted> {
    let visit = Visit {
        session: Arc::new(session),
        given: route.session.given.clone(),
        live_session: Some(Arc::clone(&route.session)),
    };
    let mut page = Page::new(endpoint, String::new(), route.kind, visit);
    page.needs_socket = !parks;
    page.address = Some(address);
    page.id = match route.kind.make {
        Make::Own(_) => format!("phx-{:016x}", rand::random::<u64>()),
        Make::Shared(_) => match Key::of(&page) {
            Ok(key) => key.container((route.kind.name)()),
            Err(error) => return Err(NotMounted { error, page: Box::new(page) }),
        },
    };
    page.flash = flash;
    page.arrival = arrival(request);
    view(page, Spot::Main).await
}

/// Mounts and renders a view for a page that has none of its own (F003).
pub(super) async fn alone(page: Page) -> Result<Dead, NotMounted> {
    view(page, Spot::Alone).await
}

fn arrival(request: Option<Arc<KeptRequest>>) -> Option<Box<Arrival>> {
    request.map(|request| Box::new(Arrival { params: None, request: Some(request) }))
}

/// Mounts and renders a view, and the views inside it.
fn view(page: Page, spot: Spot<'_>) -> BoxFuture<'_, Result<Dead, NotMounted>> {
    async move {
        if let Some(shared) = page.kind.shared() {
            return shared::page(page, shared, spot).await;
        }
        let missed = Arc::new(Missed::default());
        let ear = Ear::Nobody(&missed);
        let mut mounted = Mounting::new(page).mount(ear).await?;
        if let Err(error) = mounted.arrive(ear).await {
            return Err(NotMounted { error, page: mounted.page });
        }
        let pass = match mounted.show(ear).await {
            Ok(pass) => pass,
            Err(error) => return Err(NotMounted { error, page: mounted.page }),
        };
        let around = Around::of(&mounted.page, spot);
        let content = match around.content(pass).await {
            Ok(content) => content,
            Err((error, fresh)) => {
                // What a view inside has put into the flash travels as the page's own.
                mounted.page.flash.extend(fresh);
                return Err(NotMounted { error, page: mounted.page });
            }
        };
        let (title, flash) = (mounted.page.title.clone(), mounted.page.flash.clone());
        let shell = match Shell::of(&mounted.page, spot) {
            Ok(shell) => shell,
            Err(error) => return Err(NotMounted { error, page: mounted.page }),
        };
        let ticket = park(mounted, missed);
        let element = shell.element(ticket, &content);
        Ok(Dead { element, title, flash })
    }
    .boxed()
}

/// What views inside a view are made with.
pub(super) struct Around {
    endpoint: Endpoint,
    id: String,
    session: Arc<SessionData>,
    parks: bool,
    may_stick: bool,
    request: Option<Arc<KeptRequest>>,
    /// What the views inside take over.
    heritage: Extensions,
}

impl Around {
    pub(super) fn of(page: &Page, spot: Spot<'_>) -> Self {
        Around {
            endpoint: page.endpoint.clone(),
            id: page.id.clone(),
            session: Arc::clone(&page.visit.session),
            parks: !page.needs_socket,
            may_stick: spot == Spot::Main,
            request: page.arrival.as_ref().and_then(|arrival| arrival.request.clone()),
            heritage: page.extensions.clone(),
        }
    }

    /// The HTML of a view, with the views inside it in their places. The error comes with the flash of the view that goes
    /// elsewhere.
    pub(super) async fn content(self, pass: Pass) -> Result<String, (MountError, Flash)> {
        let checked = check_inside(pass.children(), self.may_stick);
        checked.map_err(|error| (error.into(), Flash::default()))?;
        let mut inside = HashMap::new();
        for child in pass.children() {
            let Some(NestedView { kind, given, is_sticky }) = NestedView::of(child) else { continue };
            let visit =
                Visit { session: Arc::clone(&self.session), given: given.clone(), live_session: None };
            let mut page = Page::new(&self.endpoint, child.id.clone(), kind, visit);
            page.needs_socket = !self.parks;
            page.is_sticky = *is_sticky;
            page.arrival = arrival(self.request.clone());
            if !is_sticky {
                page.extensions = self.heritage.clone();
            }
            let spot = if *is_sticky { Spot::Sticky } else { Spot::Inside(&self.id) };
            let dead = view(page, spot).await;
            let dead = dead.map_err(|left| (left.error, left.page.flash))?;
            inside.insert(child.id.clone(), dead.element);
        }
        let mut out = String::new();
        pass.write_to(&mut out, &mut |child, out| {
            out.push_str(inside.get(&child.id).map(String::as_str).unwrap_or_default());
        });
        Ok(out)
    }
}

/// Lets a mounted view wait for its client. Returns the ticket that takes it back.
fn park(mut mounted: Mounted, missed: Arc<Missed>) -> Option<String> {
    mounted.page.arrival = None;
    let Mounted { page, .. } = &mounted;
    if page.needs_socket {
        return None;
    }
    let endpoint = page.endpoint.clone();
    let revoked = Arc::new(Missed::default());
    let _login = page
        .visit
        .session
        .text("live_socket_id")
        .map(|id| endpoint.pubsub().subscribe(id, SubscriberId::unique(), revoked.clone()));
    endpoint.live_table().parked.park(Waiting { mounted, missed, revoked, _login })
}

/// What is around a view in a page: its container.
pub(super) struct Shell<'a> {
    endpoint: Endpoint,
    id: String,
    spot: Spot<'a>,
    kind: &'static Kind,
    flash: Flash,
    session: String,
}

impl<'a> Shell<'a> {
    /// # Errors
    /// When what the view was given is too large to be signed.
    pub(super) fn of(page: &Page, spot: Spot<'a>) -> Result<Self, MountError> {
        let (endpoint, kind) = (page.endpoint.clone(), page.kind);
        endpoint.live_table().register(kind);
        let flash = if spot == Spot::Main { page.flash.clone() } else { Flash::default() };
        let session = session_token(&endpoint, page, kind, spot)?;
        Ok(Shell { endpoint, id: page.id.clone(), spot, kind, flash, session })
    }

    /// The container with a view's HTML in it, and the ticket of a view that waits.
    pub(super) fn element(self, ticket: Option<String>, content: &str) -> String {
        let Shell { endpoint, id, spot, kind, flash, session } = self;
        let fixed = StaticToken { id: id.clone(), parked: ticket, flash };
        // Too much flash to be signed: the page is shown without what it cannot carry.
        let fixed = fixed.sign(&endpoint).unwrap_or_else(|error| {
            tracing::error!(id, %error, "a view's flash is too large");
            String::new()
        });
        let container = Container { id: &id, spot, session: &session, fixed: &fixed };
        container.element(&(kind.options)(), content)
    }
}

/// Empty for a view inside another: it gets one when the outer view is joined (spec §1.6).
fn session_token(
    endpoint: &Endpoint,
    page: &Page,
    kind: &Kind,
    spot: Spot<'_>,
) -> Result<String, MountError> {
    if let Spot::Inside(_) = spot {
        return Ok(String::new());
    }
    let mut token = SessionToken::new(&page.id, (kind.name)());
    token.is_sticky = spot == Spot::Sticky;
    token.live_session = page.visit.live_session.as_ref().map(|session| session.name.to_string());
    token.given.clone_from(&page.visit.given);
    token.sign(endpoint).map_err(MountError::from)
}

impl NotMounted {
    /// Why, and the flash: over HTTP nothing of it was shown yet, so all of it goes along.
    pub(super) fn into_parts(self) -> (Problem, Flash) {
        (*self.error.0, self.page.flash)
    }
}
