//! One socket type for views and ordinary channels (F175), and what it says when a view ends (F086).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use firecrest::channel::Reason;
use firecrest::prelude::*;

use crate::pages::root;
use crate::support::until;
use crate::visitor::{Provide, Visitor, ok};

struct UserSocket {
    live: LiveConnection,
}

impl Socket for UserSocket {
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(UserSocket { live: LiveConnection::new(request) })
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Lobby>("lobby").live()
    }
}

impl LiveHost for UserSocket {
    fn live(&self) -> &LiveConnection {
        &self.live
    }
}

struct Lobby;

impl Channel<UserSocket> for Lobby {
    type In = NoEvents;
    type Info = ();

    async fn join(_request: Join<'_, UserSocket>) -> Result<Joined<Self>, Rejected> {
        Ok(Joined::new(Lobby).with_reply(json!({ "lobby": true })))
    }
}

/// Raises a flag when it has ended in good order.
struct Guest(Arc<AtomicBool>);

impl LiveView for Guest {
    type Event = NoEvents;
    type Info = ();

    async fn mount(cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(Guest(cx.get().cloned().unwrap_or_default()))
    }

    async fn terminate(&mut self, reason: &Reason) {
        self.0.store(*reason == Reason::Left, Ordering::Relaxed);
    }

    fn render(&self) -> Html {
        html! { "welcome" }
    }
}

#[tokio::test]
async fn f175_f086_a_view_and_a_channel_share_a_socket_of_the_application() {
    let (endpoint, left) = (crate::support::endpoint(), Arc::new(AtomicBool::new(false)));
    let pages = endpoint.pages("/live").root_layout(root).on_mount(Provide(Arc::clone(&left)));
    let router = pages
        .page::<Guest>("/guest")
        .into_router()
        .merge(axum::Router::from(endpoint.socket::<UserSocket>("/live")));
    let mut visitor = Visitor::at(endpoint, router).await;
    let (mut tab, page, joined) = visitor.open("/guest").await;
    assert_eq!(ok(&joined)["rendered"]["s"], json!(["welcome"]));
    assert_eq!(ok(&tab.join("lobby", json!({})).await), &json!({"lobby": true}));
    tab.tell(&page.topic(), "phx_leave", json!({})).await;
    until(|| left.load(Ordering::Relaxed)).await;
}
