//! `cargo xtask assets` once, then `cargo run -p activity-graph`, and open <http://127.0.0.1:4000/activity> twice.

use std::net::SocketAddr;

use axum::response::Redirect;
use axum::routing::get;
use clap::Parser as _;
use firecrest::activity::ActivityLayer;
use firecrest::prelude::*;

/// All requests of this server as a line that moves.
#[derive(clap::Parser)]
#[command(name = "activity-graph", version)]
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
    let app = activity_graph::router(&endpoint)
        .merge(endpoint.live("/live"))
        .merge(assets::router())
        .route("/", get(async || Redirect::to("/activity")))
        // Around everything: what it does not see does not count.
        .layer(ActivityLayer::new(&endpoint));
    endpoint.serve_on(listener, app).await?;
    Ok(())
}
