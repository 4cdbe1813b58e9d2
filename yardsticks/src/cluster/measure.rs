//! Broadcasts from the own node and from another, in turns.

use std::error::Error;
use std::io;
use std::time::Duration;

use serde::Serialize;
use tokio::time::timeout;
use yardsticks::{Crowd, Node};

use crate::broker::{Broker, Engine};

const TOPIC: &str = "bench:all";

/// How often both kinds are measured.
const ROUNDS: u32 = 4;

/// Broadcasts in a round; each waits until everybody has the one before.
const BROADCASTS: u32 = 100;

/// Broadcasts of both kinds that are not counted.
const WARM_UP: u32 = 40;

/// How long a first broadcast is waited for while the nodes are connecting, and how often that is tried.
const CONNECTS_WITHIN: Duration = Duration::from_millis(500);
const TRIES: u32 = 20;

/// Processor time in microseconds.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Figures {
    /// Of a node for a delivery of what one of its own clients has broadcast.
    local_us: f64,
    /// The same of what a client of another node has broadcast.
    remote_us: f64,
    /// Of that other node for such a broadcast.
    publisher_us: f64,
    /// Of the broker for it.
    broker_us: f64,
    /// Of a third node without subscribers meanwhile, as percent of the one that delivers.
    bystander_percent: f64,
}

struct Nodes {
    publishes: Node,
    delivers: Node,
    stands_by: Node,
    broker: Broker,
}

/// What each has spent.
#[derive(Clone, Copy, Default)]
struct Spent {
    publisher: Duration,
    deliverer: Duration,
    bystander: Duration,
    broker: Duration,
}

/// Who says something.
#[derive(Clone, Copy)]
enum From {
    Here,
    There,
}

/// Clients of the node that delivers, and one of the other.
struct Clients {
    here: Crowd,
    there: Crowd,
    subscribers: usize,
}

/// Broadcasts to so many clients of one node.
///
/// # Errors
/// When a program is missing, or something is not delivered.
pub(crate) async fn measure(engine: Engine, subscribers: usize) -> Result<Figures, Box<dyn Error>> {
    let nodes = Nodes::start(engine)?;
    let mut clients = Clients::connect(&nodes, subscribers).await?;
    for from in [From::There, From::Here] {
        clients.say(from, WARM_UP).await?;
    }
    let (mut local, mut remote) = (Spent::default(), Spent::default());
    for _ in 0..ROUNDS {
        for (from, sum) in [(From::Here, &mut local), (From::There, &mut remote)] {
            let before = nodes.spent()?;
            clients.say(from, BROADCASTS).await?;
            sum.add(before, nodes.spent()?);
        }
    }
    Ok(figures(subscribers, local, remote))
}

fn figures(subscribers: usize, local: Spent, remote: Spent) -> Figures {
    let broadcasts = f64::from(ROUNDS * BROADCASTS);
    let each = |spent: Duration| spent.as_secs_f64() * 1e6 / broadcasts;
    Figures {
        local_us: each(local.deliverer) / subscribers as f64,
        remote_us: each(remote.deliverer) / subscribers as f64,
        publisher_us: each(remote.publisher),
        broker_us: each(remote.broker),
        bystander_percent: 100.0 * remote.bystander.as_secs_f64() / remote.deliverer.as_secs_f64(),
    }
}

impl Nodes {
    fn start(engine: Engine) -> Result<Self, Box<dyn Error>> {
        let broker = engine.start()?;
        let node = |name| Node::start(&[("FIRECREST_CLUSTER", &broker.url), ("FIRECREST_NODE", name)]);
        let (publishes, delivers, stands_by) = (node("a")?, node("b")?, node("c")?);
        Ok(Nodes { publishes, delivers, stands_by, broker })
    }

    fn spent(&self) -> io::Result<Spent> {
        Ok(Spent {
            publisher: self.publishes.process.processor_time()?,
            deliverer: self.delivers.process.processor_time()?,
            bystander: self.stands_by.process.processor_time()?,
            broker: self.broker.process.processor_time()?,
        })
    }
}

impl Clients {
    /// All that can say something or hear it, once a broadcast of one node arrives at the other.
    async fn connect(nodes: &Nodes, subscribers: usize) -> Result<Self, Box<dyn Error>> {
        let join = |_| (TOPIC.to_owned(), "{}".to_owned());
        let mut here = Crowd::connect(&nodes.delivers.url(), subscribers, 0).await?;
        let mut there = Crowd::connect(&nodes.publishes.url(), 1, 0).await?;
        here.join(None, join).await?;
        there.join(None, join).await?;
        let mut clients = Clients { here, there, subscribers };
        for _ in 0..TRIES {
            // What is said while there is no connection is lost.
            if timeout(CONNECTS_WITHIN, clients.say(From::There, 1)).await.is_ok() {
                return Ok(clients);
            }
        }
        Err("the nodes do not hear each other".into())
    }

    /// Says so much, one after the other.
    async fn say(&mut self, from: From, broadcasts: u32) -> Result<(), Box<dyn Error>> {
        // As long as that of a fan-out by the load generator.
        let payload = format!(r#"{{"text":"{}"}}"#, "x".repeat(109));
        for _ in 0..broadcasts {
            self.here.expect(self.subscribers as u64);
            match from {
                From::Here => self.here.say(TOPIC, &payload).await?,
                From::There => self.there.say(TOPIC, &payload).await?,
            }
            self.here.delivered().await?;
        }
        Ok(())
    }
}

impl Spent {
    fn add(&mut self, before: Spent, after: Spent) {
        self.publisher += after.publisher.saturating_sub(before.publisher);
        self.deliverer += after.deliverer.saturating_sub(before.deliverer);
        self.bystander += after.bystander.saturating_sub(before.bystander);
        self.broker += after.broker.saturating_sub(before.broker);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_one_delivery_or_one_broadcast() {
        let spent = |factor: u64| {
            let all = |each| Duration::from_micros(u64::from(ROUNDS * BROADCASTS) * each * factor);
            Spent { publisher: all(30), deliverer: all(200), bystander: all(1), broker: all(10) }
        };
        let expected = Figures {
            local_us: 2.0,
            remote_us: 4.0,
            publisher_us: 60.0,
            broker_us: 20.0,
            bystander_percent: 0.5,
        };
        assert_eq!(figures(100, spent(1), spent(2)), expected);
    }

    #[test]
    fn only_what_was_spent_between_is_counted() {
        let at = |millis| {
            let time = Duration::from_millis(millis);
            Spent { publisher: time, deliverer: time * 2, bystander: time * 3, broker: time * 4 }
        };
        let mut sum = Spent::default();
        sum.add(at(5), at(7));
        sum.add(at(10), at(11));
        let millis = [sum.publisher, sum.deliverer, sum.bystander, sum.broker].map(|time| time.as_millis());
        assert_eq!(millis, [3, 6, 9, 12]);
    }
}
