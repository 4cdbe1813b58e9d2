//! Loading a page with a live view, and joining its view.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::client::Client;
use crate::server::Server;

/// Head and body of an answer.
pub(crate) struct Page(String);

/// A view that a client has joined.
pub(crate) struct View {
    pub(crate) client: Client,
    pub(crate) topic: String,
    /// The answer to the join.
    pub(crate) joined: Value,
}

impl Page {
    /// What the server answers at a path.
    pub(crate) fn load(server: &Server, path: &str) -> Page {
        let mut socket = TcpStream::connect(server.address()).unwrap();
        let host = server.address();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        Page(answer)
    }

    /// Without the head.
    pub(crate) fn body(&self) -> &str {
        self.0.split_once("\r\n\r\n").unwrap().1
    }

    /// What stands between two texts.
    pub(crate) fn between(&self, before: &str, after: &str) -> &str {
        let (_, rest) = self.0.split_once(before).unwrap_or_else(|| panic!("no {before} in {}", self.0));
        rest.split(after).next().unwrap()
    }

    /// Joins the page's view; `path` is where it was loaded (spec §2.4).
    pub(crate) fn join(&self, server: &Server, path: &str) -> View {
        let token = self.between("<meta name=\"csrf-token\" content=\"", "\"");
        let query = token.replace('=', "%3D");
        let target = format!("/live/websocket?_csrf_token={query}&_mounts=0&vsn=2.0.0");
        let cookie = self.between("set-cookie: ", ";");
        let mut client = Client::open(server, &target, &format!("Cookie: {cookie}\r\n"));
        let (id, session) = (self.between("<div id=\"", "\""), self.between("data-phx-session=\"", "\""));
        let fixed = self.between("data-phx-static=\"", "\"");
        let url = format!("http://{}{path}", server.address());
        let params = json!({ "_csrf_token": token, "_mounts": 0, "_mount_attempts": 0 });
        let join =
            json!({ "url": url, "params": params, "session": session, "static": fixed, "sticky": false });
        let topic = format!("lv:{id}");
        let joined = client.ask("1", "1", &topic, "phx_join", &join);
        View { client, topic, joined }
    }
}

impl View {
    /// Clicks; gives the response.
    pub(crate) fn click(&mut self, event: &str, value: &Value) -> Value {
        let click = json!({ "type": "click", "event": event, "value": value });
        self.client.ask("1", "2", &self.topic, "event", &click)
    }

    /// The next message: event and payload.
    pub(crate) fn next(&mut self) -> (Value, Value) {
        let mut message = self.client.next();
        assert_eq!(message[2], self.topic);
        (message[3].take(), message[4].take())
    }
}
