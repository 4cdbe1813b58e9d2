//! What the registry of topics costs as it grows: one process, one thread, no sockets. Each size prints a line of JSON
//! with processor time in nanoseconds.

mod load;
mod registry;

use std::error::Error;
use std::io::{self, Write as _};

use clap::{Parser, ValueEnum};
use firecrest_pubsub::PubSub;
use yardsticks::ENOUGH;

use crate::registry::{PlainMap, Registry};

/// Gives memory back as the servers that are compared do.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Measures the registry of topics without a server.
#[derive(Debug, Parser)]
struct Options {
    /// What there are many of.
    what: What,
    /// How many, each measured after the other.
    #[arg(default_values_t = [1_000, 10_000, 100_000], value_parser = clap::value_parser!(u64).range(1_000..=1_000_000))]
    sizes: Vec<u64>,
    /// Measure a plain map instead: the least that any registry must do.
    #[arg(long)]
    plain: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// Topics with one subscriber each: a subscribe, a broadcast and an unsubscribe.
    Topics,
    /// Subscribers of one topic: a subscribe and an unsubscribe.
    Subscribers,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    for size in options.sizes {
        let line = if options.plain {
            measure::<PlainMap>(options.what, size)
        } else {
            measure::<PubSub>(options.what, size)
        };
        writeln!(io::stdout(), "{}", line?)?;
    }
    Ok(())
}

fn measure<R: Registry>(what: What, size: u64) -> serde_json::Result<String> {
    match what {
        What::Topics => serde_json::to_string(&load::topics::<R>(size, ENOUGH)),
        What::Subscribers => serde_json::to_string(&load::subscribers::<R>(size, ENOUGH)),
    }
}
