//! The pages that the tests in a real browser need and no example would want: that crash, block, and patch themselves.
//!
//! A crate of its own for its *audience*: only tests visit it.

mod app;
mod document;
mod gate;
mod pages;
mod scripts;
mod serial;

use std::net::SocketAddr;

use clap::Parser as _;
use firecrest::{Endpoint, endpoint};

/// Live pages for the tests in a real browser.
#[derive(Debug, clap::Parser)]
#[command(name = "live-pages", version)]
struct Options {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("FIRECREST_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let Options { listen } = Options::parse();
    let endpoint = Endpoint::from_env()?;
    let listener = endpoint::listen(listen).await?;
    // The tests asked for port 0 and wait for this line.
    println!("listening on http://{}", listener.local_addr()?);
    endpoint.serve_on(listener, app::router(&endpoint)).await?;
    Ok(())
}
