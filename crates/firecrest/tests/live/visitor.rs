//! A browser as far as these tests need one: it loads pages, keeps its cookie, and joins what it finds in them.

use std::ops::{Deref, DerefMut};

use firecrest::live::LiveMount;
use firecrest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Client, Server, Version};

/// Somebody who visits a server.
pub(crate) struct Visitor {
    pub(crate) server: Server,
    pub(crate) cookie: Option<String>,
    /// The host that its requests name.
    pub(crate) host: &'static str,
}

/// What a request was answered.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Visitor {
    /// Of a server with these pages.
    pub(crate) async fn of(pages: impl FnOnce(LiveMount) -> LiveMount) -> Visitor {
        let endpoint = crate::support::endpoint();
        let router = pages(endpoint.live("/live")).into_router();
        Self::at(endpoint, router).await
    }

    /// Of a server with this application.
    pub(crate) async fn at(endpoint: Endpoint, app: axum::Router) -> Visitor {
        Visitor { server: Server::start(endpoint, app).await, cookie: None, host: "localhost" }
    }

    /// Loads a page.
    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.get_with(path, "").await
    }

    /// Loads a page with further cookies.
    pub(crate) async fn get_with(&mut self, path: &str, cookies: &str) -> Page {
        let cookie = self.cookie.as_deref().unwrap_or("a=b");
        let host = self.host;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncookie: {cookie}; {cookies}\r\n\r\n"
        );
        let answer = self.server.http(&request).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let page = Page {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        };
        if let Some(cookie) = page.header("set-cookie").filter(|line| line.starts_with("_firecrest_key=")) {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        page
    }

    /// Opens the socket, as the page's script does.
    pub(crate) async fn socket(&self, page: &Page) -> Tab {
        self.socket_at("/live", page).await
    }

    /// Opens the socket that is at a path.
    pub(crate) async fn socket_at(&self, path: &str, page: &Page) -> Tab {
        let path = format!("{path}/websocket?_csrf_token={}&vsn=2.0.0", page.csrf());
        let mut request = self.server.request(&path);
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
        }
        let (client, _) = self.server.try_open(Version::V2, request).await.unwrap();
        Tab { client, last: 3 }
    }

    /// Loads a page, opens the socket and joins the main view; with what the join was answered.
    pub(crate) async fn open(&mut self, path: &str) -> (Tab, Page, Value) {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let mut tab = self.socket(&page).await;
        let joined = tab.join(&page.topic(), page.join(path)).await;
        (tab, page, joined)
    }
}

impl Page {
    /// A header of the answer.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// What stands between this and the next quote, the first time.
    pub(crate) fn after(&self, before: &str) -> &str {
        self.find(before).unwrap_or_else(|| panic!("no {before} in {}", self.body))
    }

    pub(crate) fn find(&self, before: &str) -> Option<&str> {
        self.body.split_once(before)?.1.split('"').next()
    }

    /// The static token of a nested view.
    pub(crate) fn fixed_of(&self, id: &str) -> &str {
        let container = self.body.split_once(&format!("id=\"{id}\"")).unwrap().1;
        container.split_once("data-phx-static=\"").unwrap().1.split('"').next().unwrap()
    }

    pub(crate) fn csrf(&self) -> &str {
        self.after("name=\"csrf-token\" content=\"")
    }

    pub(crate) fn id(&self) -> &str {
        self.after("<div id=\"")
    }

    pub(crate) fn topic(&self) -> String {
        format!("lv:{}", self.id())
    }

    /// The payload of the main view's join (spec §2.4).
    pub(crate) fn join(&self, path: &str) -> Value {
        json!({
            "url": format!("http://localhost{path}"),
            "params": { "_csrf_token": self.csrf(), "_mounts": 0, "_mount_attempts": 0 },
            "session": self.after("data-phx-session=\""),
            "static": self.after("data-phx-static=\""),
            "sticky": false,
        })
    }
}

/// The payload that joins the nested view whose container this is.
pub(crate) fn join_nested(container: &str, fixed: Option<&str>) -> Value {
    let session = container.split_once("data-phx-session=\"").unwrap().1.split('"').next().unwrap();
    json!({"params": {"_mounts": 0, "_mount_attempts": 0}, "session": session, "static": fixed, "sticky": false})
}

/// An open socket.
pub(crate) struct Tab {
    client: Client,
    last: u64,
}

impl Tab {
    fn next_ref(&mut self) -> String {
        self.last += 1;
        self.last.to_string()
    }

    /// Joins a view and gives the reply's payload: status and response.
    pub(crate) async fn join(&mut self, topic: &str, payload: Value) -> Value {
        let reference = self.begin_join(topic, payload).await;
        self.reply_to(&reference).await
    }

    /// Asks to join a view and gives the ref of the answer, without waiting for it.
    pub(crate) async fn begin_join(&mut self, topic: &str, payload: Value) -> String {
        let reference = self.next_ref();
        self.client.send(json!([reference, reference, topic, "phx_join", payload])).await;
        reference
    }

    /// Sends a message to a view that was joined last, and gives the reply's payload. What is pushed before it is given to
    /// `pushed`.
    pub(crate) async fn ask(&mut self, topic: &str, event: &str, payload: Value) -> Value {
        let reference = self.tell(topic, event, payload).await;
        self.reply_to(&reference).await
    }

    /// Sends a message and gives its ref.
    pub(crate) async fn tell(&mut self, topic: &str, event: &str, payload: Value) -> String {
        let reference = self.next_ref();
        self.client.send(json!([null, reference, topic, event, payload])).await;
        reference
    }

    /// Clicks, and gives the response.
    pub(crate) async fn click(&mut self, topic: &str, event: &str, value: Value) -> Value {
        let reply =
            self.ask(topic, "event", json!({ "type": "click", "event": event, "value": value })).await;
        assert_eq!(reply["status"], "ok", "{reply}");
        reply["response"].clone()
    }

    /// The next frame, which must be this reply.
    pub(crate) async fn reply_to(&mut self, reference: &str) -> Value {
        let frame = self.client.next_json().await;
        assert_eq!((&frame[1], &frame[3]), (&json!(reference), &json!("phx_reply")), "{frame}");
        frame[4].clone()
    }

    /// The next frame, which must be this push: its payload.
    pub(crate) async fn push(&mut self, topic: &str, event: &str) -> Value {
        let frame = self.client.next_json().await;
        assert_eq!((&frame[2], &frame[3]), (&json!(topic), &json!(event)), "{frame}");
        frame[4].clone()
    }
}

impl Deref for Tab {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for Tab {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

/// The response of a reply that must be `ok`.
pub(crate) fn ok(reply: &Value) -> &Value {
    assert_eq!(reply["status"], "ok", "{reply}");
    &reply["response"]
}

/// The response of a reply that must be an error.
pub(crate) fn error(reply: &Value) -> &Value {
    assert_eq!(reply["status"], "error", "{reply}");
    &reply["response"]
}

/// How often views were mounted.
#[derive(Clone, Default)]
pub(crate) struct Mounts(std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl Mounts {
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> usize {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }
}

/// Hands a value to views, as an application hands them its services.
pub(crate) struct Provide<T>(pub(crate) T);

impl<T: Clone + Send + Sync + 'static> MountHook for Provide<T> {
    async fn on_mount(&self, cx: &mut Mount<'_>) -> Result<(), MountError> {
        cx.insert(self.0.clone());
        Ok(())
    }
}
