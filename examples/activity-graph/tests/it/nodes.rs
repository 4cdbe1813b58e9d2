//! Several servers, one graph.

use std::time::Duration;

use firecrest::prelude::*;
use firecrest::pubsub::cluster::InProcess;
use firecrest_test::advance;

use crate::{Site, TICK, requests};

fn node(cluster: &InProcess, name: &str) -> Site {
    Site::at(Endpoint::builder().node(name).cluster(cluster.node()).build().unwrap())
}

#[firecrest::test]
async fn m009_requests_to_one_node_rise_on_the_page_of_another() {
    let cluster = InProcess::new();
    let [earth, moon] = ["earth", "moon"].map(|name| node(&cluster, name));
    let page = earth.open().await;
    advance(Duration::from_secs(3)).await;
    assert_eq!(page.text("#nodes"), "2");
    let before: u64 = requests(&page).iter().sum();
    moon.ask_often(9).await;
    earth.ask_often(2).await;
    advance(4 * TICK).await;
    assert_eq!(requests(&page).iter().sum::<u64>(), before + 11);
}

#[firecrest::test]
async fn a_node_that_has_gone_is_counted_no_more() {
    let cluster = InProcess::new();
    let [earth, moon] = ["earth", "moon"].map(|name| node(&cluster, name));
    let page = earth.open().await;
    advance(Duration::from_secs(3)).await;
    assert_eq!(page.text("#nodes"), "2");
    drop(moon);
    advance(4 * TICK).await;
    assert_eq!(page.text("#nodes"), "1");
}
