//! Joins of members who are seen in a topic that one client watches.

use std::error::Error;
use std::time::Duration;

use serde::Serialize;
use tokio::time::sleep;
use yardsticks::{Crowd, Node};

use crate::member::payload;

const MEMBERS: usize = 2_000;

/// How often they join, once to warm up not counted; and at a rate, which takes longer.
const ROUNDS: u32 = 3;
const PACED_ROUNDS: u32 = 2;

/// How long the server has to see to the closed connections.
const BETWEEN_ROUNDS: Duration = Duration::from_millis(600);

/// Processor time of the server for each member, in microseconds.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// A join without presence, on a connection that is open.
    plain_us: f64,
    /// A join with presence, until the client that watches has been told of everybody.
    watched_us: f64,
    /// The same with connecting.
    plain_connect_us: f64,
    watched_connect_us: f64,
}

#[derive(Clone, Copy, Default)]
struct Spent {
    connecting: Duration,
    joining: Duration,
}

/// Joins of both kinds in turns, on one server.
///
/// # Errors
/// When the server cannot be started, or does not answer.
pub(crate) async fn measure(per_second: Option<u32>) -> Result<Figures, Box<dyn Error>> {
    let rounds = if per_second.is_some() { PACED_ROUNDS } else { ROUNDS };
    let node = Node::start(&[])?;
    plain(&node, None).await?;
    watched(&node, None).await?;
    let (mut without, mut with) = (Spent::default(), Spent::default());
    for _ in 0..rounds {
        without.add(plain(&node, per_second).await?);
        with.add(watched(&node, per_second).await?);
    }
    let each = |spent: Duration| spent.as_secs_f64() * 1e6 / (MEMBERS as f64 * f64::from(rounds));
    Ok(Figures {
        plain_us: each(without.joining),
        watched_us: each(with.joining),
        plain_connect_us: each(without.connecting + without.joining),
        watched_connect_us: each(with.connecting + with.joining),
    })
}

async fn plain(node: &Node, per_second: Option<u32>) -> Result<Spent, Box<dyn Error>> {
    come(node, None, ("bench", per_second)).await
}

async fn watched(node: &Node, per_second: Option<u32>) -> Result<Spent, Box<dyn Error>> {
    let mut watcher = Crowd::connect(&node.url(), 1, MEMBERS).await?;
    watcher.join(None, |_| ("admin:carts".to_owned(), "{}".to_owned())).await?;
    come(node, Some(&watcher), ("cart", per_second)).await
}

/// Everybody connects, joins, and leaves, which is not counted.
async fn come(
    node: &Node,
    watcher: Option<&Crowd>,
    (name, per_second): (&str, Option<u32>),
) -> Result<Spent, Box<dyn Error>> {
    let start = node.process.processor_time()?;
    let mut crowd = Crowd::connect(&node.url(), MEMBERS, 0).await?;
    let connected = node.process.processor_time()?;
    crowd.join(per_second, |number| (format!("{name}:{number}"), payload(number))).await?;
    if let Some(watcher) = watcher {
        watcher.complete().await?;
    }
    let joined = node.process.processor_time()?;
    drop(crowd);
    sleep(BETWEEN_ROUNDS).await;
    Ok(Spent { connecting: connected.saturating_sub(start), joining: joined.saturating_sub(connected) })
}

impl Spent {
    fn add(&mut self, other: Spent) {
        self.connecting += other.connecting;
        self.joining += other.joining;
    }
}
