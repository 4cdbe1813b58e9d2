//! How messages are written down: V1 (JSON objects), V2 (JSON arrays) and V2 binary (spec §2).
//!
//! Everything the server says is encoded straight into a complete WebSocket [`Frame`](crate::websocket::Frame), built
//! once and shared. The functions here pick the form: a binary payload makes a binary frame, anything else a text frame.

mod binary;
pub(crate) mod decode;
mod encode;
mod error;
pub(crate) mod json;
mod outgoing;
pub(crate) mod scan;
mod v1;
mod v2;
mod well_formed;

pub use decode::{decode_binary, decode_text};
pub use encode::{encode, encode_broadcast, encode_reply, validate_broadcast};
pub use error::{DecodeError, EncodeError};
pub use outgoing::{Outgoing, Reply};

pub(crate) use binary::{Fields, PUSH as SERVER_PUSH, SERVER_BROADCAST, SERVER_REPLY};
