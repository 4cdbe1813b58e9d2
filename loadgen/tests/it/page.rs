//! The pages of the tiny server. Each visit has tokens of its own, which have to come back together; on `/counter` and
//! `/own-board` it has a view of its own too, on `/board` it does not.

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

/// The text that a click wants to be shown.
pub(crate) fn shown(payload: &Value) -> Option<&str> {
    let text = payload["value"]["text"].as_str()?;
    let click = json!({ "type": "click", "event": "show", "value": { "text": text } });
    (*payload == click).then_some(text)
}

/// The path of the page that is asked for, if it is one.
pub(crate) fn path(head: &str) -> Option<&'static str> {
    ["/counter", "/board", "/own-board"].into_iter().find(|path| head.starts_with(&format!("GET {path}?")))
}

/// Answers the request for the page and closes.
pub(crate) fn answer(shared: &Shared, mut stream: TcpStream, path: &str) -> Option<()> {
    let (visit, is_late) = {
        let mut state = shared.state.lock().ok()?;
        state.visits += 1;
        (state.visits, state.has_upgraded)
    };
    let id = if path == "/board" { "shared-1".to_owned() } else { format!("phx-{visit}") };
    let session = if shared.fault == Fault::PlainPage { "" } else { "data-phx-session" };
    let page = format!(
        "<!DOCTYPE html><html><head><meta name='csrf-token' content='t={visit}'></head><body>\
         <div id=\"{id}\" data-phx-main {session}=\"s-{visit}\" data-phx-static=\"f-{visit}\">0</div></body></html>"
    );
    let cookie = format!("set-cookie: _a=a-{visit}; Path=/; HttpOnly\r\nset-cookie: _b=b\r\n");
    match shared.fault {
        Fault::MutePage => thread::sleep(FOREVER),
        fault if fault == Fault::RefusePage || fault == Fault::LatePage && is_late => {
            stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").ok()?;
        }
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

/// Whether the join brings what the page of one visit said, and is for its view (spec §2.4).
pub(crate) fn may_join(topic: &str, payload: &Value) -> bool {
    let visit = payload["session"].as_str().unwrap().strip_prefix("s-").unwrap();
    let params = json!({ "_csrf_token": format!("t={visit}"), "_mounts": 0, "_mount_attempts": 0 });
    let (session, fixed) = (format!("s-{visit}"), format!("f-{visit}"));
    let url = payload["url"].as_str().unwrap();
    let expected =
        json!({ "url": url, "params": params, "session": session, "static": fixed, "sticky": false });
    let (base, path) = url.rsplit_once('/').unwrap();
    let own = if path == "board?x=1" { "lv:shared-1".to_owned() } else { format!("lv:phx-{visit}") };
    let is_page = ["counter?x=1", "board?x=1", "own-board?x=1"].contains(&path);
    *payload == expected && base.starts_with("http://127.0.0.1:") && is_page && topic == own
}
