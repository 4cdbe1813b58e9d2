//! What ties the topics of this node to those of the others.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use firecrest_wire::Text;
use tokio::sync::broadcast;

use crate::Broadcast;
use crate::cluster::{self, Cluster, Content, Frame, FrameError, Gap, Node, Reached, Receiver, Refused};
use crate::noise::Noise;
use crate::pace::{Pace, Paces};

/// Most gaps that wait for somebody who listens to them; the oldest go first.
const MAX_GAPS: usize = 64;

/// Where nodes tell each other that they have lost messages.
const LOST: &str = "lost";

/// Something on every node that talks to its like on the others: presence, for example.
pub trait Service: Send + Sync + 'static {
    /// A message has come. Must not block.
    fn receive(&self, from: &Node, message: Bytes);

    /// This node is connected with the others, for the first time or again. Must not block.
    fn connected(&self) {}

    /// Messages may have been lost, of this service or any other. Must not block.
    fn gap(&self, gap: &Gap);
}

/// A message that is too large for the other nodes, and was sent to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message to the other nodes has {len} bytes, more than {max}")]
pub struct TooLarge {
    /// How many bytes it has.
    pub len: usize,
    /// How many it may have.
    pub max: usize,
}

/// The other nodes.
pub(crate) struct Link {
    pub(crate) node: Node,
    pub(crate) cluster: Arc<dyn Cluster>,
    /// Whether a topic concerns this node only.
    pub(crate) is_local: fn(&str) -> bool,
    is_started: AtomicBool,
    services: RwLock<HashMap<&'static str, Arc<dyn Service>>>,
    gaps: broadcast::Sender<Gap>,
    noise: Noise,
    paces: Paces,
}

/// Hands a broadcast from another node to the subscribers of a topic on this one.
pub(crate) trait Local: Send + Sync + 'static {
    fn hand_out(&self, to: &str, broadcast: Broadcast);
}

impl Link {
    pub(crate) fn new(node: Node, cluster: Arc<dyn Cluster>, is_local: fn(&str) -> bool) -> Self {
        Link {
            node,
            cluster,
            is_local,
            is_started: AtomicBool::new(false),
            services: RwLock::default(),
            gaps: broadcast::Sender::new(MAX_GAPS),
            noise: Noise::default(),
            paces: Paces::default(),
        }
    }

    /// Connects, the first time that this is called.
    pub(crate) fn start(&self, receiver: Arc<dyn Receiver>) {
        if !self.is_started.swap(true, Ordering::AcqRel) {
            self.cluster.subscribe(&service_subject(LOST), Reached::new());
            self.cluster.start(self.node.clone(), receiver);
        }
    }

    pub(crate) fn subscribe(&self, topic: &str, reached: Reached) {
        self.cluster.subscribe(&topic_subject(topic), reached);
    }

    pub(crate) fn unsubscribe(&self, topic: &str) {
        self.cluster.unsubscribe(&topic_subject(topic));
    }

    /// Sends a broadcast to the other nodes. What cannot be sent for now is counted, and lost.
    pub(crate) fn broadcast(&self, to: &str, broadcast: &Broadcast) -> Result<(), TooLarge> {
        let max = self.cluster.max_message();
        let frame = cluster::write::broadcast(&self.node, to, broadcast);
        let frame = frame.map_err(|cluster::TooLong(len)| TooLarge { len, max: u16::MAX.into() })?;
        if frame.len() > max {
            return Err(TooLarge { len: frame.len(), max });
        }
        self.sent(self.cluster.publish(&topic_subject(to), frame));
        Ok(())
    }

    pub(crate) fn serve(&self, name: &'static str, service: Arc<dyn Service>) -> Reached {
        let known = self.services.write().unwrap_or_else(PoisonError::into_inner).insert(name, service);
        assert!(known.is_none(), "the service {name:?} exists already");
        let reached = Reached::new();
        self.cluster.subscribe(&service_subject(name), reached.clone());
        reached
    }

    pub(crate) fn send(&self, name: &'static str, message: &[u8]) -> Result<(), Refused> {
        self.serving(|| {
            self.cluster.publish(&service_subject(name), cluster::write::service(&self.node, name, message))
        })
    }

    pub(crate) fn send_to(&self, node: &str, name: &'static str, message: &[u8]) -> Result<(), Refused> {
        self.serving(|| self.cluster.direct(node, cluster::write::service(&self.node, name, message)))
    }

    /// Sends a service's message. Without a connection the engine is not even asked: the service is told when there is one, and nothing
    /// was lost that anybody need be told of.
    fn serving(&self, send: impl FnOnce() -> Result<(), Refused>) -> Result<(), Refused> {
        if !self.cluster.health().is_connected() {
            return Err(Refused::Offline);
        }
        let sent = send();
        self.sent(sent);
        sent
    }

    /// Most bytes of a message for a service, beside what says whose and for whom it is.
    pub(crate) fn max_message(&self, name: &str) -> usize {
        self.cluster.max_message().saturating_sub(cluster::write::service_head(&self.node, name))
    }

    pub(crate) fn gaps(&self) -> broadcast::Receiver<Gap> {
        self.gaps.subscribe()
    }

    fn sent(&self, sent: Result<(), Refused>) {
        match sent {
            Ok(()) => metrics::counter!("firecrest_cluster_messages_out_total").increment(1),
            Err(refused) => {
                let reason = match refused {
                    Refused::Full => "full",
                    Refused::Offline => "offline",
                    Refused::TooLarge { .. } => "too_large",
                };
                metrics::counter!("firecrest_cluster_refused_total", "reason" => reason).increment(1);
                if self.noise.is_news(reason) {
                    tracing::warn!(node = &**self.node.name(), "messages to other nodes are lost: {refused}");
                }
            }
        }
    }

    /// Takes what has come. The gap, if another node says that it has lost messages.
    pub(crate) fn receive(&self, local: &impl Local, message: Bytes) -> Option<Gap> {
        let frame = Frame::read(message).inspect_err(|error| self.unreadable(error)).ok()?;
        let from = frame.from.clone();
        if from == self.node {
            return None;
        }
        metrics::counter!("firecrest_cluster_messages_in_total").increment(1);
        if from.name() == self.node.name() {
            self.namesake();
            return None;
        }
        match frame.content().inspect_err(|error| self.unreadable(error)).ok()? {
            Content::Broadcast { to, broadcast } => local.hand_out(&to, broadcast),
            Content::Service { name, body } => {
                if let Some(service) = self.service(&name) {
                    service.receive(&from, body);
                }
            }
            Content::Lost => return Some(Gap::From(from)),
        }
        None
    }

    fn unreadable(&self, error: &FrameError) {
        metrics::counter!("firecrest_cluster_unreadable_total").increment(1);
        if self.noise.is_news("unreadable") {
            tracing::warn!(%error, "a message on the broker's subjects cannot be read");
        }
    }

    /// Another node has our name, which is a mistake (P086).
    fn namesake(&self) {
        metrics::counter!("firecrest_cluster_namesakes_total").increment(1);
        if self.noise.is_news("namesake") {
            let name = &**self.node.name();
            tracing::error!(node = name, "another node has the name {name:?}: its messages are not heard");
        }
    }

    pub(crate) fn connected(&self) {
        self.all_services().iter().for_each(|service| service.connected());
    }

    /// When to tell of a gap.
    pub(crate) fn pace(&self, gap: &Gap) -> Pace {
        self.paces.of(gap)
    }

    pub(crate) fn gap(&self, gap: Gap) {
        let (direction, whose) = match &gap {
            Gap::In => ("in", &self.node),
            Gap::Out => ("out", &self.node),
            Gap::From(node) => ("in", node),
        };
        metrics::counter!("firecrest_cluster_gaps_total", "direction" => direction).increment(1);
        tracing::warn!(direction, node = ?whose.name(), "messages between nodes may have been lost");
        if gap == Gap::Out {
            self.sent(self.cluster.publish(&service_subject(LOST), cluster::write::lost(&self.node)));
        }
        self.all_services().iter().for_each(|service| service.gap(&gap));
        // Nobody need listen.
        let _ = self.gaps.send(gap);
    }

    fn all_services(&self) -> Vec<Arc<dyn Service>> {
        self.services.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn service(&self, name: &Text) -> Option<Arc<dyn Service>> {
        self.services.read().unwrap_or_else(PoisonError::into_inner).get(name.as_str()).cloned()
    }
}

fn topic_subject(topic: &str) -> String {
    format!("t:{topic}")
}

fn service_subject(name: &str) -> String {
    format!("s:{name}")
}
