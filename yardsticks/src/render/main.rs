//! What a page costs to render: one process, one thread, no sockets. It prints a line of JSON with processor time in
//! nanoseconds and sizes in bytes.

mod board;
mod measure;
mod page;
mod stream;

use std::error::Error;
use std::io::{self, Write as _};

use clap::Parser;
use yardsticks::ENOUGH;

use crate::measure::measure;
use crate::page::Page;

/// Gives memory back as the servers that are compared do.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Measures rendering and diffs without a server.
#[derive(Debug, Parser)]
struct Options {
    /// Rows of the page, of five cells each.
    #[arg(default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    rows: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let figures = measure(&mut Page::new(options.rows), ENOUGH)?;
    writeln!(io::stdout(), "{}", serde_json::to_string(&figures)?)?;
    Ok(())
}
