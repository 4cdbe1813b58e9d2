//! What becomes of a node's rows when it is shut down.

use std::time::Duration;

use firecrest::prelude::*;
use firecrest::presence::{PresenceOptions, Shutdown};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use crate::client::exact;
use crate::room::{SOON, guest, member, ms, nodes, options};

const ROOM: &str = "room:1";

/// Shuts a node down as a server does.
async fn shut_down(endpoint: &Endpoint) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    endpoint.serve_until(listener, axum::Router::new(), async {}).await;
}

fn handing_off() -> PresenceOptions {
    options().on_shutdown(Shutdown::Handoff)
}

#[tokio::test(start_paused = true)]
async fn p056_a_node_that_is_shut_down_says_goodbye() {
    let (_cluster, [a, b]) = nodes([options(), options()]);
    let mut here = guest(&a, ROOM).await;
    let mut there = member(&b, ROOM, "bob", json!({})).await;
    let tracked = b.presence().track(ROOM, "server", &json!({})).unwrap();
    here.after(SOON).await;
    assert_eq!(here.room(ROOM).state.len(), 2);
    let start = Instant::now();
    tokio::join!(shut_down(&b), there.until_closed());
    here.after(ms(600)).await;
    assert_eq!(here.present(ROOM), json!({}), "even what is still held");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(tracked.key(), "server");
    sleep(Duration::from_secs(60)).await;
    assert_eq!(a.presence().count(ROOM).connections, 0, "nothing brings it back");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_hands_off_tells_the_others_what_they_are_to_keep() {
    let (_cluster, [a, b]) = nodes([handing_off(), handing_off()]);
    sleep(SOON).await;
    let _first = b.presence().track(ROOM, "ann", &json!({})).unwrap();
    sleep(ms(10)).await;
    let _last = b.presence().track(ROOM, "bob", &json!({})).unwrap();
    shut_down(&b).await;
    sleep(ms(10)).await;
    assert_eq!(a.presence().count(ROOM).keys, 2);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_hands_off_is_missed_only_when_it_is_down() {
    let (_cluster, [a, b]) = nodes([handing_off(), handing_off()]);
    let mut here = guest(&a, ROOM).await;
    let mut there = member(&b, ROOM, "bob", json!({})).await;
    here.after(SOON).await;
    let before = exact(&here.room(ROOM).state);
    tokio::join!(shut_down(&b), there.until_closed());
    here.after(Duration::from_secs(10)).await;
    assert_eq!(exact(&here.room(ROOM).state), before);
    let _moved = member(&a, ROOM, "bob", json!({})).await;
    here.after(Duration::from_secs(10)).await;
    assert_eq!(here.room(ROOM).state["bob"]["metas"].as_array().unwrap().len(), 2);
    here.after(Duration::from_secs(25)).await;
    assert_eq!(here.present(ROOM), json!({ "bob": { "metas": [{}] } }));
    let heard = here.heard(ROOM).into_iter();
    let leaves = heard.filter(|(event, diff)| event == "presence_diff" && diff["leaves"] != json!({}));
    assert_eq!(leaves.count(), 1, "the key was there all the time");
}

#[tokio::test(start_paused = true)]
async fn rows_that_were_kept_for_others_end_when_the_endpoint_is_served_again() {
    let (_cluster, [a]) = nodes([handing_off()]);
    let mut ann = member(&a, ROOM, "ann", json!({})).await;
    let untracked = a.presence().track(ROOM, "bob", &json!({})).unwrap();
    a.drain().await;
    ann.after(ms(100)).await;
    assert!(ann.closed);
    untracked.untrack();
    assert_eq!(a.presence().count(ROOM).connections, 1, "who says so leaves all the same");
    shut_down(&a).await;
    assert_eq!(a.presence().count(ROOM).connections, 0);
}
