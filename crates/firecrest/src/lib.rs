//! Firecrest is a real-time web framework that speaks the Phoenix Channels protocol, inside an ordinary axum
//! application.
//!
//! Read it in this order: [`Endpoint`] (what an application has one of), [`Socket`] (who may connect), [`Channel`]
//! (what is said), then [`transport`] for how it travels and [`token`] and [`session`] for who is who.
//!
//! ```
//! use firecrest::prelude::*;
//! use serde::Deserialize;
//!
//! struct UserSocket;
//!
//! impl Socket for UserSocket {
//!     async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
//!         Ok(UserSocket)
//!     }
//!     fn channels() -> Channels<Self> {
//!         Channels::new().route::<Room>("room:*")
//!     }
//! }
//!
//! #[derive(Deserialize)]
//! #[serde(rename_all = "snake_case")]
//! enum RoomIn {
//!     Shout { body: String },
//! }
//!
//! struct Room;
//!
//! impl Channel<UserSocket> for Room {
//!     type In = RoomIn;
//!     type Info = ();
//!
//!     async fn join(_request: Join<'_, UserSocket>) -> Result<Joined<Self>, Rejected> {
//!         Ok(Room.into())
//!     }
//!
//!     async fn handle_in(&mut self, event: RoomIn, cx: &mut Context<'_>) -> Outcome {
//!         let RoomIn::Shout { body } = event;
//!         cx.broadcast("shout", &json!({ "body": body }));
//!         Outcome::NoReply
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let endpoint = Endpoint::from_env()?;
//! let app: axum::Router = axum::Router::new().merge(endpoint.socket::<UserSocket>("/socket"));
//! // endpoint.serve("127.0.0.1:4000", app).await?;
//! # let _ = app; Ok(())
//! # }
//! ```

pub mod activity;
pub mod channel;
pub mod connection;
pub mod endpoint;
mod fifo;
pub mod hub;
pub mod live;
pub mod prelude;
pub mod presence;
pub mod query;
pub mod security_headers;
pub mod session;
pub mod socket;
pub mod source;
mod sync;
pub mod telemetry;
#[doc(hidden)]
pub mod testing;
pub mod token;
pub mod transport;
pub mod viewers;

pub use channel::Channel;
pub use endpoint::{BroadcastError, Endpoint};
pub use firecrest_live::html;
pub use firecrest_macros::{component_of_firecrest as component, test};
pub use firecrest_pubsub as pubsub;
pub use firecrest_tally as tally;
pub use firecrest_wire as wire;
pub use live::LiveView;
pub use socket::Socket;
pub use source::Source;

/// What macros expand to.
#[doc(hidden)]
pub mod __private {
    pub use firecrest_live as live;
    pub use tokio;
}
