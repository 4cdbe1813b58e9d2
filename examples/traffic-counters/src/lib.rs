//! How often each page was visited, and who is there right now: two numbers that everybody sees move.
//!
//! `traffic.rs` is the application. `pages.rs` says which pages there are, `history.rs` remembers the last minutes, and
//! `looks/` is how all of it looks.

mod history;
mod looks;
mod pages;
mod traffic;

use firecrest::Endpoint;
use firecrest::security_headers::SecurityHeaders;

use traffic::Traffic;

/// The pages at `/traffic`. Their socket at `/live` is mounted by whoever mounts them: several examples can share it. They count
/// with the endpoint's [tally](Endpoint::tally).
pub fn router(endpoint: &Endpoint) -> axum::Router {
    let pages = endpoint
        .pages("/live")
        .root_layout(looks::document)
        .layout(looks::layout)
        .shared::<Traffic>("/traffic")
        .shared::<Traffic>("/traffic/{page}");
    axum::Router::new().merge(pages).layer(SecurityHeaders::new())
}
