//! What the server is told.

use std::fmt::Write as _;

use bytes::{BufMut, BytesMut};
use serde::Serialize;

use super::Stamp;
use crate::servers::Login;

/// Asks for an answer to all that came before.
pub(crate) const PING: &[u8] = b"PING\r\n";

/// Answers the server's own.
pub(crate) const PONG: &[u8] = b"PONG\r\n";

/// Who we are, and what we want.
#[derive(Serialize)]
pub(crate) struct Connect<'a> {
    verbose: bool,
    pedantic: bool,
    tls_required: bool,
    name: &'a str,
    lang: &'static str,
    version: &'static str,
    protocol: u8,
    /// Not what we publish ourselves.
    echo: bool,
    /// Messages with headers come without them.
    headers: bool,
    no_responders: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pass: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_token: Option<&'a str>,
}

impl<'a> Connect<'a> {
    pub(crate) fn new(name: &'a str, tls_required: bool, login: &'a Login) -> Self {
        let (user, pass, auth_token) = match login {
            Login::None => (None, None, None),
            Login::Token(token) => (None, None, Some(&**token)),
            Login::User { name, password } => (Some(&**name), Some(&**password), None),
        };
        Connect {
            verbose: false,
            pedantic: false,
            tls_required,
            name,
            lang: "rust",
            version: env!("CARGO_PKG_VERSION"),
            protocol: 1,
            echo: false,
            headers: false,
            no_responders: false,
            user,
            pass,
            auth_token,
        }
    }
}

pub(crate) fn connect(connect: &Connect<'_>, out: &mut BytesMut) {
    let json = serde_json::to_vec(connect).expect("texts and booleans can be written as JSON");
    out.put_slice(b"CONNECT ");
    out.put_slice(&json);
    out.put_slice(b"\r\n");
}

pub(crate) fn subscribe(subject: &str, id: u64, out: &mut BytesMut) {
    line(out, format_args!("SUB {subject} {id}\r\n"));
}

pub(crate) fn unsubscribe(id: u64, out: &mut BytesMut) {
    line(out, format_args!("UNSUB {id}\r\n"));
}

pub(crate) fn publish(subject: &str, stamp: Stamp, payload: &[u8], out: &mut BytesMut) {
    line(out, format_args!("PUB {subject} {}\r\n", Stamp::LEN + payload.len()));
    out.put_slice(&stamp.write());
    out.put_slice(payload);
    out.put_slice(b"\r\n");
}

fn line(out: &mut BytesMut, line: std::fmt::Arguments<'_>) {
    out.write_fmt(line).expect("memory takes whatever is written");
}
