//! How clients reach the server: WebSocket and long polling.

pub(crate) mod longpoll;
mod open;
mod origin;
mod subprotocol;
pub(crate) mod websocket;

pub use origin::{Origin, OriginPattern, OriginPatternError, OriginPolicy};
