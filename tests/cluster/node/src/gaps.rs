//! How often messages may have been lost.

use std::sync::{Arc, Mutex, PoisonError};

use firecrest::Endpoint;
use firecrest::pubsub::cluster::Gap;
use futures_util::StreamExt as _;
use serde::Serialize;

/// How many gaps there were. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Gaps(Arc<Mutex<Count>>);

/// How many gaps there were in each direction.
#[derive(Clone, Copy, Default, Serialize)]
pub(crate) struct Count {
    /// On the way to this node.
    inward: u64,
    /// On the way from this node.
    outward: u64,
    /// On the way from others, who said so.
    others: u64,
}

impl Gaps {
    /// Counts the gaps of an endpoint from now on, for as long as it lives.
    pub(crate) fn watch(endpoint: &Endpoint) -> Self {
        let gaps = Gaps::default();
        let (counting, mut seen) = (gaps.clone(), endpoint.cluster_gaps());
        tokio::spawn(async move {
            while let Some(gap) = seen.next().await {
                counting.add(&gap);
            }
        });
        gaps
    }

    pub(crate) fn count(&self) -> Count {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, gap: &Gap) {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match gap {
            Gap::In => count.inward += 1,
            Gap::Out => count.outward += 1,
            Gap::From(_) => count.others += 1,
        }
    }
}
