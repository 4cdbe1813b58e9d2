//! Why a connection is closed, as numbers (spec §1.13).

use std::fmt;

use bytes::Bytes;

use super::DecodeError;
use crate::Text;

/// Why a connection is closed. Every value may stand in a close frame: 1000–1003, 1007–1014 and from 3000 on.
///
/// The official JavaScript client reconnects after every code, with one exception: up to version 1.8.15 it stays away
/// after 1000. The constants say who sends which code, and when.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(u16);

/// A number that must not appear in a close frame (RFC 6455 §7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a close code that may be sent")]
pub struct InvalidCloseCode(u16);

/// What a close frame says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseFrame {
    /// The code.
    pub code: CloseCode,
    /// Text for people, at most 123 bytes, often empty.
    pub reason: Text,
}

impl CloseCode {
    /// 1000: the purpose is fulfilled. Sent only in answer to a client's close, because JavaScript clients up to 1.8.15
    /// do not come back after it, and a LiveView client reloads the page.
    pub const NORMAL: CloseCode = CloseCode(1000);
    /// 1001: a forced disconnect by socket id (spec §1.11). The client reconnects.
    pub const GOING_AWAY: CloseCode = CloseCode(1001);
    /// 1002: a frame that breaks RFC 6455, or an idle timeout. The client reconnects.
    pub const PROTOCOL_ERROR: CloseCode = CloseCode(1002);
    /// 1003: a kind of data that this endpoint does not take. The client reconnects.
    pub const UNSUPPORTED: CloseCode = CloseCode(1003);
    /// 1007: text that is not UTF-8. The client reconnects.
    pub const INVALID_PAYLOAD: CloseCode = CloseCode(1007);
    /// 1008: a frame without meaning, such as an empty fragment in the middle of a message. The client reconnects.
    pub const POLICY_VIOLATION: CloseCode = CloseCode(1008);
    /// 1009: a frame or a message above the size limits. The client reconnects.
    pub const MESSAGE_TOO_BIG: CloseCode = CloseCode(1009);
    /// 1011: a message that cannot be decoded, or a failure inside the connection. The client reconnects.
    pub const INTERNAL_ERROR: CloseCode = CloseCode(1011);
    /// 1012: the server drains before a restart (spec §3.15). The client reconnects, to another node if there is one.
    pub const SERVICE_RESTART: CloseCode = CloseCode(1012);
    /// 1013: the server is overloaded and refuses to go on. The client reconnects, after its usual delay.
    pub const TRY_AGAIN_LATER: CloseCode = CloseCode(1013);
    /// 4008: the client reads more slowly than it is written to, and its queue is full. Of the range kept for
    /// applications, so that it can be told apart from everything Phoenix sends. The client reconnects and joins afresh.
    pub const SLOW_READER: CloseCode = CloseCode(4008);

    /// The number.
    pub const fn as_u16(self) -> u16 {
        self.0
    }

    /// What to answer a client's close frame with: 1000 if it gave no code or one of 1000–1003, 1007–1011 and from 3000
    /// on, else 1002 (spec §1.12).
    pub const fn reply_to(code: Option<u16>) -> CloseCode {
        match code {
            None | Some(1000..=1003 | 1007..=1011 | 3000..) => CloseCode::NORMAL,
            Some(_) => CloseCode::PROTOCOL_ERROR,
        }
    }
}

impl TryFrom<u16> for CloseCode {
    type Error = InvalidCloseCode;

    fn try_from(code: u16) -> Result<Self, InvalidCloseCode> {
        match code {
            1000..=1003 | 1007..=1014 | 3000.. => Ok(CloseCode(code)),
            _ => Err(InvalidCloseCode(code)),
        }
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> Self {
        code.0
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CloseCode({})", self.0)
    }
}

impl CloseFrame {
    /// Reads the payload of a close frame; an empty one says nothing.
    pub(super) fn parse(payload: &[u8]) -> Result<Option<CloseFrame>, DecodeError> {
        match payload {
            [] => Ok(None),
            [_] => Err(DecodeError::CloseTruncated),
            [high, low, reason @ ..] => {
                let number = u16::from_be_bytes([*high, *low]);
                let code = CloseCode::try_from(number).map_err(|_| DecodeError::InvalidCloseCode(number))?;
                let reason =
                    Text::try_from(Bytes::copy_from_slice(reason)).map_err(|_| DecodeError::InvalidUtf8)?;
                Ok(Some(CloseFrame { code, reason }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spec §1.12: what a client's close is answered with.
    #[test]
    fn a_client_close_is_answered_with_1000_or_1002() {
        assert_eq!(CloseCode::reply_to(None), CloseCode::NORMAL);
        for code in
            [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999, 5000, u16::MAX]
        {
            assert_eq!(CloseCode::reply_to(Some(code)), CloseCode::NORMAL, "{code}");
        }
        for code in [0, 999, 1004, 1005, 1006, 1012, 1013, 1014, 1015, 1016, 2999] {
            assert_eq!(CloseCode::reply_to(Some(code)), CloseCode::PROTOCOL_ERROR, "{code}");
        }
    }

    #[test]
    fn only_codes_that_may_be_sent_exist() {
        for code in [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 4008, 4999] {
            assert_eq!(CloseCode::try_from(code).map(CloseCode::as_u16), Ok(code));
        }
        for code in [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999] {
            assert_eq!(CloseCode::try_from(code), Err(InvalidCloseCode(code)));
        }
    }

    /// Spec §1.13: the table of what the server sends.
    #[test]
    fn the_constants_are_the_codes_of_the_table_and_may_be_sent() {
        let table = [
            (CloseCode::NORMAL, 1000),
            (CloseCode::GOING_AWAY, 1001),
            (CloseCode::PROTOCOL_ERROR, 1002),
            (CloseCode::UNSUPPORTED, 1003),
            (CloseCode::INVALID_PAYLOAD, 1007),
            (CloseCode::POLICY_VIOLATION, 1008),
            (CloseCode::MESSAGE_TOO_BIG, 1009),
            (CloseCode::INTERNAL_ERROR, 1011),
            (CloseCode::SERVICE_RESTART, 1012),
            (CloseCode::TRY_AGAIN_LATER, 1013),
            (CloseCode::SLOW_READER, 4008),
        ];
        for (code, number) in table {
            assert_eq!((code.as_u16(), CloseCode::try_from(number)), (number, Ok(code)));
        }
    }
}
