//! What a test says when it starts a node.

use std::net::SocketAddr;
use std::time::Duration;

use firecrest::Endpoint;
use firecrest::endpoint::{EndpointBuilder, EndpointError};
use firecrest::presence::{Mode, PresenceOptions, Shutdown};

/// A node of a cluster.
#[derive(Debug, clap::Parser)]
#[command(name = "cluster-node", version)]
pub(crate) struct Options {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    pub(crate) listen: SocketAddr,
    /// The node's name.
    #[arg(long, value_name = "NAME")]
    node: String,
    /// Where the broker is.
    #[arg(long, value_name = "URL")]
    cluster: String,
    /// Milliseconds between two messages of presence.
    #[arg(long, value_name = "MS")]
    broadcast_ms: u64,
    /// Milliseconds between two signs of life.
    #[arg(long, value_name = "MS")]
    heartbeat_ms: u64,
    /// Milliseconds after which a silent node counts as down.
    #[arg(long, value_name = "MS")]
    down_ms: u64,
    /// Milliseconds between two diffs of a topic to its clients.
    #[arg(long, value_name = "MS")]
    diff_ms: u64,
    /// At the end the node's presences are left to others for a while, instead of leaving.
    #[arg(long)]
    handoff: bool,
}

impl Options {
    pub(crate) fn endpoint(&self) -> Result<Endpoint, EndpointError> {
        let builder = EndpointBuilder::from_env()?.node(&self.node).cluster_url(&self.cluster)?;
        builder.presence(self.presence()).build()
    }

    fn presence(&self) -> PresenceOptions {
        PresenceOptions::new()
            .mode("crowd:*", Mode::Count)
            .on_shutdown(if self.handoff { Shutdown::Handoff } else { Shutdown::Leave })
            .broadcast_interval(Duration::from_millis(self.broadcast_ms))
            .heartbeat(Duration::from_millis(self.heartbeat_ms))
            .down_after(Duration::from_millis(self.down_ms))
            .diff_interval(Duration::from_millis(self.diff_ms))
            .count_interval(Duration::from_millis(self.diff_ms))
            .calls(1_000, Duration::from_secs(1))
    }
}
