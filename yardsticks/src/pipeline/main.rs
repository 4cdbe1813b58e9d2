//! What a pipeline costs: items in one process, no sockets. It prints a line of JSON.

mod items;
mod last;
mod memory;

use std::error::Error;
use std::io::{self, Write as _};

use clap::{Parser, Subcommand};
use serde::Serialize;

/// As in the servers that are compared.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Measures a pipeline.
#[derive(Debug, Parser)]
struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum What {
    /// A million items for ten workers whose handler does nothing.
    Pipeline,
    /// The same for ten tasks with a channel of tokio's each.
    Mpsc,
    /// Memory when nobody works and ten million items come.
    Memory,
    /// How long it takes until the last of so many items was broadcast.
    Last {
        /// How many items.
        #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
        items: u64,
        /// How many workers.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1_000))]
        workers: u16,
    },
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    match options.what {
        What::Pipeline => print(&items::pipeline(&runtime)?),
        What::Mpsc => print(&items::mpsc(&runtime)),
        What::Memory => print(&runtime.block_on(memory::measure())?),
        What::Last { items, workers } => print(&runtime.block_on(last::measure(items, workers.into()))?),
    }
}

fn print(figures: &impl Serialize) -> Result<(), Box<dyn Error>> {
    writeln!(io::stdout(), "{}", serde_json::to_string(figures)?)?;
    Ok(())
}
