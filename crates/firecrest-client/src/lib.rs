//! A Phoenix Channels client for services, load tools and tests: protocol version 2 over WebSocket.
//!
//! A crate of its own for *another audience*: programs that talk to a server without being one. It works with any server
//! that speaks the protocol.
//!
//! ```no_run
//! use firecrest_client::{Client, ClientConfig, Event};
//! use serde_json::json;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let config = ClientConfig::new("ws://127.0.0.1:4000/socket/websocket").param("user_id", "1");
//! let client = Client::connect(config).await?;
//!
//! let mut room = client.channel("room:lobby", json!({"name": "Ann"}));
//! room.join().await?;
//! let reply = room.push("shout", &json!({"body": "hello"})).await?;
//! println!("{}", reply.status);
//! while let Some(event) = room.next().await {
//!     if let Event::Message { event, payload } = event {
//!         println!("{event}: {payload:?}");
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A lost connection is made again and the channels on it are joined again, with the back-off of the official client and
//! some jitter. Nothing is delivered twice by this crate, and nothing that was on its way when a connection broke is
//! sent again: a push that was not answered fails with [`PushError::Interrupted`].
//!
//! Every queue is bounded; [`ClientConfig`] says how far and what happens then. One task owns the socket. It ends with
//! [`Client::disconnect`], or when the client and all its channels are dropped.

mod backoff;
mod channel;
mod client;
mod command;
mod config;
mod error;
mod event;
mod queue;
mod socket;
mod state;
mod task;

pub use backoff::Backoff;
pub use channel::{Channel, ChannelHandle};
pub use client::Client;
pub use config::ClientConfig;
pub use error::{ConnectError, JoinError, PushError, TransportError};
pub use event::{CloseInfo, Event, Reply};
pub use firecrest_wire::{EncodeError, Payload, Text};
