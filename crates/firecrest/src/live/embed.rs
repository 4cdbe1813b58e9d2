//! Views in pages that other handlers make (F003).

use std::fmt;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use firecrest_live::{Html, Raw};
use futures_util::FutureExt as _;
use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

use super::kind::kind;
use super::mount::Problem;
use super::page::{Page, Visit};
use super::{LiveView, dead, document, respond};
use crate::Endpoint;
use crate::session::Session;
use crate::telemetry::{Panic, shown_error};

/// A live view for a page of the application's own; made by [`Endpoint::embed`].
#[must_use = "render it"]
pub struct Embed<V> {
    endpoint: Endpoint,
    session: Session,
    id: Option<String>,
    given: Map<String, Value>,
    view: PhantomData<fn() -> V>,
}

/// A live view as part of a page of the application's own.
#[derive(Debug)]
pub struct Embedded {
    element: String,
    title: Option<String>,
    csrf: String,
    socket: String,
}

/// Why a view is not shown: the answer to give instead. It sends the visitor where the view wants to, or is an error page; what has
/// gone wrong is in the log.
#[derive(Debug)]
pub struct NotEmbedded(Box<Response>);

impl Endpoint {
    /// A live view for a page that a handler of the application makes (F003). The handler needs the
    /// [session](Endpoint::session_layer), and the view's type must be [named](super::LiveMount::embeds) by the mount whose
    /// socket it uses: the client may come back to a server that has not made the page.
    ///
    /// No route leads to such a view: it has no address and no live session, so no mount hook runs for it, neither
    /// now nor when its client comes back. What must not be shown to everybody, it has to check itself.
    ///
    /// ```
    /// use axum::response::Html as Page;
    /// use firecrest::live::NotEmbedded;
    /// use firecrest::prelude::*;
    /// use firecrest::session::Session;
    ///
    /// async fn about<Clock: LiveView>(endpoint: Endpoint, session: Session) -> Result<Page<String>, NotEmbedded> {
    ///     let clock = endpoint.embed::<Clock>(&session).given("zone", "UTC").render().await?;
    ///     let page = html! {
    ///         <!DOCTYPE html>
    ///         <html lang="en">
    ///             <head>{clock.head()}<script type="module" src="/assets/live.js"></script></head>
    ///             <body><h1>"About us"</h1>{clock.content()}</body>
    ///         </html>
    ///     };
    ///     Ok(Page(page.to_string()))
    /// }
    /// ```
    pub fn embed<V: LiveView>(&self, session: &Session) -> Embed<V> {
        let (endpoint, session) = (self.clone(), session.clone());
        Embed { endpoint, session, id: None, given: Map::new(), view: PhantomData }
    }
}

impl<V: LiveView> Embed<V> {
    /// Sets the id of the view's container, which must be unique in the page. Default: a random one.
    pub fn id(self, id: impl Into<String>) -> Self {
        Embed { id: Some(id.into()), ..self }
    }

    /// Gives the view a value, which it reads with [`session`](super::View::session). Everybody can read it in the page's source;
    /// nobody can change it.
    ///
    /// # Panics
    /// When the value has no JSON form.
    pub fn given(mut self, key: &str, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => self.given.insert(key.to_owned(), value),
            Err(error) => panic!("the value {key:?} of a view in a page: {error}"),
        };
        self
    }

    /// Mounts and renders the view. It waits for its socket as the view of a live page does.
    ///
    /// # Errors
    /// When the view does not want to be shown, or cannot be; the error is the answer to give instead.
    pub async fn render(self) -> Result<Embedded, NotEmbedded> {
        let Embed { endpoint, session, id, given, .. } = self;
        let kind = kind::<V>();
        let Some(socket) = endpoint.live_table().settings.socket_of(kind) else {
            let view = (kind.name)();
            tracing::error!(view, "the view is in no mount of live pages: `LiveMount::embeds` names it");
            return Err(NotEmbedded::status(StatusCode::INTERNAL_SERVER_ERROR));
        };
        // Before the session is read: what the socket brings must be what the view was mounted with.
        let csrf = session.csrf_token().map_err(|error| NotEmbedded(Box::new(error.into_response())))?;
        let visit = Visit { session: Arc::new(session.data()), given, live_session: None };
        let id = id.unwrap_or_else(|| format!("phx-{:016x}", rand::random::<u64>()));
        let made = AssertUnwindSafe(dead::alone(Page::new(&endpoint, id, kind, visit))).catch_unwind().await;
        let problem = match made {
            Ok(Ok(dead)) => {
                let (element, title) = (dead.element, dead.title);
                return Ok(Embedded { element, title, csrf: csrf.masked(), socket });
            }
            Ok(Err(left)) => left.into_parts(),
            Err(panic) => (Problem::Crashed(Panic::new(panic).to_string()), super::Flash::default()),
        };
        let (problem, flash) = problem;
        if let Problem::Crashed(error) = &problem {
            tracing::error!(view = (kind.name)(), error = shown_error(error), "a view in a page has failed");
        }
        Err(NotEmbedded(Box::new(respond::instead(problem, &flash, &session))))
    }
}

impl Embedded {
    /// The view in its container.
    pub fn content(&self) -> Raw<&str> {
        Raw(&self.element)
    }

    /// What the client's script reads, as [`Document::head`](super::Document::head): once in a page, however many views are in it.
    pub fn head(&self) -> Html {
        document::head(&self.csrf, &self.socket)
    }

    /// The title that the view has set, if any.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }
}

impl NotEmbedded {
    fn status(status: StatusCode) -> Self {
        NotEmbedded(Box::new(document::error_page(status)))
    }

    /// The status of the answer.
    pub fn code(&self) -> StatusCode {
        self.0.status()
    }
}

impl IntoResponse for NotEmbedded {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl<V> fmt::Debug for Embed<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embed").field("id", &self.id).finish_non_exhaustive()
    }
}
