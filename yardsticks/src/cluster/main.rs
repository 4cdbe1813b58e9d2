//! What a broadcast costs when it comes from another node: three nodes and a broker as processes of their own, and clients of two of
//! them. It prints a line of JSON.

mod broker;
mod measure;

use std::error::Error;
use std::io::{self, Write as _};

use clap::Parser;

use crate::broker::Engine;

/// As in the servers that are compared.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Measures broadcasts between nodes.
#[derive(Debug, Parser)]
struct Options {
    /// What is between the nodes.
    engine: Engine,
    /// How many clients receive a broadcast.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    subscribers: u32,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    rlimit::increase_nofile_limit(rlimit::INFINITY)?;
    let figures = measure::measure(options.engine, options.subscribers as usize).await?;
    writeln!(io::stdout(), "{}", serde_json::to_string(&figures)?)?;
    Ok(())
}
