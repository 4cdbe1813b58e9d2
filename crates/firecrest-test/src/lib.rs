//! The test kit: sockets, channels and live views without a network, in virtual time.
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
//!
//! # Live views
//!
//! [`TestPage`] is a page in a visitor's browser, without the browser: the HTML of the real first request, and live views that
//! are joined over the real socket. What they send is merged by an implementation of its own, and shown as HTML.
//!
//! ```
//! use firecrest::prelude::*;
//! use firecrest_test::TestPage;
//! # use serde::Deserialize;
//! # #[derive(Deserialize)]
//! # #[serde(rename_all = "snake_case")]
//! # enum Event { Rename { name: String } }
//! # struct Profile { name: String }
//! # impl LiveView for Profile {
//! #     type Event = Event;
//! #     type Info = ();
//! #     async fn mount(_: &mut Mount<'_>) -> Result<Self, MountError> { Ok(Profile { name: "nobody".into() }) }
//! #     async fn handle_event(&mut self, Event::Rename { name }: Event, cx: &mut View<'_>) -> Outcome {
//! #         self.name = name;
//! #         cx.put_flash("info", "Saved.");
//! #         cx.redirect("/");
//! #         Outcome::Render
//! #     }
//! #     fn render(&self) -> Html {
//! #         html! { <h1>{&self.name}</h1> <form id="profile" phx-submit="rename"><input name="name"></form> }
//! #     }
//! # }
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), firecrest_test::NoPage> {
//! let endpoint = Endpoint::builder().build().unwrap();
//! let router = endpoint.live("/live").page::<Profile>("/").into_router();
//! let mut page = TestPage::open(&endpoint, router, "/").await?;
//! assert_eq!(page.text("h1"), "nobody");
//! page.form("#profile").fill([("name", "Ann")]).submit().await;
//! assert_eq!(page.expect_redirect("/").await.flash().get("info"), Some("Saved."));
//! page.follow_redirect().await?;
//! # Ok(())
//! # }
//! ```
//!
//! What a test can say (spec §9, T01–T62):
//!
//! | | |
//! | --- | --- |
//! | who visits | [`TestPage::open`], [`TestView::mount`] for a view by itself, [`TestBrowser`] for a session, connect params, headers, another socket |
//! | what is seen | [`text`](TestPage::text), [`texts`](TestPage::texts), [`has`](TestPage::has), [`count`](TestPage::count), [`html`](TestPage::html), [`title`](TestPage::title), [`address`](TestPage::address), [`snapshot`](TestPage::snapshot) |
//! | what the visitor does | [`element`](TestPage::element): [`click`](TestElement::click), [`keydown`](TestElement::keydown), [`focus`](TestElement::focus); [`form`](TestPage::form): [`fill`](TestForm::fill), [`change`](TestForm::change), [`submit`](TestForm::submit), [`request`](TestForm::request); [`file_input`](TestPage::file_input): [`add`](TestFiles::add), [`choose`](TestFiles::choose), [`preflight`](TestFiles::preflight), [`upload`](TestFiles::upload) |
//! | what scripts do | [`TestElement::event`], [`TestPage::event`] |
//! | where it leads | [`patch`](TestPage::patch), [`navigate`](TestPage::navigate), [`expect_patch`](TestPage::expect_patch), [`expect_redirect`](TestPage::expect_redirect), [`follow_redirect`](TestPage::follow_redirect) |
//! | what comes back | [`work_done`](TestPage::work_done), [`expect_event`](TestPage::expect_event), [`reply`](TestPage::reply), [`children`](TestPage::children), [`child`](TestPage::child) |
//! | what goes wrong | [`expect_crash`](TestPage::expect_crash), [`rejoin`](TestPage::rejoin), [`reconnect`](TestPage::reconnect), [`Checks`] |
//!
//! It runs no JavaScript: hooks do nothing, and of commands only those are seen that the server hears of, when an element is
//! used or appears. `phx-debounce` and `phx-throttle` do not delay anything.

mod channel;
mod client;
mod inbox;
mod params;
mod pushed;
mod socket;
mod task;
mod time;
mod topic;
mod view;

pub use channel::TestChannel;
pub use pushed::Pushed;
pub use socket::{ConnectOptions, Refusal, TestSocket};
pub use time::{advance, settle};
pub use topic::TestTopic;
pub use view::{
    Checks, NoPage, Redirect, RedirectKind, Severity, TestBrowser, TestElement, TestFile, TestFiles,
    TestForm, TestPage, TestView,
};
