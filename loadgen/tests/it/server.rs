//! A tiny server of the bench channel and of a page with a live view, a thread for each connection, that can be told to
//! misbehave.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use firecrest_wire::websocket::handshake::accept_key;
use firecrest_wire::websocket::{Decoder, DecoderLimits, Frame, Item};
use serde_json::{Value, json};

use crate::page;

/// What is wrong with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// One delivery is another than was published.
    ChangeDelivery,
    /// The answer to an echo is another payload, and that to a click has no diff, once.
    ChangeEcho,
    /// A connection is closed in the middle, once.
    Close,
    /// One delivery is not made.
    DropDelivery,
    /// One delivery is made twice.
    DuplicateDelivery,
    /// One echo or click is answered twice.
    DuplicateEcho,
    /// One connection gets its first two deliveries in the wrong order.
    SwapDeliveries,
    /// Once somebody has asked for an upgrade there are no pages any more.
    LatePage,
    /// Joins are answered, nothing else.
    Mute,
    /// Joins are not answered.
    MuteJoin,
    /// The page is not answered.
    MutePage,
    /// The page has no view.
    PlainPage,
    /// Joins are refused.
    RefuseJoin,
    /// There is no page.
    RefusePage,
    /// The upgrade is refused.
    RefuseUpgrade,
    /// Nothing, but frames come in fragments, with pings and events nobody asked for between them, and the page in chunks.
    Verbose,
}

/// Everybody who is joined, and how far the misbehaviour is.
pub(crate) struct Shared {
    pub(crate) fault: Fault,
    pub(crate) state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    /// How many pages were loaded.
    pub(crate) visits: u32,
    /// Whether somebody has asked for an upgrade.
    pub(crate) has_upgraded: bool,
    members: Vec<(String, TcpStream)>,
    echoes: u32,
    deliveries: u32,
    held_back: Option<String>,
}

/// The number of the echo or delivery that is treated wrongly, counted over all connections.
const WRONG: u32 = 8;

/// Starts a server that lives as long as the test's process.
pub(crate) fn start(fault: Fault) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let shared = Arc::new(Shared { fault, state: Mutex::default() });
    thread::spawn(move || {
        for stream in listener.incoming() {
            let shared = shared.clone();
            thread::spawn(move || serve(&shared, stream.unwrap()));
        }
    });
    address
}

fn serve(shared: &Shared, mut stream: TcpStream) -> Option<()> {
    let head = read_head(&mut stream)?;
    if head.starts_with("GET /renders ") {
        return stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n1\n").ok();
    }
    if let Some(path) = page::path(&head) {
        return page::answer(shared, stream, path);
    }
    shared.state.lock().ok()?.has_upgraded = true;
    if head.starts_with("GET /live") && !page::may_connect(&head) {
        return stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").ok();
    }
    if shared.fault == Fault::RefuseUpgrade {
        return stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").ok();
    }
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))?;
    let accept = accept_key(key.as_bytes());
    let answer = format!("HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: {accept}\r\n\r\n");
    stream.write_all(answer.as_bytes()).ok()?;
    let (mut decoder, mut buffer) = (Decoder::new(DecoderLimits::default()), vec![0; 4096]);
    loop {
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        let mut input = &mut buffer[..read];
        while let Some(item) = decoder.decode(&mut input).ok()? {
            if let Item::Text(text) = item {
                let message = serde_json::from_str(&text).ok()?;
                answer_message(shared, &mut stream, &message)?;
            }
        }
    }
}

fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

fn answer_message(shared: &Shared, stream: &mut TcpStream, message: &Value) -> Option<()> {
    let (topic, event) = (message[2].as_str()?, message[3].as_str()?);
    let mut state = shared.state.lock().ok()?;
    let reply = |status: &str, response: &Value| {
        json!([message[0], message[1], topic, "phx_reply", { "status": status, "response": response }])
            .to_string()
    };
    match event {
        "phx_join" if shared.fault == Fault::RefuseJoin => {
            send(shared, stream, &reply("error", &json!({ "reason": "full" })))
        }
        "phx_join" if shared.fault == Fault::MuteJoin => Some(()),
        "phx_join" if topic.starts_with("lv:") && !page::may_join(topic, &message[4]) => {
            send(shared, stream, &reply("error", &json!({ "reason": "stale" })))
        }
        "phx_join" => {
            state.members.push((topic.to_owned(), stream.try_clone().ok()?));
            send(shared, stream, &reply("ok", &json!({})))
        }
        _ if shared.fault == Fault::Mute => Some(()),
        "echo" => {
            state.echoes += 1;
            echo(shared, stream, state.echoes == WRONG, &reply("ok", &message[4]))
        }
        "event" if message[4] == page::click() => {
            state.echoes += 1;
            let diff = json!({ "diff": { "0": state.echoes.to_string() } });
            echo(shared, stream, state.echoes == WRONG, &reply("ok", &diff))
        }
        "event" if page::shown(&message[4]).is_some() => {
            let diff = json!({ "0": page::shown(&message[4]) });
            deliver(shared, &mut state, |joined| joined.starts_with("lv:"), ("diff", &diff));
            send(shared, stream, &reply("ok", &json!({})))
        }
        "say" => {
            deliver(shared, &mut state, |joined| joined == topic, ("said", &message[4]));
            Some(())
        }
        "phx_leave" => {
            send(shared, stream, &reply("ok", &json!({})))?;
            send(shared, stream, &json!([message[0], message[0], topic, "phx_close", {}]).to_string())
        }
        _ => send(shared, stream, &reply("ok", &json!({}))),
    }
}

fn echo(shared: &Shared, stream: &mut TcpStream, wrong: bool, reply: &str) -> Option<()> {
    match shared.fault {
        Fault::ChangeEcho if wrong => {
            send(shared, stream, &reply.replace("xx", "xy").replace("diff", "same"))
        }
        Fault::Close if wrong => stream.shutdown(Shutdown::Both).ok(),
        Fault::DuplicateEcho if wrong => {
            send(shared, stream, reply)?;
            send(shared, stream, reply)
        }
        _ => send(shared, stream, reply),
    }
}

/// Delivers to all on the topics that are meant, each under the name of its own. Who is gone misses it.
fn deliver(
    shared: &Shared,
    state: &mut State,
    is_meant: impl Fn(&str) -> bool,
    (event, payload): (&str, &Value),
) {
    let State { members, deliveries, held_back, .. } = state;
    let meant = members.iter_mut().filter(|(joined, _)| is_meant(joined));
    for (number, (topic, member)) in meant.enumerate() {
        let text = json!([null, null, topic, event, payload]).to_string();
        *deliveries += 1;
        let wrong = *deliveries == WRONG;
        match shared.fault {
            Fault::ChangeDelivery if wrong => {
                send(shared, member, &text.replace("xx", "xy").replace("\"10", "\""));
                continue;
            }
            Fault::DropDelivery if wrong => continue,
            Fault::DuplicateDelivery if wrong => send(shared, member, &text),
            Fault::SwapDeliveries if number == 1 => match held_back.take() {
                None if *deliveries < WRONG => {
                    *held_back = Some(text);
                    continue;
                }
                None => None,
                Some(held_back) => {
                    send(shared, member, &text);
                    send(shared, member, &held_back);
                    continue;
                }
            },
            _ => None,
        };
        send(shared, member, &text);
    }
}

fn send(shared: &Shared, stream: &mut TcpStream, text: &str) -> Option<()> {
    if shared.fault != Fault::Verbose {
        return stream.write_all(Frame::text(text).as_bytes()).ok();
    }
    let (first, second) = text.split_at(text.len() / 2);
    let (mut head, mut tail) =
        (Frame::text(first).into_bytes().to_vec(), Frame::text(second).into_bytes().to_vec());
    // Not final, and a continuation (RFC 6455 §5.4).
    head[0] = 0x01;
    tail[0] = 0x80;
    let unasked = Frame::text(r#"[null,null,"bench:all","presence_state",{}]"#);
    let parts = [&head, Frame::ping(b"?").as_bytes().as_ref(), &tail, unasked.as_bytes().as_ref()].concat();
    // In pieces that end anywhere.
    parts.chunks(7).try_for_each(|chunk| stream.write_all(chunk).ok())
}
