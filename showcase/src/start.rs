//! Starting the server, or saying clearly why not.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dashboard::{Config, ConfigError, Dashboard, StartError};
use firecrest::endpoint::{self, EndpointBuilder, EndpointError, ServeError};
use firecrest::tally::{OpenError, Tally, TallyError};
use firecrest::telemetry::{Exporters, ExportersError};
use reader_stats::{Blog, BlogError};

use crate::app;

/// One server that mounts every Firecrest example.
///
/// The secret that tokens and sessions are signed with is FIRECREST_SECRET_KEY_BASE, at least 64 bytes; without it a random
/// one is used, unless FIRECREST_ENV is `production`. FIRECREST_HOST and FIRECREST_CHECK_ORIGIN configure the endpoint,
/// FIRECREST_LOG what is logged (`info`, `firecrest=debug`, …). FIRECREST_METRICS says where metrics go: `prometheus`, which is served at
/// /metrics, `statsd` for a daemon at FIRECREST_STATSD (udp://HOST:PORT), or both with a comma between.
#[derive(Debug, clap::Parser)]
#[command(name = "showcase", version)]
pub(crate) struct Options {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, env = "FIRECREST_LISTEN", default_value = "127.0.0.1:4000", value_name = "ADDR")]
    listen: SocketAddr,
    /// Folder for everything that is kept; it is made if it does not exist.
    #[arg(long, env = "FIRECREST_DATA", default_value = "data", value_name = "DIR")]
    data: PathBuf,
    /// Broker that connects this node with others, which share its secret: redis://HOST:PORT, nats://HOST:PORT.
    #[arg(long, env = "FIRECREST_CLUSTER", value_name = "URL", hide_env_values = true)]
    cluster: Option<String>,
    /// This node's name, unique in its cluster; a random one by default.
    #[arg(long, env = "FIRECREST_NODE", value_name = "NAME")]
    node: Option<String>,
    /// The file that says which cards /dashboard shows; without it a page that needs nothing but this program.
    #[arg(long, env = "FIRECREST_DASHBOARD", value_name = "FILE")]
    dashboard: Option<PathBuf>,
}

/// Why the server did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the folder {} cannot be written: {source}. Choose another with --data DIR", path.display())]
    Data { path: PathBuf, source: std::io::Error },
    #[error("{0}. Choose another folder with --data DIR")]
    Counters(#[from] OpenError),
    #[error("{0}. Choose another folder with --data DIR")]
    Blog(#[from] BlogError),
    #[error("cannot listen on {address}: {source}. Choose another address with --listen ADDR")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    #[error("{0}. Choose another file with --dashboard FILE")]
    DashboardFile(#[from] ConfigError),
    #[error("the dashboard: {0}")]
    Dashboard(#[from] StartError),
    #[error(transparent)]
    Metrics(#[from] ExportersError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("the counters were not closed: {0}")]
    Close(#[from] TallyError),
}

impl Error {
    /// A code per kind, so that scripts can tell them apart: 2 configuration, 3 address, 4 data folder, 1 anything else.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Error::Endpoint(_) | Error::DashboardFile(_) | Error::Dashboard(_) | Error::Metrics(_) => 2,
            Error::Listen { .. } => 3,
            Error::Data { .. } | Error::Counters(_) | Error::Blog(_) => 4,
            Error::Serve(_) | Error::Close(_) => 1,
        })
    }
}

/// Runs the server until it is told to stop.
pub(crate) async fn run(
    Options { listen, data, cluster, node, dashboard: file }: Options,
) -> Result<(), Error> {
    let metrics = Exporters::from_env()?.install()?;
    let mut builder = EndpointBuilder::from_env()?;
    if let Some(url) = cluster {
        builder = builder.cluster_url(&url)?;
    }
    if let Some(node) = node {
        builder = builder.node(node);
    }
    let cards = file.map(|file| Config::read(file, None)).transpose()?;
    check_writable(&data).map_err(|source| Error::Data { path: data.clone(), source })?;
    let error = |source| Error::Listen { address: listen, source };
    let listener = endpoint::listen(listen).await.map_err(|refused| match refused {
        ServeError::Listen { source, .. } => error(source),
        other => Error::Serve(other),
    })?;
    tracing::info!(folder = %std::path::absolute(&data).unwrap_or_default().display(), "data is kept here");
    let tally = Tally::open(data.join("tally.redb")).await?;
    let blog = Blog::open(data.join("blog.redb"))?;
    let endpoint = builder.tally(tally.clone()).build()?;
    let dashboard = match cards {
        Some(cards) => Dashboard::start(&endpoint, cards)?,
        None => Dashboard::demo(&endpoint).await?,
    };
    // Scripts that asked for port 0 wait for this line.
    println!("listening on http://{}", listener.local_addr().map_err(error)?);
    endpoint.serve_on(listener, app::router(&endpoint, &blog, &dashboard, &metrics)).await?;
    Ok(tally.close().await?)
}

/// Makes the folder and writes a file that vanishes again.
fn check_writable(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    tempfile::tempfile_in(folder).map(drop)
}
