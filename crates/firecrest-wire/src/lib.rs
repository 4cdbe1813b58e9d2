//! The Phoenix Channels wire protocol, pure: it owns no socket, no task and no clock.
//!
//! A crate of its own for *purity*: everything here is a function from bytes to values and back, so that it can be
//! tested to the last byte and fuzzed for free.
//!
//! Read it in this order: [`message`] (what is said), [`serializer`] (how it is written down), [`websocket`] and
//! [`longpoll`] (how it travels), [`topic`] (who it is for). [`limits`] lists every bound with its default.

pub mod client;
pub mod etf;
#[doc(hidden)]
pub mod fuzzing;
pub mod limits;
pub mod longpoll;
pub mod message;
pub mod params;
pub mod reference;
pub mod serializer;
pub mod text;
pub mod token_text;
pub mod topic;
pub mod version;
pub mod websocket;

pub use message::{Message, Name, NameRef, Payload};
pub use reference::Ref;
pub use serializer::{DecodeError, EncodeError};
pub use text::Text;
pub use topic::Pattern;
pub use version::ProtocolVersion;
