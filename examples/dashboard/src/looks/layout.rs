//! What is around the page: where it comes from, and whether it is live.

use assets::url;
use firecrest::live::LayoutContext;
use firecrest::prelude::*;

/// The layout of the page.
pub(crate) fn layout(_cx: &LayoutContext<'_>, content: &Html) -> Html {
    html! {
        <header class="bar">
            <a class="brand" href="/"><img src={url("icon.svg")} alt="" width="36" height="36">"Dashboard"</a>
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
