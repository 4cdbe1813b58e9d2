//! A page that looks the same to many.

use std::future::poll_fn;

use axum::body::{Body, to_bytes};
use axum::http::header::{COOKIE, HOST, SET_COOKIE};
use axum::http::{HeaderValue, Request};
use firecrest::live::LiveSocket;
use firecrest::prelude::*;
use firecrest::testing::{TestConnection, TestRequest};
use firecrest::wire::params::Params;
use firecrest::wire::{Message, Name, Ref};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;

const TOPIC: &str = "news";

const PAGE: &str = "http://localhost/board";

/// Who looks at a shared view, on a runtime of one thread.
pub struct Viewers {
    runtime: Runtime,
    endpoint: Endpoint,
    connections: Vec<TestConnection>,
}

/// What the page says, for its socket.
struct Visit {
    cookie: HeaderValue,
    page: String,
}

struct Board {
    count: u64,
}

impl SharedView for Board {
    type Event = NoEvents;
    type Info = ();

    async fn start(cx: &mut Start<'_>) -> Result<Self, MountError> {
        cx.subscribe(TOPIC);
        Ok(Board { count: 4710 })
    }

    async fn handle_broadcast(&mut self, _broadcast: &Broadcast, _cx: &mut Shared<'_>) -> Outcome {
        self.count += 1;
        Outcome::Render
    }

    fn render(&self) -> Html {
        html! { <p>"Current count: " {self.count}</p> }
    }

    fn options() -> SharedOptions {
        SharedOptions::default().frames_per_second(u32::MAX)
    }
}

impl Viewers {
    /// So many who have joined, and have seen a change.
    ///
    /// # Panics
    /// When the page cannot be loaded or its view not joined.
    pub fn of(count: usize) -> Self {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime without I/O");
        let endpoint = Endpoint::builder().build().expect("the defaults are valid");
        let connections = runtime.block_on(async {
            let visit = Visit::load(&endpoint).await;
            let mut connections = Vec::with_capacity(count);
            for _ in 0..count {
                connections.push(visit.join(&endpoint).await);
            }
            connections
        });
        let mut viewers = Viewers { runtime, endpoint, connections };
        viewers.change();
        viewers
    }

    /// Changes the view, and waits until everybody has been told.
    ///
    /// # Panics
    /// When a connection has ended.
    pub fn change(&mut self) {
        let Viewers { runtime, endpoint, connections } = self;
        runtime.block_on(async {
            endpoint.broadcast(TOPIC, "one more", &json!({})).expect("an object has a form");
            for connection in connections {
                receive(connection).await;
            }
        });
    }
}

impl Visit {
    async fn load(endpoint: &Endpoint) -> Self {
        let router: axum::Router = endpoint.live("/live").shared::<Board>("/board").into();
        let request = Request::get(PAGE).header(HOST, "localhost").body(Body::empty());
        let answer =
            router.oneshot(request.expect("the request is valid")).await.expect("a router never fails");
        let cookie = answer.headers()[SET_COOKIE].clone();
        let body = to_bytes(answer.into_body(), usize::MAX).await.expect("the body is in memory");
        Visit { cookie, page: String::from_utf8(body.into()).expect("a page is UTF-8") }
    }

    /// What stands between two texts.
    fn between(&self, before: &str, after: &str) -> &str {
        let (_, rest) = self.page.split_once(before).expect("the page has it");
        rest.split(after).next().unwrap_or_default()
    }

    async fn join(&self, endpoint: &Endpoint) -> TestConnection {
        let token = self.between("<meta name=\"csrf-token\" content=\"", "\"");
        let socket = Request::get("http://localhost/live/websocket").header(HOST, "localhost");
        let socket = socket.header(COOKIE, &self.cookie).body(()).expect("the request is valid");
        let mut params = Params::new();
        params.insert("_csrf_token", token);
        let request = TestRequest { params, request: socket, ..TestRequest::default() };
        let mut connection =
            TestConnection::connect::<LiveSocket>(endpoint, request).await.expect("the token is the page's");
        let (session, fixed) =
            (self.between("data-phx-session=\"", "\""), self.between("data-phx-static=\"", "\""));
        let params = json!({ "_csrf_token": token, "_mounts": 0, "_mount_attempts": 0 });
        let join =
            json!({ "url": PAGE, "params": params, "session": session, "static": fixed, "sticky": false });
        connection.send(Message {
            join_ref: Ref::text("1"),
            reference: Ref::text("1"),
            topic: Name::from(format!("lv:{}", self.between("<div id=\"", "\"")).as_str()),
            event: Name::from("phx_join"),
            payload: Payload::json(&join).expect("an object has a form"),
        });
        receive(&mut connection).await;
        connection
    }
}

/// Waits until there is something for a client.
async fn receive(connection: &mut TestConnection) {
    poll_fn(|cx| connection.poll_receive(cx)).await.expect("the connection is open");
}
