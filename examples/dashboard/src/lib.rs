//! A page of cards that a TOML file describes: clocks, countdowns, numbers of any HTTP API, streams of events.
//!
//! | file | what |
//! | --- | --- |
//! | `config/` | the file, and what may stand in it |
//! | `dashboard` | what runs behind the cards: a poller or a follower for each source |
//! | `page` | the page of one viewer: which cards, in which time zone |
//! | `cards/` | the cards, each a state of its own that all viewers share |
//! | `sources/` | asking an API: bounded, cached, and politely |
//! | `stream/` | following a stream of server-sent events |
//! | `words`, `now` | time in words; what time it is |
//! | `looks/` | document and layout |
//! | `standin/` | a server that behaves like the real sources, and misbehaves when it is told to |

mod cards;
mod config;
mod dashboard;
mod looks;
mod now;
mod page;
mod sources;
pub mod standin;
mod stream;
mod words;

use firecrest::Endpoint;
use firecrest::security_headers::SecurityHeaders;

pub use config::{Config, ConfigError};
pub use dashboard::{Dashboard, StartError};
pub use sources::TokenError;

use page::Page;

/// The page at `/dashboard`. Its socket at `/live` is mounted by whoever mounts it: several examples can share it. What runs
/// behind the cards ends when the router and all clones of the dashboard are dropped.
pub fn router(endpoint: &Endpoint, dashboard: &Dashboard) -> axum::Router {
    let pages = endpoint
        .pages("/live")
        .root_layout(looks::document)
        .layout(looks::layout)
        .on_mount(dashboard.clone())
        .page::<Page>("/dashboard");
    axum::Router::new().merge(pages).layer(SecurityHeaders::new())
}
