//! What a careful Rust user writes in an afternoon: axum's WebSocket, small buffers, a task per connection, a broadcast
//! channel per topic, payloads left as they came.
//!
//! The allocator is the system's, as such a user would leave it.

mod message;
mod session;
mod topics;

use std::sync::Arc;

use axum::Router;
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::any;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use yardsticks::{Options, announce};

use topics::Topics;

/// Size of the two buffers of a connection, in bytes; the default would be 128 KiB each.
const BUFFER: usize = 4_096;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app = Router::new().route("/socket/websocket", any(upgrade)).with_state(Arc::new(Topics::default()));
    let listener = TcpListener::bind(Options::from_args().listen).await?;
    announce(listener.local_addr()?)?;
    let listener = listener.tap_io(|socket| {
        // Small messages must not wait for the acknowledgement of the ones before.
        let _ = socket.set_nodelay(true);
    });
    axum::serve(listener, app).await
}

async fn upgrade(State(topics): State<Arc<Topics>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.read_buffer_size(BUFFER).write_buffer_size(BUFFER).on_upgrade(move |socket| async move {
        // Whatever ends a session, nobody is left to be told.
        let _ = session::Session::new(socket, topics).run().await;
    })
}
