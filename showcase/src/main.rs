//! One server that mounts every example: `showcase`, then open <http://127.0.0.1:4000>.

mod app;
mod start;

use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

/// Gives the memory of connections that have ended back to the system, which the default allocator keeps.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // A StatsD daemon that is away is no news twice a second, unless somebody asks.
    let quiet = "metrics_exporter_dogstatsd=off";
    let wanted = std::env::var("FIRECREST_LOG").ok().filter(|wanted| !wanted.is_empty());
    let filter = wanted.and_then(|wanted| EnvFilter::try_new(format!("{quiet},{wanted}")).ok());
    let filter = filter.unwrap_or_else(|| format!("{quiet},info").into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match start::run(start::Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("showcase: {error}");
            error.exit_code()
        }
    }
}
