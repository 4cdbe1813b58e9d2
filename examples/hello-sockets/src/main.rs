//! `cargo xtask assets` once, then `cargo run -p hello-sockets`, and open <http://127.0.0.1:4000/hello>.

use firecrest::Endpoint;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt::init();
    let endpoint = Endpoint::from_env()?;
    let app = hello_sockets::router(&endpoint).merge(assets::router());
    endpoint.serve("127.0.0.1:4000", app).await?;
    Ok(())
}
