//! What can be wrong with a message.

/// Bytes that are no message. It ends the connection they came on (spec §2.8).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The text is not JSON, or not a message of the negotiated version.
    #[error("not a message: {0}")]
    Json(#[from] serde_json::Error),
    /// A V1 message must be an object (C059).
    #[error("a version 1 message must be a JSON object, but an array was received")]
    NotAnObject,
    /// A binary frame of a kind that clients do not send.
    #[error("binary frame of unknown kind {0}")]
    UnknownKind(u8),
    /// A binary frame that ends before its fields do.
    #[error("binary frame is truncated")]
    Truncated,
    /// A field of a binary frame that is not UTF-8.
    #[error("{field} is not UTF-8")]
    NotUtf8 {
        /// Which field.
        field: &'static str,
    },
    /// A field beyond its bound in [`limits`](crate::limits).
    #[error("{field} is longer than {limit} bytes")]
    TooLong {
        /// Which field.
        field: &'static str,
        /// Its bound in bytes.
        limit: usize,
    },
}

/// A message that cannot be written down.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// Pushes and broadcasts carry JSON objects or bytes, nothing else (spec §2.2, C062, C066).
    #[error("the payload of a push or broadcast must be a JSON object or binary")]
    NotAnObject,
    /// Version 1 knows no binary frames (spec §2.4).
    #[error("a binary payload cannot be sent to a client of protocol version 1")]
    BinaryInV1,
    /// A field of a binary frame over 255 bytes (spec §2.3, C068, C070, C072).
    #[error("{field} is {len} bytes long, more than the 255 a binary frame can carry")]
    TooLong {
        /// Which field.
        field: &'static str,
        /// Its length in bytes.
        len: usize,
    },
    /// The value has no JSON form.
    #[error("the payload cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}
