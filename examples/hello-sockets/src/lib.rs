//! Every channel technique, one small channel each.
//!
//! Three sockets: [`UserSocket`] for anybody, [`AuthSocket`] behind a signed token, [`StatsSocket`] with metrics. Their
//! channels are in `channels/`, what is pushed to a user comes through the pipeline in `pipeline.rs`, and the page at `/hello` runs
//! them all with the official client.

mod channels;
mod page;
mod pipeline;
mod sockets;

use firecrest::Endpoint;

pub use sockets::{AUTH_SALT, AuthSocket, StatsSocket, UserSocket};

/// The sockets and the page, as one router. Starts the workers of the pipeline.
///
/// # Panics
/// Outside of a tokio runtime.
pub fn router(endpoint: &Endpoint) -> axum::Router {
    axum::Router::new()
        .merge(endpoint.socket::<UserSocket>("/socket"))
        .merge(endpoint.socket::<AuthSocket>("/auth_socket").auth_token(true))
        .merge(endpoint.socket::<StatsSocket>("/stats_socket"))
        .merge(page::router(endpoint, pipeline::start(endpoint)))
}
