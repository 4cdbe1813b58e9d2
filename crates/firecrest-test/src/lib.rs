//! The test kit: sockets and channels without a network, in virtual time.
//!
//! A crate of its own for its *audience*: those who write applications and do not ship it.
//!
//! [`TestSocket`] runs the real `connect`, joins real channels and encodes every message as it would go over the wire; only
//! the network is missing. With `#[tokio::test(start_paused = true)]` time is virtual: it stands still while anything can
//! happen, so a test never sleeps and never flakes.
//!
//! ```
//! use firecrest::prelude::*;
//! use firecrest_test::{TestSocket, advance};
//! # use std::time::Duration;
//! # struct UserSocket;
//! # impl Socket for UserSocket {
//! #     async fn connect(_: &Connect<'_>) -> Result<Self, Refused> { Ok(UserSocket) }
//! #     fn channels() -> Channels<Self> { Channels::new().route::<Clock>("clock") }
//! # }
//! # struct Clock;
//! # impl Channel<UserSocket> for Clock {
//! #     type In = NoEvents;
//! #     type Info = ();
//! #     async fn join(_: Join<'_, UserSocket>) -> Result<Joined<Self>, Rejected> { Ok(Joined::new(Clock).then(())) }
//! #     async fn handle_info(&mut self, (): (), cx: &mut Context<'_>) -> Outcome {
//! #         cx.push("tick", &json!({}));
//! #         cx.send_after(Duration::from_secs(1), ());
//! #         Outcome::NoReply
//! #     }
//! # }
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() {
//! let client = TestSocket::<UserSocket>::connect(()).await.unwrap();
//! let clock = client.join("clock", ()).await.unwrap();
//! clock.expect_push("tick", json!({})).await;
//! clock.refute_push().await;
//! advance(Duration::from_secs(1)).await;
//! clock.expect_push("tick", json!({})).await;
//! # }
//! ```
//!
//! What it does not have: a way to test a channel without its socket, because the socket decides who may join.

mod channel;
mod inbox;
mod params;
mod socket;
mod time;
mod topic;

pub use channel::{Pushed, TestChannel};
pub use socket::{ConnectOptions, Refusal, TestSocket};
pub use time::{advance, settle};
pub use topic::TestTopic;
