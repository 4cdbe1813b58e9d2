//! All requests of a server as a line that moves, for everybody who looks at the same time.
//!
//! `page.rs` is the application: what everybody is told of each tick. `history.rs` is what browsers are told
//! of the ticks before, `rows.rs` makes a table of them, and `looks/` is how all of it looks. The counting is Firecrest's: [`firecrest::activity`].

mod history;
mod looks;
mod page;
mod rows;

use axum::Extension;
use firecrest::Endpoint;
use firecrest::activity::{Graph, GraphOptions};
use firecrest::security_headers::SecurityHeaders;

use history::{POINTS, TICK};
use page::Page;

/// The page at `/activity`. Its socket at `/live` is mounted by whoever mounts it: several examples can share it. It shows the
/// requests that go through an [`ActivityLayer`](firecrest::activity::ActivityLayer), which is theirs to put around the whole
/// application.
pub fn router(endpoint: &Endpoint) -> axum::Router {
    let graph = Graph::start(endpoint, GraphOptions::default().tick(TICK).points(POINTS));
    let pages = endpoint
        .pages("/live")
        .root_layout(looks::document)
        .layout(looks::layout)
        .shared::<Page>("/activity");
    // Whoever comes first sees what was before: it is counted for as long as there is a router, and not only while somebody looks.
    axum::Router::new().merge(pages).layer(Extension(graph)).layer(SecurityHeaders::new())
}
