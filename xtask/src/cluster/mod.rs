//! A small cluster to look at: a broker, several nodes of the showcase, and a load balancer, all on loopback.

mod balancer;
mod broker;
mod nodes;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use crate::command::{cargo, run as execute};
use crate::failure::Failure;
use crate::{assets, prerequisites, tree};

use broker::Broker;
use nodes::Node;

/// How often it is looked whether the nodes still run.
const GLANCE: Duration = Duration::from_millis(200);

/// What to start.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many nodes.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=16))]
    nodes: u16,
    /// What connects them.
    #[arg(long, value_enum, default_value_t = Engine::Nats)]
    engine: Engine,
    /// Port of the load balancer; 0 picks a free one.
    #[arg(long, default_value_t = 4000)]
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Engine {
    /// A NATS server.
    Nats,
    /// A Redis server.
    Redis,
}

/// Starts everything, says where it is, and stays until all nodes have ended: Ctrl-C ends them, in their own time.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    prerequisites::check_for_building()?;
    prerequisites::check_broker(options.engine)?;
    assets::build()?;
    execute(&mut cargo(&["build", "--release", "--package", "showcase"]))?;
    // The nodes are told by the terminal itself; this stays until they have said goodbye.
    let told = Arc::new(AtomicBool::new(false));
    let again = Arc::clone(&told);
    ctrlc::set_handler(move || {
        if again.swap(true, Ordering::Relaxed) {
            std::process::exit(1);
        }
    })
    .map_err(|error| Failure::new(format!("signals cannot be handled: {error}")))?;
    let folder = fresh_folder()?;
    let broker = Broker::start(options.engine, &folder)?;
    let secret = nodes::secret()?;
    let start = |number| Node::start(number, &broker.url(), &secret, &folder);
    let mut running = (1..=options.nodes).map(start).collect::<Result<Vec<_>, _>>()?;
    let addresses = running.iter().map(Node::address).collect();
    let balancer = balancer::start(options.port, addresses)?;
    announce(balancer, &broker, &running);
    while !running.is_empty() {
        running.retain_mut(|node| {
            let ended = node.has_ended();
            if ended {
                println!("{} has ended", node.name());
            }
            !ended
        });
        sleep(GLANCE);
    }
    Ok(())
}

fn announce(balancer: std::net::SocketAddr, broker: &Broker, nodes: &[Node]) {
    println!("\n  all nodes   http://{balancer}");
    for node in nodes {
        println!("  {:<11} http://{}   process {}", node.name(), node.address(), node.id());
    }
    println!("  {:<11} {}   process {}", broker.name(), broker.url(), broker.id());
    println!(
        "\n  Open /hello or /traffic on two nodes side by side, and end one of the processes. Ctrl-C ends all.\n"
    );
}

/// An empty folder for what the nodes and the broker keep.
fn fresh_folder() -> Result<PathBuf, Failure> {
    let folder = tree::root().join("target/cluster");
    let failure = |error| Failure::new(format!("target/cluster cannot be written: {error}"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(failure)?;
    }
    std::fs::create_dir_all(&folder).map_err(failure)?;
    Ok(folder)
}
