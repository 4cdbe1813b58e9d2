//! A blog that knows who reads: a reader is somebody who has looked at a post for ten seconds.
//!
//! | file | what |
//! | --- | --- |
//! | `posts`, `markdown` | the posts: Markdown files of the folder `posts/` |
//! | `pages/post` | a post, for one reader: how long it was seen |
//! | `pages/readers` | what all readers of a post see: how many there are, and where |
//! | `pages/index`, `pages/stats` | the list of posts; the operator's chart |
//! | `blog`, `marks` | counting a reader once for each post and day |
//! | `dwell`, `tags`, `axis` | time, places and a scale, by themselves |
//! | `visitor`, `drafts`, `events` | who it is, who may see a draft, who is told |

mod axis;
mod blog;
mod drafts;
mod dwell;
mod events;
mod markdown;
mod marks;
mod pages;
mod parts;
mod posts;
mod tags;
mod visitor;

use axum::middleware;
use firecrest::Endpoint;
use firecrest::security_headers::SecurityHeaders;

pub use blog::{Blog, BlogError};
pub use drafts::previews;

use pages::{Index, PostPage, Stats};

/// The pages below `/blog`, as one router. Their socket at `/live` is mounted by whoever mounts them: several examples can share
/// it. They count with the endpoint's [tally](Endpoint::tally).
pub fn router(endpoint: &Endpoint, blog: &Blog) -> axum::Router {
    let pages = endpoint
        .pages("/live")
        .root_layout(parts::document)
        .layout(parts::layout)
        .on_mount(blog.clone())
        .shared::<Index>("/blog")
        .page::<PostPage>("/blog/{slug}")
        .shared::<Stats>("/blog/stats");
    axum::Router::new()
        .merge(pages)
        .layer(middleware::from_fn(visitor::remember))
        .layer(endpoint.session_layer())
        .layer(SecurityHeaders::new())
}
