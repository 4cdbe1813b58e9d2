//! A visitor's browser: cookies, and what its requests say.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use firecrest::live::{LiveHost, LiveSocket};
use firecrest::socket::Refused;
use firecrest::testing::{TestConnection, TestRequest};
use firecrest::{Endpoint, Socket};
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::{Map, Value};

use super::failure::Place;
use super::jar::Jar;
use super::{Checks, NoPage, TestPage};
use crate::inbox::WAIT;

/// A visitor's browser. Pages that are opened with it share its cookies, and so the session (T03). Clones are the same browser.
///
/// ```no_run
/// # use firecrest::prelude::*;
/// # use firecrest_test::{NoPage, TestBrowser};
/// # async fn test(endpoint: Endpoint, router: axum::Router) -> Result<(), NoPage> {
/// let ann = TestBrowser::new(&endpoint, router).session("user", "ann").connect_params(json!({ "zone": "UTC" }));
/// let page = ann.open("/inbox").await?;
/// # drop(page); Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TestBrowser {
    endpoint: Endpoint,
    pub(super) router: Router,
    connect: Connect,
    pub(super) params: Map<String, Value>,
    pub(super) headers: HeaderMap,
    pub(super) peer: Option<SocketAddr>,
    pub(super) checks: Checks,
    pub(super) wait: Duration,
    memory: Arc<Mutex<Memory>>,
}

/// What the browser remembers.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) jar: Jar,
    /// What has still to be put into the session.
    pub(super) session: Vec<(String, Value)>,
}

type Connecting<'a> = Pin<Box<dyn Future<Output = Result<TestConnection, Refused>> + Send + 'a>>;
type Connect = for<'a> fn(&'a Endpoint, TestRequest) -> Connecting<'a>;

fn connect<S: Socket>(endpoint: &Endpoint, request: TestRequest) -> Connecting<'_> {
    Box::pin(TestConnection::connect::<S>(endpoint, request))
}

impl TestBrowser {
    /// A browser without cookies. The router is the whole application, or as much of it as the test needs.
    pub fn new(endpoint: &Endpoint, router: impl Into<Router>) -> Self {
        super::log::listen();
        TestBrowser {
            endpoint: endpoint.clone(),
            router: router.into(),
            connect: connect::<LiveSocket>,
            params: Map::new(),
            headers: HeaderMap::new(),
            peer: None,
            checks: Checks::default(),
            wait: WAIT,
            memory: Arc::default(),
        }
    }

    /// Sets the type of the socket that the pages' script connects to. Default: [`LiveSocket`].
    #[must_use]
    pub fn socket<S: LiveHost>(self) -> Self {
        TestBrowser { connect: connect::<S>, ..self }
    }

    /// Sets the `params` that the pages' script gives its `LiveSocket`, besides the CSRF token: an object.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    #[track_caller]
    pub fn connect_params(self, params: impl Serialize) -> Self {
        match serde_json::to_value(params) {
            Ok(Value::Object(params)) => TestBrowser { params, ..self },
            other => panic!("connect params must be an object, not {other:?}"),
        }
    }

    /// Adds a header to all requests, that of the socket among them.
    ///
    /// # Panics
    /// When name or value is none of a header.
    #[must_use]
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else {
            panic!("{name}: {value} is no header");
        };
        self.headers.append(name, value);
        self
    }

    /// Sets the visitor's address, as the socket sees it. Default: unknown.
    #[must_use]
    pub fn peer(self, peer: SocketAddr) -> Self {
        TestBrowser { peer: Some(peer), ..self }
    }

    /// Puts a value into the cookie session before the next request, as a login does.
    ///
    /// # Panics
    /// When the value has no JSON form.
    #[must_use]
    #[track_caller]
    pub fn session(self, key: &str, value: impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => self.memory().session.push((key.to_owned(), value)),
            Err(error) => panic!("the session's {key:?}: {error}"),
        }
        self
    }

    /// Sets what makes a page wrong by itself (T61).
    #[must_use]
    pub fn checks(self, checks: Checks) -> Self {
        TestBrowser { checks, ..self }
    }

    /// Sets how long expectations wait on pages that are opened from now on, instead of 100 ms. In virtual time that costs
    /// nothing. An answer to an event is awaited for 30 s, as the client does.
    #[must_use]
    pub fn within(self, wait: Duration) -> Self {
        TestBrowser { wait, ..self }
    }

    /// Opens the page at a path: the HTTP request, then, if there are live views, the socket and their joins (T01).
    ///
    /// # Errors
    /// When there is no page.
    ///
    /// # Panics
    /// When the page is wrong by itself ([`Checks`]), or a view does what no client understands.
    #[track_caller]
    pub fn open(&self, address: &str) -> impl Future<Output = Result<TestPage, NoPage>> {
        let place = Place::here();
        async move { place.sort(self.load(address).await) }
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(super) async fn connect(&self, request: TestRequest) -> Result<TestConnection, NoPage> {
        (self.connect)(&self.endpoint, request).await.map_err(NoPage::Refused)
    }

    pub(super) fn set_cookie(&self, name: &str, value: &str) {
        self.memory().jar.set(name, value);
    }

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for TestBrowser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestBrowser").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
