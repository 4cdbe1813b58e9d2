//! `cargo xtask assets` once, then `cargo run -p traffic-counters`, and open <http://127.0.0.1:4000/traffic> twice.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::response::Redirect;
use axum::routing::get;
use clap::Parser as _;
use firecrest::endpoint::EndpointBuilder;
use firecrest::tally::Tally;

/// How often each page was visited, and who is there right now.
#[derive(clap::Parser)]
#[command(name = "traffic-counters", version)]
struct Options {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:4000", value_name = "ADDR")]
    listen: SocketAddr,
    /// Folder for everything that is kept; it is made if it does not exist.
    #[arg(long, env = "FIRECREST_DATA", default_value = "data", value_name = "DIR")]
    data: PathBuf,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let Options { listen, data } = Options::parse();
    std::fs::create_dir_all(&data)?;
    tracing::info!(folder = %std::path::absolute(&data)?.display(), "visits are kept here");
    let tally = Tally::open(data.join("tally.redb")).await?;
    let endpoint = EndpointBuilder::from_env()?.tally(tally.clone()).build()?;
    let listener = firecrest::endpoint::listen(listen).await?;
    // Scripts that asked for port 0 wait for this line.
    println!("listening on http://{}", listener.local_addr()?);
    let app = traffic_counters::router(&endpoint)
        .merge(endpoint.live("/live"))
        .merge(assets::router())
        .route("/", get(async || Redirect::to("/traffic")));
    endpoint.serve_on(listener, app).await?;
    Ok(tally.close().await?)
}
