//! The server's answer to the upgrade request (RFC 6455 §4.1).

use super::http;

/// The largest head of an answer in bytes.
pub(super) const MAX_HEAD: usize = 8 * 1024;

/// Why the answer is no upgrade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(super) enum UpgradeError {
    /// `Sec-WebSocket-Accept` is missing or not the one for our key.
    #[error("the upgrade was answered with a wrong `sec-websocket-accept`")]
    Accept,
    /// No HTTP answer.
    #[error("the upgrade was not answered in HTTP/1.1")]
    NotHttp,
    /// Another status than 101.
    #[error("the upgrade was refused with status {0}")]
    Status(u16),
    /// No end in sight.
    #[error("the head of the answer to the upgrade is larger than {MAX_HEAD} bytes")]
    TooLarge,
}

/// The length of the answer's head if all of it is there and it is an upgrade; none when more has to come.
///
/// # Errors
/// When it is none.
pub(super) fn parse(received: &[u8], accept: &[u8]) -> Result<Option<usize>, UpgradeError> {
    let Some((head, rest)) = http::split(received) else {
        return if received.len() > MAX_HEAD { Err(UpgradeError::TooLarge) } else { Ok(None) };
    };
    match head.status().ok_or(UpgradeError::NotHttp)? {
        101 => {}
        status => return Err(UpgradeError::Status(status)),
    }
    let accepts = head.fields("sec-websocket-accept").next() == Some(accept);
    if accepts { Ok(Some(received.len() - rest.len())) } else { Err(UpgradeError::Accept) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nSEC-WebSocket-Accept:  abc= \r\n\r\n\x81\x00";

    #[test]
    fn an_upgrade_is_taken_whole_and_no_further() {
        assert_eq!(parse(OK, b"abc="), Ok(Some(OK.len() - 2)));
        for len in 0..OK.len() - 2 {
            assert_eq!(parse(&OK[..len], b"abc="), Ok(None), "{len}");
        }
    }

    #[test]
    fn anything_else_is_an_error_of_its_own() {
        assert_eq!(parse(OK, b"abd="), Err(UpgradeError::Accept));
        assert_eq!(parse(b"HTTP/1.1 101 x\r\n\r\n", b"abc="), Err(UpgradeError::Accept));
        assert_eq!(parse(b"HTTP/1.1 403 Forbidden\r\n\r\n", b""), Err(UpgradeError::Status(403)));
        assert_eq!(parse(b"SSH-2.0\r\n\r\n", b""), Err(UpgradeError::NotHttp));
        assert_eq!(parse(&[b'x'; MAX_HEAD + 1], b""), Err(UpgradeError::TooLarge));
    }
}
