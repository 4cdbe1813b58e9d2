//! What is around every page: the way to the others, and whether the numbers are live.

use assets::url;
use firecrest::live::LayoutContext;
use firecrest::prelude::*;

use crate::pages::{PAGES, Page};

/// The layout of all pages.
pub(crate) fn layout(cx: &LayoutContext<'_>, content: &Html) -> Html {
    let here = Page::at(cx.uri());
    html! {
        <header class="bar">
            <a class="brand" href="/"><img src={url("icon.svg")} alt="" width="36" height="36">"Traffic"</a>
            <nav class="tabs" aria-label="Pages">
                for page in &PAGES, key = page.path {
                    <a {..link::navigate(page.path)} aria-current={(Some(page) == here).then_some("page")}>
                        {page.title}
                    </a>
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
