//! The server's answer to the upgrade request (RFC 6455 §4.1).

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
    let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else {
        return if received.len() > MAX_HEAD { Err(UpgradeError::TooLarge) } else { Ok(None) };
    };
    let mut lines = received[..end].split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    match status(lines.next().unwrap_or_default()).ok_or(UpgradeError::NotHttp)? {
        101 => {}
        status => return Err(UpgradeError::Status(status)),
    }
    let accepts = |line: &[u8]| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        line[..colon]
            .eq_ignore_ascii_case(b"sec-websocket-accept")
            .then(|| line[colon + 1..].trim_ascii() == accept)
    };
    if lines.find_map(accepts) == Some(true) { Ok(Some(end + 4)) } else { Err(UpgradeError::Accept) }
}

fn status(line: &[u8]) -> Option<u16> {
    let rest = line.strip_prefix(b"HTTP/1.1 ")?;
    std::str::from_utf8(rest.get(..3)?).ok()?.parse().ok()
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
        for garbage in [&b"\r\n\r\n"[..], b"SSH-2.0\r\n\r\n", b"HTTP/1.1 1\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"]
        {
            assert_eq!(parse(garbage, b""), Err(UpgradeError::NotHttp));
        }
        assert_eq!(parse(&[b'x'; MAX_HEAD + 1], b""), Err(UpgradeError::TooLarge));
    }
}
