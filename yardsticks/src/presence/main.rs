//! What presence costs: Firecrest in a process of its own and many clients, nodes within this process, or replicas alone. It
//! prints a line of JSON.

mod apply;
mod counts;
mod everybody;
mod member;
mod memory;
mod metered;
mod plain;
mod watched;

use std::error::Error;
use std::io::{self, Write as _};

use clap::{Parser, Subcommand};
use serde::Serialize;

/// As in the servers that are compared.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Measures presence.
#[derive(Debug, Parser)]
struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum What {
    /// Joins whose members somebody watches, beside joins without presence.
    Watched {
        /// How many join in a second; as fast as it goes when not given.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        per_second: Option<u32>,
    },
    /// A topic in which everybody is told of everybody.
    Everybody {
        /// How many they are.
        #[arg(value_parser = clap::value_parser!(u32).range(1..=20_000))]
        members: u32,
    },
    /// Memory of a member on its own node and on another.
    Memory,
    /// The same, of so many nodes in one process: what their process grows by for a member.
    #[command(hide = true)]
    Nodes {
        #[arg(value_parser = clap::value_parser!(u32).range(1..=2))]
        nodes: u32,
    },
    /// Bytes that are sent when only the number of members is watched.
    Counts,
    /// What another node's changes cost when there are so many rows.
    Apply {
        /// How many.
        #[arg(value_parser = clap::value_parser!(u32).range(1_000..=1_000_000))]
        rows: u32,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    rlimit::increase_nofile_limit(rlimit::INFINITY)?;
    match options.what {
        What::Watched { per_second } => print(&watched::measure(per_second).await?),
        What::Everybody { members } => print(&everybody::measure(members as usize).await?),
        What::Memory => print(&memory::measure()?),
        What::Nodes { nodes } => print(&memory::growth(nodes as usize).await?),
        What::Counts => print(&counts::measure().await?),
        What::Apply { rows } => print(&apply::measure(u64::from(rows))?),
    }
}

fn print(figures: &impl Serialize) -> Result<(), Box<dyn Error>> {
    writeln!(io::stdout(), "{}", serde_json::to_string(figures)?)?;
    Ok(())
}
