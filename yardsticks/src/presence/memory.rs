//! Memory of a member.

use std::error::Error;
use std::fs;
use std::process::Command;
use std::time::Duration;

use firecrest::Endpoint;
use firecrest::presence::{PresenceOptions, Tracked};
use firecrest::pubsub::cluster::InProcess;
use serde::Serialize;
use tokio::time::sleep;

use crate::member::key;

const MEMBERS: usize = 100_000;

/// How many come before the other node is waited for.
const AT_ONCE: usize = 1_000;

/// How often nodes say what they have: what they keep for those who have not heard it is gone soon.
const PACE: Duration = Duration::from_millis(20);

/// How long the nodes have to become quiet.
const QUIET: Duration = Duration::from_secs(1);

/// Has the allocator give back at once what is free, so that what is resident is in use.
const GIVE_BACK: (&str, &str) = ("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0");

/// Bytes of resident memory for each member.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// On the node that it is connected to, with what keeps it there.
    own_bytes: f64,
    /// On one that has heard of it.
    elsewhere_bytes: f64,
}

/// Each number of nodes in a process of its own: what the second adds is what a node needs that only hears.
///
/// # Errors
/// When the processes cannot be run.
pub(crate) fn measure() -> Result<Figures, Box<dyn Error>> {
    let (one, two) = (grown("1")?, grown("2")?);
    Ok(Figures { own_bytes: one, elsewhere_bytes: two - one })
}

/// What a process with so many nodes says.
fn grown(nodes: &str) -> Result<f64, Box<dyn Error>> {
    let (name, value) = GIVE_BACK;
    let done = Command::new(std::env::current_exe()?).args(["nodes", nodes]).env(name, value).output()?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).trim().into());
    }
    Ok(std::str::from_utf8(&done.stdout)?.trim().parse()?)
}

/// How much memory this process has more for each member that connects to the first of so many nodes.
///
/// # Errors
/// When the nodes cannot be.
pub(crate) async fn growth(nodes: usize) -> Result<f64, Box<dyn Error>> {
    let cluster = InProcess::new();
    let nodes: Vec<Endpoint> = (0..nodes).map(|number| node(&cluster, number)).collect::<Result<_, _>>()?;
    sleep(QUIET).await;
    let (before, mut tracked) = (resident()?, Vec::with_capacity(MEMBERS));
    while tracked.len() < MEMBERS {
        come(&nodes[0], &mut tracked, AT_ONCE)?;
        while nodes.iter().any(|node| node.presence().count("lobby").connections < tracked.len() as u64) {
            sleep(PACE / 4).await;
        }
    }
    sleep(QUIET).await;
    Ok(resident()?.saturating_sub(before) as f64 / MEMBERS as f64)
}

fn node(cluster: &InProcess, number: usize) -> Result<Endpoint, Box<dyn Error>> {
    let presence = PresenceOptions::new().broadcast_interval(PACE).heartbeat(PACE * 5);
    let endpoint = Endpoint::builder().node(format!("node-{number}")).presence(presence);
    Ok(endpoint.cluster(cluster.node()).build()?)
}

/// Members with a meta of 60 bytes, its `phx_ref` included.
fn come(node: &Endpoint, tracked: &mut Vec<Tracked>, count: usize) -> Result<(), Box<dyn Error>> {
    let presence = node.presence();
    let meta = serde_json::json!({ "online_at": "1763740000123ab" });
    for number in tracked.len()..tracked.len() + count {
        tracked.push(presence.track("lobby", key(number), &meta)?);
    }
    Ok(())
}

/// Of this process, in bytes.
fn resident() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")).ok_or("the memory is not known")?;
    Ok(kibibytes.trim().parse::<u64>()? * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn members_are_there_as_long_as_they_are_held() {
        let (cluster, mut tracked) = (InProcess::new(), Vec::new());
        let node = node(&cluster, 1).unwrap();
        come(&node, &mut tracked, 3).unwrap();
        come(&node, &mut tracked, 2).unwrap();
        assert_eq!(node.presence().count("lobby").keys, 5);
        let meta = &node.presence().list("lobby").await;
        assert_eq!(serde_json::to_value(meta).unwrap()["user00000004"]["metas"][0].to_string().len(), 60);
        tracked.clear();
        assert_eq!(node.presence().count("lobby").keys, 0);
    }

    #[test]
    fn the_memory_of_this_process_is_known() {
        assert!((1 << 20..1 << 40).contains(&resident().unwrap()));
    }
}
