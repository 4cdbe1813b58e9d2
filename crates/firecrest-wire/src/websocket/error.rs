//! What can be wrong with the bytes of a client.

use super::CloseCode;

/// Bytes that are not the WebSocket protocol, or more of them than allowed. The connection is to be closed with
/// [`close_code`](DecodeError::close_code).
///
/// The texts are for logs and may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// A close frame with one byte: half a code.
    #[error("a close frame with half a code")]
    CloseTruncated,
    /// A control frame with more than 125 bytes.
    #[error("a control frame with more than 125 bytes")]
    ControlTooLong,
    /// An empty fragment that neither begins nor ends a message.
    #[error("an empty fragment in the middle of a message")]
    EmptyContinuation,
    /// A control frame in fragments.
    #[error("a fragmented control frame")]
    FragmentedControl,
    /// A frame, header included, larger than [`max_frame_size`](super::DecoderLimits::max_frame_size).
    #[error("a frame above the size limit")]
    FrameTooBig,
    /// A close frame with a code that must not be sent.
    #[error("a close frame with the invalid code {0}")]
    InvalidCloseCode(u16),
    /// Text that is not UTF-8.
    #[error("text that is not UTF-8")]
    InvalidUtf8,
    /// A payload length of 64 bits whose highest bit is set.
    #[error("a payload length with the highest bit set")]
    LengthOverflow,
    /// A payload length written in more bytes than it needs.
    #[error("a payload length written in more bytes than it needs")]
    LengthNotMinimal,
    /// A masked frame from a server.
    #[error("a masked frame from a server")]
    Masked,
    /// Fragments that together exceed [`max_message_size`](super::DecoderLimits::max_message_size).
    #[error("a fragmented message above the size limit")]
    MessageTooBig,
    /// A reserved bit is set although no extension was negotiated.
    #[error("a reserved bit is set")]
    ReservedBits,
    /// A continuation without a beginning.
    #[error("a continuation frame without a message to continue")]
    UnexpectedContinuation,
    /// A new message before the fragmented one is complete.
    #[error("a new message inside a fragmented one")]
    UnfinishedMessage,
    /// An opcode that RFC 6455 does not define.
    #[error("the unknown opcode {0}")]
    UnknownOpcode(u8),
    /// An unmasked frame from a client.
    #[error("an unmasked frame from a client")]
    Unmasked,
}

impl DecodeError {
    /// The code to close the connection with (spec §1.12): 1007, 1008, 1009, else 1002.
    pub const fn close_code(self) -> CloseCode {
        match self {
            DecodeError::InvalidUtf8 => CloseCode::INVALID_PAYLOAD,
            DecodeError::EmptyContinuation => CloseCode::POLICY_VIOLATION,
            DecodeError::FrameTooBig | DecodeError::MessageTooBig => CloseCode::MESSAGE_TOO_BIG,
            _ => CloseCode::PROTOCOL_ERROR,
        }
    }
}
