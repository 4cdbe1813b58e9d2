//! The opening handshake (spec §1.3), answered by hand.

use firecrest_wire::websocket::handshake::UpgradeRequest;

use crate::connection::Ended;

/// The largest request that is read, in bytes.
const MAX_REQUEST: usize = 8 * 1_024;

const PATH: &[u8] = b"/socket/websocket";

/// Reads the request at the beginning of `bytes` and appends the answer to it; gives the request's size, or none when it
/// is not all there.
///
/// # Errors
/// When the request is too large or no upgrade to a WebSocket at the right path.
pub(crate) fn accept(bytes: &[u8], out: &mut Vec<u8>) -> Result<Option<usize>, Ended> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return if bytes.len() > MAX_REQUEST { Err(Ended) } else { Ok(None) };
    };
    let mut lines = bytes[..end].split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    check_path(lines.next().ok_or(Ended)?)?;
    let mut request = UpgradeRequest {
        http_1_1: true,
        host: None,
        connection: None,
        upgrade: None,
        key: None,
        version: None,
    };
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':').ok_or(Ended)?;
        let (name, value) = (&line[..colon], Some(line[colon + 1..].trim_ascii()));
        // Most headers that a client sends are none of these, and most of those differ in length.
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => request.host = value,
            7 if name.eq_ignore_ascii_case(b"upgrade") => request.upgrade = value,
            10 if name.eq_ignore_ascii_case(b"connection") => request.connection = value,
            17 if name.eq_ignore_ascii_case(b"sec-websocket-key") => request.key = value,
            21 if name.eq_ignore_ascii_case(b"sec-websocket-version") => request.version = value,
            _ => {}
        }
    }
    let key = request.accept().map_err(|_| Ended)?;
    out.extend_from_slice(
        b"HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ",
    );
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"\r\n\r\n");
    Ok(Some(end + 4))
}

/// The query is not read: there is one version.
fn check_path(line: &[u8]) -> Result<(), Ended> {
    let target = line.strip_prefix(b"GET ").and_then(|rest| rest.strip_suffix(b" HTTP/1.1")).ok_or(Ended)?;
    match target.strip_prefix(PATH) {
        Some([] | [b'?', ..]) => Ok(()),
        _ => Err(Ended),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str = "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: h\r\nUser-Agent: x\r\n\
        Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    fn accept(request: &str) -> Result<(Option<usize>, String), Ended> {
        let mut out = Vec::new();
        let used = super::accept(request.as_bytes(), &mut out)?;
        Ok((used, String::from_utf8(out).unwrap()))
    }

    /// RFC 6455 §1.3: the example's key.
    #[test]
    fn an_upgrade_is_accepted_and_no_more_than_it_is_used() {
        let (used, answer) = accept(&format!("{REQUEST}rest")).unwrap();
        assert_eq!(used, Some(REQUEST.len()));
        assert!(answer.starts_with("HTTP/1.1 101 ") && answer.ends_with("\r\n\r\n"), "{answer}");
        assert!(answer.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "{answer}");
    }

    #[test]
    fn the_rest_of_a_request_is_waited_for_but_not_forever() {
        assert_eq!(accept(&REQUEST[..REQUEST.len() - 1]), Ok((None, String::new())));
        assert_eq!(accept(&"x".repeat(MAX_REQUEST + 1)), Err(Ended));
    }

    #[test]
    fn what_is_no_upgrade_here_is_refused() {
        let cases = [
            ("/websocket?", "/other?"),
            ("GET", "POST"),
            ("HTTP/1.1", "HTTP/1.0"),
            ("Upgrade: websocket", "Upgrade: h2c"),
            ("Version: 13", "Version: 8"),
            ("Host: h", "Host h"),
        ];
        for (from, to) in cases {
            let request = REQUEST.replace(from, to);
            assert_ne!(request, REQUEST);
            assert_eq!(accept(&request), Err(Ended), "{to}");
        }
    }
}
