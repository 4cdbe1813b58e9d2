//! `cargo xtask assets` once, then `cargo run -p dashboard`, and open <http://127.0.0.1:4000/dashboard>.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::response::Redirect;
use axum::routing::get;
use clap::Parser as _;
use dashboard::standin::StandIn;
use dashboard::{Config, Dashboard};
use firecrest::Endpoint;

/// A page of cards from a configuration file.
#[derive(clap::Parser)]
#[command(name = "dashboard", version)]
struct Options {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:4000", value_name = "ADDR")]
    listen: SocketAddr,
    /// The file that says which cards there are; without it a page that needs nothing but this program.
    #[arg(long, env = "FIRECREST_DASHBOARD", value_name = "FILE")]
    dashboard: Option<PathBuf>,
    /// Address for a server that behaves like the sources of that page, and misbehaves when it is told to; `http://stand-in` in
    /// the file is this address. Without a file there is one, on a free address of this machine, that cannot be told anything.
    #[arg(long, value_name = "ADDR")]
    standin: Option<SocketAddr>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let Options { listen, dashboard: file, standin } = Options::parse();
    let endpoint = Endpoint::from_env()?;
    let stand_in = match standin {
        Some(address) => Some(StandIn::start(address).await?.with_controls().await?),
        None => None,
    };
    let config = match (file, &stand_in) {
        (Some(file), stand_in) => Some(Config::read(file, stand_in.as_ref().map(StandIn::address))?),
        (None, Some(stand_in)) => Some(Config::demo(stand_in.address())),
        (None, None) => None,
    };
    let dashboard = match config {
        Some(config) => Dashboard::start(&endpoint, config)?,
        None => Dashboard::demo(&endpoint).await?,
    };
    if let Some(controls) = stand_in.as_ref().and_then(StandIn::controls_address) {
        tracing::info!("the stand-in is told what to do at http://{controls}");
    }
    let listener = firecrest::endpoint::listen(listen).await?;
    // Scripts that asked for port 0 wait for this line.
    println!("listening on http://{}", listener.local_addr()?);
    let app = dashboard::router(&endpoint, &dashboard)
        .merge(endpoint.live("/live"))
        .merge(assets::router())
        .route("/", get(async || Redirect::to("/dashboard")));
    endpoint.serve_on(listener, app).await?;
    Ok(())
}
