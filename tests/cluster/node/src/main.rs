//! A node of a cluster, for the tests with several processes: rooms that broadcast, lobbies with presence, and a few
//! routes through which a test asks and tells it things.
//!
//! A crate of its own for its *audience*: only tests talk to it.

mod app;
mod gaps;
mod hub;
mod lobby;
mod options;
mod room;
mod socket;

use clap::Parser as _;
use firecrest::endpoint;
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::app::App;
use crate::gaps::Gaps;
use crate::hub::News;
use crate::options::Options;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("FIRECREST_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(std::io::stderr).init();
    let options = Options::parse();
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let listener = endpoint::listen(options.listen).await?;
    let endpoint = options.endpoint()?;
    let gaps = Gaps::watch(&endpoint);
    // The tests asked for port 0 and wait for this line.
    println!("listening on http://{}", listener.local_addr()?);
    let app = app::router(App { endpoint: endpoint.clone(), gaps, metrics });
    let app = hub::router(&endpoint, News::start(&endpoint)?, app);
    endpoint.serve_on(listener, app).await?;
    Ok(())
}
