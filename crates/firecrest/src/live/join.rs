//! Joining a view over the socket (spec §2.4).

use std::sync::Arc;

use futures_util::FutureExt as _;
use http::Extensions;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::address::{self, Address};
use super::arrival::Arrival;
use super::channel::LiveChannel;
use super::component::PassError;
use super::family::{Kin, Outer};
use super::hosts;
use super::info::LiveInfo;
use super::kind::Kind;
use super::leave::{Kind as History, Local};
use super::mount::Problem;
use super::mounted::{Mounted, Mounting, NotMounted};
use super::own::{OwnView, ShowError};
use super::page::{Ear, Page, Visit};
use super::parked::Waiting;
use super::shared::{self, Key, SharedKind};
use super::table::{LiveSession, Route};
use super::tokens::{self, SessionToken, StaticToken};
use super::{Flash, LiveHost, reply};
use crate::channel::{Join, Joined, Rejected, Shared};
use crate::session::SessionData;

/// The payload of `phx_join`.
#[derive(Deserialize)]
struct Asked {
    /// The page's address, for a view that a route leads to.
    url: Option<String>,
    /// The address that the page navigates to.
    redirect: Option<String>,
    params: Option<Box<RawValue>>,
    session: Option<String>,
    #[serde(rename = "static")]
    fixed: Option<String>,
    flash: Option<String>,
}

impl Asked {
    /// Whether the client has not joined the view before.
    fn is_first(&self) -> bool {
        #[derive(Deserialize)]
        struct Mounts<'a> {
            #[serde(borrow, rename = "_mounts")]
            mounts: Option<&'a RawValue>,
        }
        let params = self.params.as_ref().map_or("{}", |params| params.get());
        let mounts = serde_json::from_str::<Mounts<'_>>(params).ok().and_then(|params| params.mounts);
        mounts.is_none_or(|mounts| mounts.get() == "0")
    }
}

/// A view that may be joined.
struct Allowed {
    token: SessionToken,
    kind: &'static Kind,
    /// The route that leads to it and the page's address; nothing for other views.
    routed: Option<(Arc<Route>, Address)>,
    /// Whether the page has navigated here.
    is_redirected: bool,
}

/// Joins a view: the one that was mounted for the page, or a new one.
pub(super) async fn join<S: LiveHost>(
    request: Join<'_, S>,
) -> Result<Joined<LiveChannel, LiveInfo>, Rejected> {
    let (asked, id): (Asked, _) = (request.params()?, request.splat());
    let (connection, shared) = (request.socket().live(), Arc::clone(request.shared));
    let Some(session) = connection.shared_session() else { return Err(Rejected::reason("stale")) };
    let allowed = allow(&request, &asked, id).await.map_err(Rejected::reason)?;
    if let Some(kind) = allowed.kind.shared() {
        return take_seat(&request, asked, &allowed, kind).await;
    }
    let outer = allowed.token.parent.map_or(Outer::Joined, |parent| connection.outer(parent));
    if outer != Outer::Joined {
        return Err(orphan(outer));
    }
    let fixed = asked.fixed.as_deref().and_then(|token| StaticToken::verify(request.endpoint(), token, id));
    let fixed = fixed.filter(|_| !allowed.is_redirected && asked.is_first());
    let ticket = fixed.as_ref().and_then(|fixed| fixed.parked.as_deref());
    let adopted = ticket.and_then(|ticket| adopt(&shared, &request, &allowed, session, ticket));
    let (mounted, patch) = match adopted {
        Some(mounted) => (mounted, None),
        None => {
            let flash = match &asked.flash {
                Some(token) => tokens::verify_flash(request.endpoint(), token),
                None => fixed.map(|fixed| fixed.flash).unwrap_or_default(),
            };
            let page = page(&request, asked.params, &allowed, Arc::clone(session), flash);
            mount(&shared, page).await.map_err(|left| refuse(*left))?
        }
    };
    let container = allowed.is_redirected.then(|| container(&mounted.page));
    enter(&request, mounted, allowed.token.parent, container.as_ref(), patch).await
}

/// Whether this view may be joined; otherwise the reason to answer (spec §2.4).
async fn allow<S: LiveHost>(request: &Join<'_, S>, asked: &Asked, id: &str) -> Result<Allowed, &'static str> {
    let live = request.endpoint().live_table();
    let token = asked.session.as_deref().unwrap_or_default();
    let token = SessionToken::verify(request.endpoint(), token, id).ok_or("stale")?;
    let url = asked.redirect.as_deref().or(asked.url.as_deref());
    let Some(name) = &token.live_session else {
        if asked.redirect.is_some() {
            return Err("unauthorized");
        }
        let kind = match token.is_sticky {
            true => live.awaited_kind(&token.kind).boxed().await,
            false => live.kind(&token.kind),
        };
        let kind = kind.ok_or("stale")?;
        return Ok(Allowed { token, kind, routed: None, is_redirected: false });
    };
    // Without an address there would be no route, and without a route none of its hooks.
    let url = url.ok_or("unauthorized")?;
    let found = live.find(hosts::of_url(url), address::path_and_query(url));
    let (route, address) = found.map_err(|_| "unauthorized")?;
    let is_redirected = asked.redirect.is_some();
    let is_same_view = is_redirected || (route.kind.name)() == token.kind;
    if *route.session.name != **name || !is_same_view {
        return Err("unauthorized");
    }
    Ok(Allowed { kind: route.kind, token, routed: Some((route, address)), is_redirected })
}

/// Takes the view that was mounted for the page, unless another than the page's visitor asks for it or it has missed something.
fn adopt<S: LiveHost>(
    shared: &Arc<Shared>,
    request: &Join<'_, S>,
    allowed: &Allowed,
    session: &Arc<SessionData>,
    ticket: &str,
) -> Option<Mounted> {
    let Waiting { mut mounted, missed, revoked, .. } = request.endpoint().live_table().parked.take(ticket)?;
    let page = &mounted.page;
    let uri = allowed.routed.as_ref().map(|(_, address)| &address.uri);
    let is_same = page.id == request.splat()
        && page.kind.is(allowed.kind)
        && page.visit.given == allowed.token.given
        && page.address.as_ref().map(|address| &address.uri) == uri
        && page.visit.session == *session
        && !revoked.something();
    let adopted = is_same && mounted.adopt(shared, &missed);
    // They are equal: one is enough.
    mounted.page.visit.session = Arc::clone(session);
    metrics::counter!("firecrest_live_adoptions_total", "adopted" => if adopted { "yes" } else { "no" })
        .increment(1);
    adopted.then_some(mounted)
}

/// A page that nothing has happened on yet.
fn page<S: LiveHost>(
    request: &Join<'_, S>,
    params: Option<Box<RawValue>>,
    allowed: &Allowed,
    session: Arc<SessionData>,
    flash: Flash,
) -> Page {
    let live_session: Option<Arc<LiveSession>> =
        allowed.routed.as_ref().map(|(route, _)| Arc::clone(&route.session));
    let is_root = allowed.token.parent.is_none();
    let visit = Visit { session, given: allowed.token.given.clone(), live_session };
    let id = request.splat().to_owned();
    let mut page = Page::new(request.endpoint(), id, allowed.kind, visit);
    let (params, kept) = (params.filter(|_| is_root), request.socket().live().request());
    page.arrival = Some(Box::new(Arrival { params, request: kept }));
    page.connected = true;
    page.is_sticky = allowed.token.is_sticky;
    page.address = allowed.routed.as_ref().map(|(_, address)| address.clone());
    page.flash = flash;
    if let Some(parent) = allowed.token.parent {
        page.extensions = request.socket().live().family().heritage(parent);
    }
    page
}

/// Lets the client see a shared view.
async fn take_seat<S: LiveHost>(
    request: &Join<'_, S>,
    asked: Asked,
    allowed: &Allowed,
    kind: &'static SharedKind,
) -> Result<Joined<LiveChannel, LiveInfo>, Rejected> {
    let (connection, channel) = (request.socket().live(), request.shared);
    let Some(session) = connection.shared_session() else { return Err(Rejected::reason("stale")) };
    let mut kin = Kin::new(connection.clone(), allowed.token.parent);
    if kin.is_nested() {
        kin.enter(channel, &Extensions::new()).map_err(orphan)?;
    }
    let is_first = asked.is_first();
    let page = page(request, asked.params, allowed, Arc::clone(session), Flash::default());
    let visit = is_visit(&page, is_first, allowed).then_some(kind.visit);
    let mut page = Mounting::new(page).admit(Ear::Channel(channel), visit).await.map_err(refuse)?;
    let container = allowed.is_redirected.then(|| container(&page));
    let joined = shared::join(&mut page, kind, channel, kin, container.as_ref()).await;
    joined.map_err(|error| refuse(NotMounted { error, page }))
}

/// Whether a join of a shared view is a visit: a navigation, once, or another page than the one that was loaded.
fn is_visit(page: &Page, is_first: bool, allowed: &Allowed) -> bool {
    if page.address.is_none() {
        return false;
    }
    match allowed.is_redirected {
        true => is_first,
        false => Key::of(page).is_ok_and(|key| key.container((allowed.kind.name)()) != page.id),
    }
}

type Arrived = (Mounted, Option<(Local, History)>);

async fn mount(shared: &Arc<Shared>, page: Page) -> Result<Arrived, Box<NotMounted>> {
    let ear = Ear::Channel(shared);
    let mut mounted = Mounting::new(page).mount(ear).await?;
    mounted.page.arrival = None;
    match mounted.arrive(ear).await {
        Ok(patch) => Ok((mounted, patch)),
        Err(error) => Err(Box::new(NotMounted { error, page: mounted.page })),
    }
}

/// The answer to a join that mounts nothing (spec §2.6).
fn refuse(left: NotMounted) -> Rejected {
    let NotMounted { error, mut page } = left;
    match *error.0 {
        Problem::Leave(leave) => {
            let (name, body) = page.departure(&leave);
            let mut answer = Map::from_iter([(name.to_owned(), body)]);
            if let Some(events) = page.take_events().and_then(|json| serde_json::from_str(&json).ok()) {
                answer.insert("events".to_owned(), events);
            }
            Rejected::with(answer)
        }
        Problem::Status(status) => match tokens::sign_status(&page.endpoint, status.as_u16()) {
            Ok(token) => {
                Rejected::with(json!({ "reason": "reload", "status": status.as_u16(), "token": token }))
            }
            Err(error) => Rejected::crashed(error),
        },
        Problem::Crashed(error) => Rejected::crashed(error),
    }
}

/// The answer to a view whose outer one is not there (spec §2.6).
fn orphan(outer: Outer) -> Rejected {
    Rejected::reason(if outer == Outer::Departed { "parent_redirect" } else { "stale" })
}

/// Tag and attributes of the container that the page navigates to (F109).
fn container(page: &Page) -> Value {
    let options = (page.kind.options)();
    let attributes: Map<String, Value> =
        options.attributes.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    json!([options.tag, attributes])
}

/// The joined view and its first rendering.
async fn enter<S: LiveHost>(
    request: &Join<'_, S>,
    mounted: Mounted,
    parent: Option<u64>,
    container: Option<&Value>,
    patch: Option<(Local, History)>,
) -> Result<Joined<LiveChannel, LiveInfo>, Rejected> {
    let Mounted { view, mut page, mut subscriptions, mut timers } = mounted;
    // What was put while mounting is shown here, and travels no further (spec §5.4).
    page.fresh.clear(None);
    // Every join begins with a title, or the client falls back to the default (spec §1.3).
    page.title_is_new = page.title.is_some();
    let kind = page.kind;
    let mut view = OwnView::new(view, page, parent, request.socket().live().clone());
    let ties = (request.shared, &mut subscriptions, &mut timers);
    let mut members = match view.render_all(ties).await {
        Ok(members) => members,
        Err(ShowError::Orphan(outer)) => return Err(orphan(outer)),
        Err(ShowError::Pass(PassError::Mount(error))) => {
            return Err(refuse(NotMounted { error, page: view.page }));
        }
        Err(error) => return Err(Rejected::crashed(error)),
    };
    let ties = (request.shared, &mut subscriptions, &mut timers);
    view.rendered(ties).map_err(Rejected::crashed)?;
    view.page.list(request.shared);
    view.page.add_members(&mut members);
    let patch = patch.map(|(to, kind)| json!({ "to": to, "kind": kind }));
    let payload = reply::joined(&members, kind, container, patch.as_ref());
    Ok(Joined::new(LiveChannel::Own(Box::new(view))).with_payload(payload).with_ties(subscriptions, timers))
}
