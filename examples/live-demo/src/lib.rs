//! Live pages, one small file each.
//!
//! A page is a view and its template, in `pages/`. What they share is in `parts/`: the document, the layout with its
//! menu, and a few components. `session.rs` is the part of a login that only HTTP can do: it sets the cookie.

mod birds;
mod menu;
mod pages;
mod parts;
mod session;

use firecrest::Endpoint;
use firecrest::security_headers::SecurityHeaders;

use menu::Titles;
use pages::{Commands, Counter, Flock, Guide, Index, Keys, Members, RequireName, SignUp, Views};

/// The pages and their socket, as one router.
pub fn router(endpoint: &Endpoint) -> axum::Router {
    let pages = endpoint
        .live("/live")
        .root_layout(parts::document)
        .layout(parts::layout)
        .on_mount(Titles)
        .page::<Index>("/live-demo")
        .page::<Counter>("/counter")
        .page::<SignUp>("/live-demo/form")
        .page::<Flock>("/live-demo/list")
        .page::<Guide>("/live-demo/pages")
        .page::<Guide>("/live-demo/pages/{bird}")
        .page::<Views>("/live-demo/nested")
        .page::<Commands>("/live-demo/modal")
        .page::<Keys>("/live-demo/keys")
        .session("members", |members| {
            members.on_mount(Titles).on_mount(RequireName).page::<Members>("/live-demo/members")
        });
    axum::Router::new().merge(pages).merge(session::router(endpoint)).layer(SecurityHeaders::new())
}
