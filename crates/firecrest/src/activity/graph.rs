//! The graph: what all nodes are busy with, tick by tick.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::task::AbortOnDropHandle;

use super::merge::{Counts, Merge};
use super::{REQUESTS, TICKS};
use crate::Endpoint;
use crate::hub::{Counted, Feed, Hub, Keep, Message, Topic, TopicError};
use crate::source::{Changes, Source};

/// Where nodes tell each other what they have counted: `activity.node.NAME`.
const NODES: &str = "activity.node";

/// Between which bounds a tick is.
const SHORTEST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// How finely and how far back a [`Graph`] shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GraphOptions {
    /// The time of a point, the same on all nodes; at least 10 ms, an hour at most. Default: 750 ms (M003).
    pub tick: Duration,
    /// How many points there are, 1,000 at most. Default: 200, which is 150 s (M004).
    pub points: usize,
}

impl Default for GraphOptions {
    fn default() -> Self {
        GraphOptions { tick: Duration::from_millis(750), points: 200 }
    }
}

impl GraphOptions {
    /// Replaces [`tick`](Self::tick).
    #[must_use]
    pub fn tick(self, tick: Duration) -> Self {
        GraphOptions { tick: tick.clamp(SHORTEST, LONGEST), ..self }
    }

    /// Replaces [`points`](Self::points).
    #[must_use]
    pub fn points(self, points: usize) -> Self {
        GraphOptions { points: points.clamp(1, 1_000), ..self }
    }
}

/// A point of the graph: what all nodes counted within a tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tick {
    /// Its number, from 1 on as long as the graph runs; 0 for the time before.
    pub number: u64,
    /// When it ended, in milliseconds since the epoch; 0 for the time before the graph.
    pub at: u64,
    /// Requests that went through an [`ActivityLayer`](super::ActivityLayer).
    pub requests: u64,
    /// Messages to and from clients: [`Endpoint::traffic`].
    pub messages: u64,
    /// Clients that are connected at its end: [`Endpoint::connections`].
    pub sockets: u64,
    /// How many nodes were counted.
    pub nodes: u64,
}

/// What all nodes of the cluster that have one are busy with, with its history from the start on, so that whoever comes late
/// sees as much as the others (M006). Clones are the same; with the last it ends, also for the graphs of other nodes, or when the
/// endpoint shuts down.
///
/// Every node tells the others a few numbers for each tick, however much is going on. A node that says nothing for two ticks does
/// not count any more. Start one for an endpoint.
///
/// It is a [`Source`] that changes with every tick.
#[derive(Clone)]
pub struct Graph(Arc<Shared>);

struct Shared {
    ticks: Topic<Tick>,
    options: GraphOptions,
    _task: AbortOnDropHandle<()>,
}

impl Graph {
    /// Begins to count.
    ///
    /// # Panics
    /// Outside of a tokio runtime; when the hub has no room for another topic: 10,000 have handles.
    pub fn start(endpoint: &Endpoint, options: GraphOptions) -> Self {
        Self::try_start(endpoint, options).unwrap_or_else(|error| panic!("{error}"))
    }

    fn try_start(endpoint: &Endpoint, options: GraphOptions) -> Result<Self, TopicError> {
        let options = GraphOptions::default().tick(options.tick).points(options.points);
        let hub = endpoint.hub();
        let ticks = hub.local(TICKS, Keep::Newest(options.points))?;
        let counting = Counting::new(endpoint, &hub, ticks.clone())?;
        let task = AbortOnDropHandle::new(hub.spawn(counting.run(options.tick)));
        Ok(Graph(Arc::new(Shared { ticks, options, _task: task })))
    }

    /// The last points, the oldest first: always as many as the options say, with zeros for the time before the start.
    pub fn points(&self) -> Vec<Tick> {
        let known = self.0.ticks.recent();
        let known = &known[known.len().saturating_sub(self.0.options.points)..];
        let mut points = vec![Tick::default(); self.0.options.points - known.len()];
        points.extend(known.iter().map(|tick| **tick));
        points
    }

    /// The points one by one.
    pub fn ticks(&self) -> &Topic<Tick> {
        &self.0.ticks
    }

    /// How finely and how far back it shows.
    pub fn options(&self) -> GraphOptions {
        self.0.options
    }
}

impl Source for Graph {
    fn changes(&self) -> Changes {
        self.0.ticks.changes()
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph").field("options", &self.0.options).finish_non_exhaustive()
    }
}

/// The task of a graph.
struct Counting {
    endpoint: Endpoint,
    ticks: Topic<Tick>,
    requests: Counted,
    /// How many messages there were when it was looked last.
    messages: u64,
    /// What this node tells, and what all nodes do.
    own: Topic<Counts>,
    all: Feed<Counts>,
    merge: Merge,
    number: u64,
}

impl Counting {
    fn new(endpoint: &Endpoint, hub: &Hub, ticks: Topic<Tick>) -> Result<Self, TopicError> {
        let requests = hub.local::<super::Activity>(REQUESTS, Keep::Nothing)?.count();
        let own = hub.topic(&own_topic(endpoint.node()), Keep::Nothing)?;
        let all = hub.subscribe(&format!("{NODES}.*")).unwrap_or_else(|_| own.subscribe());
        let messages = messages(endpoint);
        Ok(Counting {
            endpoint: endpoint.clone(),
            ticks,
            requests,
            messages,
            own,
            all,
            merge: Merge::default(),
            number: 0,
        })
    }

    async fn run(mut self, tick: Duration) {
        let mut clock = interval_at(Instant::now() + tick, tick);
        // A node that was busy says so once, with everything in it.
        clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                // What has come by now belongs to this tick.
                biased;
                counts = self.all.next() => self.hear(&counts),
                _ = clock.tick() => self.tick(),
            }
        }
    }

    fn hear(&mut self, counts: &Message<Counts>) {
        if let Some(node) = counts.node() {
            self.merge.add(node, **counts);
        }
    }

    fn tick(&mut self) {
        let own = self.count();
        self.own.publish(own);
        let (others, nodes) = self.merge.take();
        self.number += 1;
        self.ticks.publish(Tick {
            number: self.number,
            at: now(),
            requests: own.requests.saturating_add(others.requests),
            messages: own.messages.saturating_add(others.messages),
            sockets: own.sockets.saturating_add(others.sockets),
            nodes: nodes + 1,
        });
    }

    /// What this node has counted since it was asked last.
    fn count(&mut self) -> Counts {
        let messages = messages(&self.endpoint);
        let before = std::mem::replace(&mut self.messages, messages);
        Counts {
            requests: self.requests.take(),
            messages: messages.saturating_sub(before),
            sockets: self.endpoint.connections() as u64,
        }
    }
}

/// How many messages there were since the process began.
fn messages(endpoint: &Endpoint) -> u64 {
    let traffic = endpoint.traffic();
    traffic.messages_in + traffic.messages_out
}

/// Where this node tells what it has counted. A name may have characters that a topic does not; the others go by the name itself.
fn own_topic(node: &str) -> String {
    let is_foreign = |c: char| matches!(c, '.' | '*' | '>') || c.is_whitespace() || c.is_control();
    let segment = node.replace(is_foreign, "-");
    let segment = &segment[..segment.floor_char_boundary(200)];
    format!("{NODES}.{}", if segment.is_empty() { "-" } else { segment })
}

fn now() -> u64 {
    let since = UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_of_any_name_has_a_topic() {
        let endpoint = Endpoint::builder().build().unwrap();
        for name in ["a", "node.one two", "", "*", ">", &"é".repeat(300)] {
            endpoint.hub().topic::<Counts>(&own_topic(name), Keep::Nothing).unwrap();
        }
    }
}
