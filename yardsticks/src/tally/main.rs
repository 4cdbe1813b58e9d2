//! What durable counters cost: one process, no sockets, a file in a folder of its own that is removed at the end. It prints a
//! line of JSON.

mod by_hand;
mod later;
mod load;
mod memory;
mod write;

use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use serde::Serialize;
use tempfile::TempDir;

/// Gives memory back as the servers that are compared do.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Measures durable counters.
#[derive(Debug, Parser)]
struct Options {
    /// Where the file is made; beside the program when not given, which is more often on a disk than the system's folder for
    /// temporary files.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum What {
    /// Increments that are on the disk when they are answered, as fast as they go; and the same store driven by hand with
    /// transactions of as many.
    Write,
    /// Increments that nobody waits for, beside a bare atomic number.
    Later,
    /// Memory at a rate of answered increments.
    Memory {
        /// How many in a second.
        #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        per_second: u32,
    },
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let folder = folder(options.folder.as_deref())?;
    match options.what {
        What::Write => print(&write::measure(folder.path()).await?),
        What::Later => print(&later::measure(folder.path()).await?),
        What::Memory { per_second } => print(&memory::measure(folder.path(), per_second).await?),
    }
}

fn folder(within: Option<&Path>) -> io::Result<TempDir> {
    let own = std::env::current_exe()?;
    let within = within.or(own.parent()).ok_or(io::ErrorKind::NotFound)?;
    tempfile::Builder::new().prefix("counters-").tempdir_in(within)
}

fn print(figures: &impl Serialize) -> Result<(), Box<dyn Error>> {
    writeln!(io::stdout(), "{}", serde_json::to_string(figures)?)?;
    Ok(())
}
