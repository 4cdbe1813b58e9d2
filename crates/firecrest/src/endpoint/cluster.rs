//! What an endpoint knows of the other nodes.

use std::time::Duration;

use firecrest_pubsub::Hold;
use firecrest_pubsub::cluster::{Gap, Health};
use futures_util::future::join_all;
use futures_util::{Stream, stream};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use super::Endpoint;

/// How long a join or a connection waits for the cluster to know that this node wants its topics.
const REACH: Duration = Duration::from_secs(1);

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

    /// Waits until broadcasts of other nodes arrive, so that a join is answered only when none of them can be missed any more. They are
    /// kept coming for as long as what is returned is kept: nothing, where there are no other nodes.
    pub(crate) async fn reach(&self, topics: impl Iterator<Item = &str>) -> Vec<Hold> {
        let held: Vec<_> = topics.filter_map(|topic| self.pubsub().hold(topic)).collect();
        if !held.is_empty() && timeout(REACH, join_all(held.iter().map(Hold::reached))).await.is_err() {
            self.reach_late(&held);
        }
        held
    }

    /// Nobody waits any longer, and says so once what was waited for is there: until then broadcasts may be missed.
    fn reach_late(&self, held: &[Hold]) {
        metrics::counter!("firecrest_cluster_late_total").increment(1);
        let late: Vec<_> = held.iter().filter(|hold| !hold.is_reached()).map(Hold::again).collect();
        let pubsub = self.pubsub().clone();
        tokio::spawn(async move {
            join_all(late.iter().map(Hold::reached)).await;
            pubsub.missed();
        });
    }
}
