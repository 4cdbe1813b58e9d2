//! WebSocket (RFC 6455), the server's half, without the socket (spec §1.3 step 7, §1.12, §1.13).
//!
//! Outgoing, a [`Frame`] is built once, header included, and shared by everybody it is sent to; [`FrameWriter`] lets a
//! serializer encode straight into it. Incoming, a [`Decoder`] takes the bytes as they arrive, in chunks of any size, and
//! yields whole messages. [`handshake`] checks the upgrade and [`client`] is the other end, for tests and tools.

pub mod client;
mod close;
mod decoder;
mod error;
mod frame;
pub mod handshake;
mod header;
mod mask;
mod message;

pub use close::{CloseCode, CloseFrame, InvalidCloseCode};
pub use decoder::{Decoder, DecoderLimits, Item};
pub use error::DecodeError;
pub use frame::{Frame, FrameWriter};
pub use header::Opcode;
