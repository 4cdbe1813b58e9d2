//! Bytes that it takes to know how many are there.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use firecrest::endpoint::listen;
use firecrest::prelude::*;
use firecrest::presence::{Mode, PresenceOptions, Tracked};
use firecrest::pubsub::cluster::InProcess;
use serde::Serialize;
use tokio::time::{Instant, interval};
use yardsticks::{Crowd, socket_url};

use crate::member::key;
use crate::metered::Metered;

const NODES: usize = 3;
const MEMBERS: usize = 100_000;
const TOPIC: &str = "stream:main";

/// How often members go and come, and how many on each node.
const EVERY: Duration = Duration::from_millis(10);
const AT_ONCE: usize = 5;

/// How long the nodes have to find each other.
const WARM_UP: Duration = Duration::from_secs(2);

/// How long bytes are counted.
const TIME: Duration = Duration::from_secs(10);

/// What was found out, each in a second.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// What a node sends to the others more than one without members; the most that one does.
    node_bytes: f64,
    /// All that it sends.
    node_all_bytes: f64,
    /// What a client is sent who watches.
    client_bytes: f64,
    client_messages: f64,
    /// How many come, and about as many go, on all nodes.
    changes: f64,
}

struct Streams;

/// A channel of somebody who watches, and is not counted.
struct Stream;

struct Entered;

/// Nodes whose members come and go all the time.
struct Town {
    nodes: Vec<Endpoint>,
    sent: Vec<Arc<AtomicU64>>,
    tracked: Vec<Vec<Tracked>>,
    /// Whose turn it is to go.
    next: usize,
}

/// Members come and go on all nodes, and a client watches on the first. As many nodes without members stand beside.
///
/// # Errors
/// When a node cannot be, or the client is not served.
pub(crate) async fn measure() -> Result<Figures, Box<dyn Error>> {
    let (mut town, empty) = (Town::new()?, Town::new()?);
    town.fill(MEMBERS / NODES)?;
    let url = serve(&town.nodes[0]).await?;
    let mut watcher = Crowd::connect(&url, 1, 0).await?;
    watcher.join(None, |_| (TOPIC.to_owned(), "{}".to_owned())).await?;
    town.live_for(WARM_UP).await?;
    let (sent, idle, heard) = (town.sent(), empty.sent(), watcher.heard());
    let changes = town.live_for(TIME).await?;
    let (sent, idle) = (most(&sent, &town.sent()), most(&idle, &empty.sent()));
    let (messages, bytes) = watcher.heard();
    Ok(Figures {
        node_bytes: sent - idle,
        node_all_bytes: sent,
        client_bytes: per_second(bytes - heard.1),
        client_messages: per_second(messages - heard.0),
        changes: per_second(changes),
    })
}

/// What the node has sent that has sent the most.
fn most(before: &[u64], after: &[u64]) -> f64 {
    let sent = before.iter().zip(after).map(|(before, after)| after - before);
    per_second(sent.max().unwrap_or_default())
}

fn per_second(count: u64) -> f64 {
    count as f64 / TIME.as_secs_f64()
}

impl Town {
    fn new() -> Result<Self, Box<dyn Error>> {
        let (cluster, mut nodes, mut sent) = (InProcess::new(), Vec::new(), Vec::new());
        for number in 0..NODES {
            let bytes = Arc::<AtomicU64>::default();
            let metered = Metered::new(cluster.node(), &bytes);
            let options = PresenceOptions::new().mode("stream:*", Mode::Count);
            let node = Endpoint::builder().node(format!("node-{number}")).presence(options);
            nodes.push(node.cluster(metered).build()?);
            sent.push(bytes);
        }
        let tracked = nodes.iter().map(|_| Vec::new()).collect();
        Ok(Town { nodes, sent, tracked, next: 0 })
    }

    /// So many come on each node.
    fn fill(&mut self, count: usize) -> Result<(), Box<dyn Error>> {
        for (node, tracked) in self.nodes.iter().zip(&mut self.tracked) {
            let presence = node.presence();
            for number in 0..count {
                tracked.push(presence.track(TOPIC, key(number), &json!({}))?);
            }
        }
        Ok(())
    }

    /// Members come and go, not always as many; how many came.
    async fn live_for(&mut self, time: Duration) -> Result<u64, Box<dyn Error>> {
        let (end, mut ticks, mut came) = (Instant::now() + time, interval(EVERY), 0);
        while ticks.tick().await < end {
            for (node, tracked) in self.nodes.iter().zip(&mut self.tracked) {
                let presence = node.presence();
                let [going, coming] =
                    rand::random::<[bool; 2]>().map(|one_more| AT_ONCE + usize::from(one_more));
                for _ in 0..going.min(tracked.len()) {
                    self.next = (self.next + 1) % tracked.len();
                    drop(tracked.swap_remove(self.next));
                }
                for number in 0..coming {
                    tracked.push(presence.track(TOPIC, key(number), &json!({}))?);
                }
                came += coming as u64;
            }
        }
        Ok(came)
    }

    fn sent(&self) -> Vec<u64> {
        self.sent.iter().map(|sent| sent.load(Ordering::Relaxed)).collect()
    }
}

/// Serves the node in the background, until the runtime ends; its WebSocket.
async fn serve(node: &Endpoint) -> Result<String, Box<dyn Error>> {
    let app = axum::Router::new().merge(node.socket::<Streams>("/socket"));
    let listener = listen("127.0.0.1:0").await?;
    let url = socket_url(&listener.local_addr()?.to_string());
    let node = node.clone();
    tokio::spawn(async move { node.serve_until(listener, app, std::future::pending()).await });
    Ok(url)
}

impl Socket for Streams {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(Streams)
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Stream>("stream:*")
    }
}

impl Channel<Streams> for Stream {
    type In = NoEvents;
    type Info = Entered;

    async fn join(_request: Join<'_, Streams>) -> Result<Joined<Self, Entered>, Rejected> {
        Ok(Joined::new(Stream).then(Entered))
    }

    async fn handle_info(&mut self, _: Entered, cx: &mut Context<'_, Entered>) -> Outcome {
        cx.push_presence_state().await;
        Outcome::NoReply
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    #[tokio::test]
    async fn nodes_agree_on_the_number_while_it_changes_and_bytes_are_counted() {
        let mut town = Town::new().unwrap();
        town.fill(100).unwrap();
        let came = town.live_for(Duration::from_millis(100)).await.unwrap();
        let there: usize = town.tracked.iter().map(Vec::len).sum();
        assert!(came > 0 && there > 100, "{came} {there}");
        while town.nodes.iter().any(|node| node.presence().count(TOPIC).connections != there as u64) {
            sleep(EVERY).await;
        }
        assert!(town.sent().into_iter().all(|sent| sent > 0));
    }

    #[test]
    fn the_node_that_sends_most_counts_and_only_what_it_sent_meanwhile() {
        assert_eq!(most(&[100, 0, 50], &[1_100, 900, 1_950]), 1_900.0 / TIME.as_secs_f64());
    }
}
