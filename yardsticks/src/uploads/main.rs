//! What it costs to send a file to a live view, beside an ordinary HTTP request to the same server that does the same with it: into
//! a temporary file, a chunk at a time. Server and client are one process. It prints a line of JSON.

mod http;
mod live;
mod server;

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};

use bytes::Bytes;
use clap::{Parser, Subcommand};
use serde::Serialize;
use tokio::time::Instant;

use server::Server;

/// Gives memory back as the servers that are compared do.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Bytes that are sent at once, either way.
const CHUNK: usize = 64_000;

/// Measures files on their way to the server.
#[derive(Debug, Parser)]
struct Options {
    #[command(subcommand)]
    how: How,
    /// How large the file is, in chunks of 64,000 bytes.
    #[arg(long, global = true, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    chunks: u32,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum How {
    /// With a request of HTTP.
    Http,
    /// As the official client does over the socket: a chunk, its answer, the progress, the next chunk.
    Live,
}

/// What was found out.
#[derive(Debug, Serialize)]
struct Figures {
    /// Millions of bytes in a second.
    megabytes_per_second: f64,
    /// The most that the process has had at any time.
    memory_bytes: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let server = Server::start().await?;
    let file = File { chunk: Bytes::from(vec![b'x'; CHUNK]), chunks: options.chunks };
    let spent = match options.how {
        How::Http => http::send(&server, &file).await?,
        How::Live => live::send(&server, &file).await?,
    };
    if server.taken() != [file.size()] {
        return Err(format!("{:?} bytes have arrived instead of {}", server.taken(), file.size()).into());
    }
    let megabytes_per_second = file.size() as f64 / 1e6 / spent;
    let figures = Figures { megabytes_per_second, memory_bytes: peak_memory()? };
    writeln!(io::stdout(), "{}", serde_json::to_string(&figures)?)?;
    Ok(())
}

/// A file of equal chunks, of which one is in memory.
struct File {
    chunk: Bytes,
    chunks: u32,
}

impl File {
    fn size(&self) -> u64 {
        self.chunk.len() as u64 * u64::from(self.chunks)
    }
}

fn seconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}

/// Of this process, in bytes.
fn peak_memory() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")).ok_or("the peak is not known")?;
    Ok(kibibytes.trim().parse::<u64>()? * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_ways_bring_the_whole_file() {
        let server = Server::start().await.unwrap();
        let file = File { chunk: Bytes::from_static(&[7; 1_000]), chunks: 25 };
        for spent in [http::send(&server, &file).await.unwrap(), live::send(&server, &file).await.unwrap()] {
            assert!(spent > 0.0);
        }
        assert_eq!(server.taken(), [25_000, 25_000]);
    }
}
