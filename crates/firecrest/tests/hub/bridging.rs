//! Ways to other systems.

use std::error::Error;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use firecrest::Endpoint;
use firecrest::hub::{Bridge, BridgeError, Bridged, Keep, SendError};
use firecrest::pubsub::cluster::InProcess;
use futures_util::FutureExt as _;
use tokio::time::sleep;

use crate::{endpoint, hub, ms, node, until};

/// A broker outside, which hands every message back to all who are connected to it.
#[derive(Clone, Default)]
struct Broker(Arc<Mutex<Outside>>);

#[derive(Default)]
struct Outside {
    said: Vec<(String, Bytes)>,
    inlets: Vec<firecrest::hub::Inlet>,
}

struct ToBroker {
    broker: Broker,
    name: &'static str,
    serves_cluster: bool,
}

impl Bridge for ToBroker {
    fn name(&self) -> &str {
        self.name
    }

    fn patterns(&self) -> Vec<String> {
        vec!["out.>".into()]
    }

    fn serves_cluster(&self) -> bool {
        self.serves_cluster
    }

    async fn send(&self, topic: &str, body: Bytes) -> Result<(), Box<dyn Error + Send + Sync>> {
        if body == "13" {
            return Err("the broker is superstitious".into());
        }
        assert!(body != "666", "the broker is very superstitious");
        let inlets = {
            let mut outside = self.broker.0.lock().unwrap();
            outside.said.push((topic.to_owned(), body.clone()));
            outside.inlets.clone()
        };
        Ok(inlets.iter().try_for_each(|inlet| inlet.inject(topic, body.clone()))?)
    }
}

impl Broker {
    fn connect(&self, endpoint: &Endpoint, serves_cluster: bool) -> Bridged {
        self.connect_as("broker", endpoint, serves_cluster)
    }

    fn connect_as(&self, name: &'static str, endpoint: &Endpoint, serves_cluster: bool) -> Bridged {
        let bridge = ToBroker { broker: self.clone(), name, serves_cluster };
        let bridged = endpoint.hub().bridge(bridge).unwrap();
        self.0.lock().unwrap().inlets.push(bridged.inlet());
        bridged
    }

    fn said(&self) -> Vec<String> {
        let outside = self.0.lock().unwrap();
        outside
            .said
            .iter()
            .map(|(topic, body)| format!("{topic} {}", String::from_utf8_lossy(body)))
            .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn what_goes_out_and_comes_back_does_not_go_in_a_circle() {
    let (endpoint, broker) = (endpoint(), Broker::default());
    let _bridged = broker.connect(&endpoint, false);
    let mut feed = endpoint.hub().subscribe::<u32>("out.*").unwrap();
    endpoint.hub().send("out.a", &1).unwrap();
    endpoint.hub().send("in.a", &2).unwrap();
    endpoint.hub().local::<u32>("out.a", Keep::Last).unwrap().publish(3);
    assert_eq!((*feed.next().await, *feed.next().await, *feed.next().await), (1, 3, 1));
    sleep(ms(100)).await;
    assert_eq!((broker.said(), feed.waiting()), (vec!["out.a 1".into()], 0));
}

#[tokio::test(start_paused = true)]
async fn two_bridges_make_no_circle_either() {
    let (endpoint, one, other) = (endpoint(), Broker::default(), Broker::default());
    let bridges = (one.connect_as("one", &endpoint, false), other.connect_as("other", &endpoint, true));
    let mut feed = endpoint.hub().subscribe::<u32>("out.*").unwrap();
    endpoint.hub().send("out.a", &1).unwrap();
    // What the one has brought does not go out over the other.
    bridges.0.inlet().inject("out.b", "2".into()).unwrap();
    bridges.1.inlet().inject("out.c", "3".into()).unwrap();
    sleep(ms(100)).await;
    assert_eq!((one.said(), other.said()), (vec!["out.a 1".into()], vec!["out.a 1".into()]));
    assert_eq!(feed.waiting(), 5);
    assert_eq!(*feed.next().await, 1);
}

#[tokio::test(start_paused = true)]
async fn on_every_node_a_bridge_and_every_message_once_everywhere() {
    let (cluster, broker) = (InProcess::new(), Broker::default());
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let _bridged = (broker.connect(&a, false), broker.connect(&b, false));
    let mut feed = b.hub().subscribe::<u32>("in.*").unwrap();
    // What goes out is heard on the other node as well, whose bridge leaves it alone.
    let _both = (a.hub().count("out.>").unwrap(), b.hub().count("out.>").unwrap());
    sleep(ms(500)).await;
    a.hub().send("out.a", &1).unwrap();
    b.hub().send("out.a", &2).unwrap();
    until(|| broker.said().len() == 2).await;
    // Somebody outside says something: it comes in on every node.
    let inlets = broker.0.lock().unwrap().inlets.clone();
    inlets.iter().for_each(|inlet| inlet.inject("in.x", "7".into()).unwrap());
    assert_eq!(*feed.next().await, 7);
    sleep(ms(500)).await;
    assert_eq!((broker.said().len(), feed.waiting()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_bridge_that_one_node_has_serves_all_of_them() {
    let (cluster, broker) = (InProcess::new(), Broker::default());
    let (a, b) = (node(&cluster, "a"), node(&cluster, "b"));
    let bridged = broker.connect(&a, true);
    let mut feed = b.hub().subscribe::<u32>(">").unwrap();
    sleep(ms(500)).await;
    b.hub().send("out.b", &1).unwrap();
    until(|| broker.said() == ["out.b 1"]).await;
    bridged.inlet().inject("in.x", "7".into()).unwrap();
    let (own, back, outside) = (feed.next().await, feed.next().await, feed.next().await);
    assert_eq!((*own, own.node(), *back, back.node(), *outside), (1, None, 1, Some("a"), 7));
    sleep(ms(500)).await;
    assert_eq!((broker.said().len(), feed.waiting()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn what_the_other_side_refuses_is_lost_and_nothing_else() {
    let (endpoint, broker) = (endpoint(), Broker::default());
    let _bridged = broker.connect(&endpoint, false);
    for number in [1, 13, 666, 2] {
        endpoint.hub().send("out.a", &number).unwrap();
    }
    until(|| broker.said() == ["out.a 1", "out.a 2"]).await;
}

#[tokio::test(start_paused = true)]
async fn what_comes_in_has_to_be_a_message() {
    let (endpoint, broker) = (endpoint(), Broker::default());
    let inlet = broker.connect(&endpoint, false).inlet();
    let mut feed = endpoint.hub().subscribe::<u32>("a").unwrap();
    assert!(matches!(inlet.inject("a", "{".into()), Err(SendError::NotJson(_))));
    assert!(matches!(inlet.inject("a b", "1".into()), Err(SendError::Topic(_))));
    inlet.inject("a", "1".into()).unwrap();
    assert_eq!(*feed.next().await, 1);
    assert!(feed.next().now_or_never().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_name_is_had_by_one_bridge_at_a_time() {
    let (hub, broker) = (hub(), Broker::default());
    let build = |name| hub.bridge(ToBroker { broker: broker.clone(), name, serves_cluster: false });
    let first = build("broker").unwrap();
    assert_eq!(build("broker").unwrap_err(), BridgeError::Name("broker".into()));
    assert_eq!(build("").unwrap_err(), BridgeError::Name(String::new()));
    drop(first);
    let mut again = build("broker");
    while again.is_err() {
        sleep(ms(1)).await;
        again = build("broker");
    }
}
