//! Two nodes in one process (H21).

use firecrest::prelude::*;
use firecrest::pubsub::cluster::InProcess;
use firecrest_test::TestSocket;
use hello_sockets::UserSocket;

/// A node of a cluster.
pub(crate) fn node(cluster: &InProcess, name: &str) -> Endpoint {
    Endpoint::builder().node(name).cluster(cluster.node()).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn h21_a_broadcast_from_a_node_without_clients_reaches_a_client_on_another() {
    let cluster = InProcess::new();
    let [earth, moon] = ["earth", "moon"].map(|name| node(&cluster, name));
    let client = TestSocket::<UserSocket>::connect_to(&earth, ()).await.unwrap();
    let ping = client.join("ping", ()).await.unwrap();

    assert_eq!(moon.broadcast("ping", "news", &json!({ "number": 1 })).unwrap(), 0, "it has no clients");
    ping.expect_push("news", json!({ "number": 1 })).await;
}

#[tokio::test(start_paused = true)]
async fn h21_it_is_intercepted_on_the_node_of_each_client() {
    let cluster = InProcess::new();
    let [earth, moon, mars] = ["earth", "moon", "mars"].map(|name| node(&cluster, name));
    let [here, there] = [&earth, &moon].map(|endpoint| TestSocket::<UserSocket>::connect_to(endpoint, ()));
    let [here, there] = [here.await.unwrap(), there.await.unwrap()];
    let [here, there] = [here.join("ping", ()).await.unwrap(), there.join("ping", ()).await.unwrap()];

    mars.broadcast("ping", "request_ping", &json!({ "number": 1 })).unwrap();
    here.expect_push("send_ping", json!({ "number": 1, "from_node": "earth" })).await;
    there.expect_push("send_ping", json!({ "number": 1, "from_node": "moon" })).await;
    here.refute_push().await;
    there.refute_push().await;
}
