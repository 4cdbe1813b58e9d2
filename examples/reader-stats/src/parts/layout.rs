//! What is around every page and stays when the page changes.

use assets::url;
use firecrest::live::LayoutContext;
use firecrest::prelude::*;

const TABS: [(&str, &str); 2] = [("/blog", "Posts"), ("/blog/stats", "Readers")];

/// The layout of all pages.
pub(crate) fn layout(cx: &LayoutContext<'_>, content: &Html) -> Html {
    html! {
        <header class="bar">
            <a class="brand" {..link::navigate("/blog")}>
                <img src={url("icon.svg")} alt="" width="32" height="32">"Field notes"
            </a>
            <nav class="tabs" aria-label="Pages">
                for (path, name) in TABS, key = path {
                    <a {..link::navigate(path)} aria-current={cx.is_at(path).then_some("page")}>{name}</a>
                }
            </nav>
            <p class="connection" role="status">
                <span data-when="loading">"connecting"</span>
                <span data-when="connected">"live"</span>
                <span data-when="lost">"reconnecting"</span>
            </p>
        </header>
        <p class="lost" role="alert">"The connection is gone. This page comes back by itself."</p>
        <main class="page" id="main" tabindex="-1">{content}</main>
    }
}
