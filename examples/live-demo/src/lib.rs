//! Live pages, one small file each.
//!
//! A page is a view and its template, in `pages/`. What they share is in `parts/`: the document, the layout with its
//! menu, and a few components. `session.rs` is the part of a login that only HTTP can do: it sets the cookie.

mod birds;
mod menu;
mod pages;
mod parts;
mod photos;
mod session;
mod shop;

use firecrest::Endpoint;
use firecrest::security_headers::SecurityHeaders;

use menu::Titles;
use pages::{
    Board, Commands, Counter, Endless, Flock, Gallery, Guide, Index, Keys, Members, Order, RequireName,
    Search, SignUp, Views,
};

/// The pages and their socket, as one router.
pub fn router(endpoint: &Endpoint) -> axum::Router {
    let photos = photos::Photos::default();
    let pages = endpoint
        .live("/live")
        .root_layout(parts::document)
        .layout(parts::layout)
        .upload_folder(photos::folder())
        .on_mount(Titles)
        .on_mount(photos.clone())
        .page::<Index>("/live-demo")
        .page::<Counter>("/counter")
        .page::<SignUp>("/live-demo/form")
        .page::<Order>("/live-demo/order")
        .page::<Flock>("/live-demo/list")
        .page::<Endless>("/live-demo/endless")
        .page::<Search>("/live-demo/search")
        .page::<Guide>("/live-demo/pages")
        .page::<Guide>("/live-demo/pages/{bird}")
        .page::<Views>("/live-demo/nested")
        .page::<Board>("/live-demo/components")
        .page::<Gallery>("/live-demo/gallery")
        .page::<Commands>("/live-demo/modal")
        .page::<Keys>("/live-demo/keys")
        .session("members", |members| {
            members.on_mount(Titles).on_mount(RequireName).page::<Members>("/live-demo/members")
        });
    axum::Router::new()
        .merge(pages)
        .merge(session::router(endpoint))
        .merge(shop::router(endpoint))
        .merge(photos::router(photos))
        .layer(SecurityHeaders::new().content_security_policy(photos::POLICY))
}
