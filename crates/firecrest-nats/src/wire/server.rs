//! What the server says.

use bytes::{Buf as _, Bytes, BytesMut};
use serde::Deserialize;

/// Most bytes of a line. What a server knows of its cluster is the longest.
const MAX_LINE: usize = 1024 * 1024;

/// Most bytes of a message: no server can be made to take more.
const MAX_PAYLOAD: usize = 64 * 1024 * 1024;

/// What the server says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FromServer {
    Info(Info),
    /// A message on one of the subjects that we have subscribed to.
    Message(Bytes),
    Ping,
    Pong,
    Ok,
    Error(String),
}

/// What a server is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Info {
    /// Whether it speaks only encrypted.
    #[serde(default)]
    pub(crate) tls_required: bool,
    /// Whether it can.
    #[serde(default)]
    pub(crate) tls_available: bool,
    /// Most bytes of a message.
    #[serde(default = "max_payload")]
    pub(crate) max_payload: usize,
}

/// Something that no server of NATS says.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the server does not speak NATS: {0}")]
pub(crate) struct Garbled(&'static str);

fn max_payload() -> usize {
    1024 * 1024
}

/// The next thing that the server has said, if it has come whole.
pub(crate) fn read(input: &mut BytesMut) -> Result<Option<FromServer>, Garbled> {
    let Some(end) = input.iter().take(MAX_LINE).position(|byte| *byte == b'\n') else {
        return if input.len() < MAX_LINE { Ok(None) } else { Err(Garbled("a line does not end")) };
    };
    let line = std::str::from_utf8(&input[..end]).map_err(|_| Garbled("a line is not text"))?;
    let line = line.trim_end_matches('\r');
    let (verb, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    let said = match verb {
        "MSG" => return message(payload_len(rest)?, end + 1, input),
        "PING" => FromServer::Ping,
        "PONG" => FromServer::Pong,
        "+OK" => FromServer::Ok,
        "-ERR" => FromServer::Error(rest.trim().trim_matches('\'').to_owned()),
        "INFO" => FromServer::Info(serde_json::from_str(rest).map_err(|_| Garbled("its INFO is not JSON"))?),
        _ => return Err(Garbled("an unknown verb")),
    };
    input.advance(end + 1);
    Ok(Some(said))
}

/// The last of `SUBJECT ID [REPLY-TO] LENGTH`.
fn payload_len(rest: &str) -> Result<usize, Garbled> {
    let words: Vec<&str> = rest.split_ascii_whitespace().collect();
    let ([_, _, len] | [_, _, _, len]) = &*words else { return Err(Garbled("a MSG of other words")) };
    let len = len.parse().ok().filter(|len| *len <= MAX_PAYLOAD);
    len.ok_or(Garbled("a message of no possible length"))
}

/// The message of so many bytes that begins at `start`. It is copied: it may be kept for long, and what it was read into is large.
fn message(len: usize, start: usize, input: &mut BytesMut) -> Result<Option<FromServer>, Garbled> {
    let end = start + len;
    let Some(rest) = input.get(end..end + 2) else {
        input.reserve(end + 2 - input.len());
        return Ok(None);
    };
    if rest != b"\r\n" {
        return Err(Garbled("a message of another length than it says"));
    }
    let payload = Bytes::copy_from_slice(&input[start..end]);
    input.advance(end + 2);
    Ok(Some(FromServer::Message(payload)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &[u8]) -> Result<Vec<FromServer>, Garbled> {
        let mut input = BytesMut::from(text);
        let mut said = Vec::new();
        while let Some(next) = read(&mut input)? {
            said.push(next);
        }
        Ok(said)
    }

    #[test]
    fn what_servers_say_is_read() {
        let text = b"INFO {\"max_payload\":5,\"tls_required\":true,\"x\":[1]} \r\nPING\r\nPONG\r\n+OK\r\n\
            -ERR 'Authorization Violation'\r\nMSG a.b 9 2\r\nhi\r\nMSG a 9 reply 0\r\n\r\nMSG\ta 9  2\n\r\n\r\nMSG a 1 5\r\nhi";
        let message = |text: &'static str| FromServer::Message(text.into());
        let info = Info { tls_required: true, tls_available: false, max_payload: 5 };
        assert_eq!(
            all(text).unwrap(),
            [
                FromServer::Info(info),
                FromServer::Ping,
                FromServer::Pong,
                FromServer::Ok,
                FromServer::Error("Authorization Violation".to_owned()),
                message("hi"),
                message(""),
                message("\r\n"),
            ]
        );
    }

    #[test]
    fn what_no_server_says_is_an_error() {
        for text in [
            "HTTP/1.1 400 Bad Request\r\n",
            "\r\n",
            "INFO\r\n",
            "INFO x\r\n",
            "MSG a 1\r\n",
            "MSG a 1 x\r\n",
            "MSG a 1 -1\r\n",
            "MSG a 1 99999999999999999999\r\n",
            "MSG a 1 67108865\r\n",
            "MSG a 1 2\r\nabcd",
            "HMSG a 1 2 4\r\nabcd\r\n",
            &"x".repeat(MAX_LINE),
        ] {
            assert!(all(text.as_bytes()).is_err(), "{text}");
        }
        assert!(all(b"INFO \xff\r\n").is_err());
    }

    proptest! {
        #[test]
        fn it_does_not_matter_in_which_pieces_it_comes(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..8),
            pieces in prop::collection::vec(1..30_usize, 1..200),
        ) {
            let mut text = Vec::new();
            for payload in &payloads {
                text.extend(format!("PING\r\nMSG a.b 7 {}\r\n", payload.len()).bytes());
                text.extend(payload);
                text.extend(b"\r\n");
            }
            let whole = all(&text).unwrap();
            prop_assert_eq!(whole.len(), 2 * payloads.len());
            let (mut input, mut said, mut rest) = (BytesMut::new(), Vec::new(), &*text);
            for piece in pieces.into_iter().cycle() {
                let (now, later) = rest.split_at(piece.min(rest.len()));
                input.extend_from_slice(now);
                rest = later;
                while let Some(next) = read(&mut input).unwrap() {
                    said.push(next);
                }
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(said, whole);
            prop_assert!(input.is_empty());
        }

        #[test]
        fn garbage_is_no_panic(text in "((MSG|INFO|-ERR|PING|HMSG)[ \\t]?)?[ -~]{0,20}\r?\n(?s:.){0,20}") {
            let _ = all(text.as_bytes());
        }
    }
}
