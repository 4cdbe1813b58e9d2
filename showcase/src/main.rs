//! One server that mounts every example: `showcase`, then open <http://127.0.0.1:4000>.

mod app;
mod start;

use std::process::ExitCode;

use clap::Parser as _;

/// Gives the memory of connections that have ended back to the system, which the default allocator keeps.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // A StatsD daemon that is away is no news twice a second.
    let filter = tracing_subscriber::EnvFilter::try_from_env("FIRECREST_LOG")
        .unwrap_or_else(|_| "info,metrics_exporter_dogstatsd=off".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match start::run(start::Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("showcase: {error}");
            error.exit_code()
        }
    }
}
