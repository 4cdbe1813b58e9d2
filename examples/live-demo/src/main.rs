//! `cargo xtask assets` once, then `cargo run -p live-demo`, and open <http://127.0.0.1:4000/live-demo>.

use std::net::SocketAddr;

use axum::response::Redirect;
use axum::routing::get;
use clap::Parser as _;
use firecrest::Endpoint;

/// Live pages, one small file each.
#[derive(clap::Parser)]
#[command(name = "live-demo", version)]
struct Options {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:4000", value_name = "ADDR")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let Options { listen } = Options::parse();
    let endpoint = Endpoint::from_env()?;
    let listener = firecrest::endpoint::listen(listen).await?;
    // Scripts that asked for port 0 wait for this line.
    println!("listening on http://{}", listener.local_addr()?);
    let home = get(async || Redirect::to("/live-demo"));
    let app = live_demo::router(&endpoint).merge(assets::router()).route("/", home);
    endpoint.serve_on(listener, app).await?;
    Ok(())
}
