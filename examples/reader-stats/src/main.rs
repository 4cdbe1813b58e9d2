//! `cargo xtask assets` once, then `cargo run -p reader-stats`, and open <http://127.0.0.1:4000/blog>.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::response::Redirect;
use axum::routing::get;
use clap::Parser as _;
use firecrest::endpoint::EndpointBuilder;
use firecrest::prelude::*;
use firecrest::session::SessionConfig;
use firecrest::tally::Tally;
use reader_stats::Blog;

/// A blog that knows who reads.
#[derive(clap::Parser)]
#[command(name = "reader-stats", version)]
struct Options {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:4000", value_name = "ADDR")]
    listen: SocketAddr,
    /// Folder for everything that is kept; it is made if it does not exist.
    #[arg(long, env = "FIRECREST_DATA", default_value = "data", value_name = "DIR")]
    data: PathBuf,
    /// How long a post must be seen to be read.
    #[arg(long, default_value_t = 10.0, value_name = "SECONDS", value_parser = seconds)]
    dwell: f32,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let Options { listen, data, dwell } = Options::parse();
    std::fs::create_dir_all(&data)?;
    let tally = Tally::open(data.join("tally.redb")).await?;
    let blog = Blog::open(data.join("blog.redb"))?.dwell(Duration::from_secs_f32(dwell));
    // A visitor is known for as long as a mark of the day is kept, also after the browser was closed.
    let session = SessionConfig::new("reader-stats").max_age(2 * DAY);
    let endpoint = EndpointBuilder::from_env()?.session(session).tally(tally.clone()).build()?;
    let listener = firecrest::endpoint::listen(listen).await?;
    let address = format!("http://{}", listener.local_addr()?);
    for preview in reader_stats::previews(&endpoint) {
        println!("a draft, for a day: {address}{preview}");
    }
    // Scripts that asked for port 0 wait for this line.
    println!("listening on {address}");
    let app = reader_stats::router(&endpoint, &blog)
        .merge(endpoint.live("/live"))
        .merge(assets::router())
        .route("/", get(async || Redirect::to("/blog")));
    endpoint.serve_on(listener, app).await?;
    Ok(tally.close().await?)
}

fn seconds(text: &str) -> Result<f32, String> {
    let seconds: f32 = text.parse().map_err(|_| "no number".to_owned())?;
    if (0.0..=86_400.0).contains(&seconds) { Ok(seconds) } else { Err("not between 0 and a day".to_owned()) }
}
