//! The page of the tiny server. Each visit has tokens of its own, which have to come back together.

use std::io::Write as _;
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::server::{Fault, Shared};

/// Longer than any test waits.
const FOREVER: Duration = Duration::from_secs(600);

/// What a click must say (spec §4.1).
pub(crate) fn click() -> Value {
    json!({ "type": "click", "event": "inc", "value": { "value": "" } })
}

/// Answers the request for the page and closes.
pub(crate) fn answer(shared: &Shared, mut stream: TcpStream) -> Option<()> {
    let visit = {
        let mut state = shared.state.lock().ok()?;
        state.visits += 1;
        state.visits
    };
    let session = if shared.fault == Fault::PlainPage { "" } else { "data-phx-session" };
    let page = format!(
        "<!DOCTYPE html><html><head><meta name='csrf-token' content='t={visit}'></head><body>\
         <div id=\"phx-{visit}\" data-phx-main {session}=\"s-{visit}\" data-phx-static=\"f-{visit}\">0</div></body></html>"
    );
    let cookie = format!("set-cookie: _a=a-{visit}; Path=/; HttpOnly\r\nset-cookie: _b=b\r\n");
    match shared.fault {
        Fault::MutePage => thread::sleep(FOREVER),
        Fault::RefusePage => stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").ok()?,
        Fault::Verbose => {
            let head = format!("HTTP/1.1 200 OK\r\n{cookie}transfer-encoding: chunked\r\n\r\n");
            let chunks = page.as_bytes().chunks(30).map(std::str::from_utf8).map(Result::unwrap);
            let body: String = chunks.map(|chunk| format!("{:x}\r\n{chunk}\r\n", chunk.len())).collect();
            let answer = format!("{head}{body}0\r\n\r\n");
            answer.as_bytes().chunks(7).try_for_each(|part| stream.write_all(part)).ok()?;
        }
        _ => {
            let len = page.len();
            let answer = format!("HTTP/1.1 200 OK\r\n{cookie}content-length: {len}\r\n\r\n{page}");
            stream.write_all(answer.as_bytes()).ok()?;
        }
    }
    Some(())
}

/// Whether the upgrade brings the token and the cookies of the same visit (spec §2.1).
pub(crate) fn may_connect(head: &str) -> bool {
    let (line, fields) = head.split_once("\r\n").unwrap();
    let target = line.split(' ').nth(1).unwrap();
    let (path, query) = target.split_once('?').unwrap();
    let token = query.split('&').find_map(|pair| pair.strip_prefix("_csrf_token=t%3D"));
    let version = query.split('&').any(|pair| pair == "vsn=2.0.0");
    let cookies = token.map(|visit| format!("Cookie: _a=a-{visit}; _b=b"));
    path == "/live/websocket" && version && fields.lines().any(|line| Some(line) == cookies.as_deref())
}

/// Whether the join is for the view of one visit and brings what its page said (spec §2.4).
pub(crate) fn may_join(topic: &str, payload: &Value) -> bool {
    let visit = topic.strip_prefix("lv:phx-").unwrap();
    let params = json!({ "_csrf_token": format!("t={visit}"), "_mounts": 0, "_mount_attempts": 0 });
    let (session, fixed) = (format!("s-{visit}"), format!("f-{visit}"));
    let url = payload["url"].as_str().unwrap();
    let expected =
        json!({ "url": url, "params": params, "session": session, "static": fixed, "sticky": false });
    *payload == expected && url.starts_with("http://127.0.0.1:") && url.ends_with("/counter?x=1")
}
