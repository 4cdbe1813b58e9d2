//! What one node does for each heartbeat when there are many others.

use std::time::{Duration, Instant};

use firecrest_presence::message::{Body, Gossip, Version};
use firecrest_presence::{Incarnation, Message, NodeId, Options};

use crate::{join, node};

pub(crate) fn measure() {
    for others in [3, 64, 1_023] {
        let ids: Vec<NodeId> =
            (1..=others).map(|n| NodeId::new(format!("node-{n}"), Incarnation::new(1, n))).collect();
        let mut replica = node(0, &Options::default());
        let mut heartbeats: Vec<Vec<u8>> = ids.iter().map(|id| heartbeat(id, &ids)).collect();
        hear(&mut replica, &ids, &heartbeats);
        join(&mut replica, "lobby", 0..1_000);
        let bytes = heartbeats[0].len();
        let (hears, ticks) = (hear(&mut replica, &ids, &heartbeats), tick(&mut replica, 5_600));
        heartbeats.truncate(0);
        println!(
            "{others} others: a heartbeat of {bytes} B is heard in {hears:?}, a tick with news of 1,000 rows takes {ticks:?}"
        );
    }
}

fn heartbeat(sender: &NodeId, all: &[NodeId]) -> Vec<u8> {
    let versions = all.iter().filter(|node| *node != sender);
    let versions = versions.map(|node| Version { node: node.clone(), version: 0 }).collect();
    let body = Body::Gossip(Gossip { at: 0, rows: 0, delta: None, versions });
    Message { sender: sender.clone(), body }.encode()
}

/// The time for each.
fn hear(replica: &mut firecrest_presence::Replica, senders: &[NodeId], heartbeats: &[Vec<u8>]) -> Duration {
    let begun = Instant::now();
    for (sender, bytes) in senders.iter().zip(heartbeats) {
        let _ = replica.receive(sender.name(), bytes, 0).expect("it is a message");
    }
    begun.elapsed() / senders.len() as u32
}

fn tick(replica: &mut firecrest_presence::Replica, now: u64) -> Duration {
    let begun = Instant::now();
    let out = replica.tick(now);
    assert!(!out.outgoing.is_empty());
    begun.elapsed()
}
