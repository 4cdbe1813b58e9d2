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
//! What a test can say (spec §9):
//!
//! | | |
//! | --- | --- |
//! | who connects | [`connect`](TestSocket::connect) with parameters, [`connect_to`](TestSocket::connect_to) an endpoint that others use too, [`connect_with`](TestSocket::connect_with) headers, a token, an address; [`new`](TestSocket::new) without asking the socket |
//! | what it does | [`join`](TestSocket::join), [`push`](TestChannel::push), [`leave`](TestChannel::leave), [`close`](TestSocket::close) |
//! | what comes back | [`expect_push`](TestChannel::expect_push) and [`next`](TestChannel::next), [`expect_ok`](Pushed::expect_ok), [`expect_error`](Pushed::expect_error) and [`reply`](Pushed::reply), [`expect_close`](TestChannel::expect_close), [`expect_crash`](TestChannel::expect_crash), [`expect_closed`](TestSocket::expect_closed) |
//! | what does not | [`refute_push`](TestChannel::refute_push), [`refute_reply`](Pushed::refute_reply), [`refute`](TestTopic::refute), [`refute_closed`](TestSocket::refute_closed) |
//! | what is broadcast | [`TestTopic`]: a subscription of the test itself |
//!
//! An expectation waits 100 ms, or as long as `within` says; a refutation waits until nothing happens by itself any more.
//!
//! What it does not have: a way to test a channel without its socket, because the socket decides who may join; a deadline
//! for `terminate` when a client closes (C108), because nobody kills it then; and text that is no message, because a test
//! says messages.

mod channel;
mod client;
mod inbox;
mod params;
mod pushed;
mod socket;
mod task;
mod time;
mod topic;

pub use channel::TestChannel;
pub use pushed::Pushed;
pub use socket::{ConnectOptions, Refusal, TestSocket};
pub use time::{advance, settle};
pub use topic::TestTopic;
