//! What other nodes send to this one's presence.

use std::sync::Arc;

use bytes::Bytes;
use firecrest_pubsub::cluster::{Gap, Node};
use firecrest_pubsub::{PubSub, Service as Listener};
use tokio::sync::mpsc;

use super::service::NAME;

/// Most messages that wait to be taken, 256 KiB each at most. Those beyond are lost, counted
/// (`firecrest_presence_messages_lost_total`), and asked for again when they are missed.
const MAX_WAITING: usize = 1_024;

/// Something from the other nodes.
pub(super) enum Heard {
    Message { from: Arc<str>, bytes: Bytes },
    Gap,
}

/// Takes what other nodes send from now on.
pub(super) fn open(pubsub: &PubSub) -> mpsc::Receiver<Heard> {
    let (sender, receiver) = mpsc::channel(MAX_WAITING);
    if pubsub.node().is_some() {
        // Nobody waits for others to reach this node: what it misses it asks for.
        drop(pubsub.serve(NAME, Arc::new(Inbox(sender))));
    }
    receiver
}

/// It knows nothing of the service: the topics know it, and the service knows the topics.
struct Inbox(mpsc::Sender<Heard>);

impl Listener for Inbox {
    fn receive(&self, from: &Node, message: Bytes) {
        self.put(Heard::Message { from: from.name().clone(), bytes: message });
    }

    fn gap(&self, _: &Gap) {
        self.put(Heard::Gap);
    }
}

impl Inbox {
    fn put(&self, heard: Heard) {
        if self.0.try_send(heard).is_err() {
            metrics::counter!("firecrest_presence_messages_lost_total").increment(1);
        }
    }
}
