//! What an endpoint knows of the other nodes.

use firecrest_pubsub::cluster::{Gap, Health};
use futures_util::{Stream, stream};
use tokio::sync::broadcast::error::RecvError;

use super::Endpoint;

impl Endpoint {
    /// How the connection to the other nodes is; nothing when there are none. Whatever it is, this node serves its clients.
    pub fn cluster_health(&self) -> Option<Health> {
        self.pubsub().health()
    }

    /// Whenever messages between nodes may have been lost, from now on: broadcasts are delivered at most once, and this is when what
    /// clients show may be stale. Presence and viewers mend themselves. Up to 64 gaps wait to be taken, then the oldest go. Ends at
    /// once when there are no other nodes.
    pub fn cluster_gaps(&self) -> impl Stream<Item = Gap> + Send + Unpin + use<> {
        Box::pin(stream::unfold(self.pubsub().gaps(), async |gaps| {
            let mut gaps = gaps?;
            loop {
                match gaps.recv().await {
                    Ok(gap) => return Some((gap, Some(gaps))),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        }))
    }
}
