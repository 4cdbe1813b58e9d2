//! Leaving without a stampede (spec §3.15, O-5).

use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tracing::debug_span;

use super::Endpoint;
use crate::connection::CloseReason;

/// How connections are closed at shutdown: in batches, with code 1012, which makes clients come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrainOptions {
    /// How many connections are told at once. Default: 10,000.
    pub batch_size: usize,
    /// Pause between batches. Default: 2 s.
    pub batch_interval: Duration,
    /// How long all of it may take; who is left then is told at once. Default: 30 s.
    pub timeout: Duration,
}

impl Default for DrainOptions {
    fn default() -> Self {
        DrainOptions {
            batch_size: 10_000,
            batch_interval: Duration::from_secs(2),
            timeout: Duration::from_secs(30),
        }
    }
}

impl Endpoint {
    /// Closes all connections of this node, channels or none, as the endpoint's [`DrainOptions`] say. Returns when the
    /// last has been told. From now on who connects is told to go at once, until the endpoint is
    /// [served](Self::serve) again.
    pub async fn drain(&self) {
        let options = self.drain_options();
        self.presence_service().drain();
        self.sessions().send_home();
        let connections = self.registry().start_draining();
        let batch = options.map_or(connections.len(), |options| options.batch_size).max(1);
        let rounds = connections.len().div_ceil(batch);
        let deadline = options.map(|options| Instant::now() + options.timeout);
        let mut next = Instant::now();
        for (round, batch) in connections.chunks(batch).enumerate() {
            if let Some(deadline) = deadline.filter(|_| round > 0) {
                sleep_until(next.min(deadline)).await;
            }
            let interval = options.map_or(Duration::ZERO, |options| options.batch_interval);
            let (index, count, total) = (round + 1, batch.len(), connections.len());
            debug_span!("socket_drain", count, total, index, rounds, ?interval).in_scope(|| {
                tracing::info!(round = index, rounds, connections = count, "draining");
                batch.iter().for_each(|connection| connection.outbox.close(CloseReason::Draining));
            });
            metrics::counter!("firecrest_drain_rounds_total").increment(1);
            metrics::counter!("firecrest_drain_connections_total").increment(count as u64);
            next = Instant::now() + interval;
        }
    }
}
