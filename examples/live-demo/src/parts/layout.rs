//! What is around every page and stays when the page changes: menu, title, messages, radio.

use firecrest::live::js::{self, Push};
use firecrest::live::{Flash, LayoutContext};
use firecrest::prelude::*;

use super::Firecrest;
use crate::menu::{INDEX, PAGES, Page};
use crate::pages::Radio;

/// The layout of all pages.
pub(crate) fn layout(cx: &LayoutContext<'_>, content: &Html) -> Html {
    let here = Page::at(cx.uri());
    html! {
        <header class="bar">
            <a class="brand" {..link::navigate(INDEX.path)} aria-current={(here == &INDEX).then_some("page")}>
                <Firecrest size="36"/>{INDEX.title}
            </a>
            <nav class="tabs" aria-label="Pages">
                for page in &PAGES, key = page.path {
                    <a {..link::navigate(page.path)} aria-current={(page == here).then_some("page")}>{page.title}</a>
                }
            </nav>
            <p class="connection" role="status">
                <span data-when="loading">"connecting"</span>
                <span data-when="connected">"live"</span>
                <span data-when="lost">"reconnecting"</span>
            </p>
        </header>
        <p class="lost" role="alert">"The connection is gone. This page comes back by itself."</p>
        <main class="page" id="main" tabindex="-1">
            <div class="intro">
                <h1>{cx.title()}</h1>
                <p class="lede">{here.about}</p>
            </div>
            <div class="body">{content}</div>
            <Source page={here}/>
        </main>
        {nested::<Radio>("radio").sticky()}
        <Flashes flash={cx.flash()}/>
    }
}

/// The code of a page. It is open as long as the visitor wants it to be, whatever the server says.
#[component]
fn Source(page: &Page) -> Html {
    html! {
        <details class="source" id={format!("source-{}", page.title)} open={page.path == "/counter"}
            phx-mounted={js::ignore_attributes("open")}>
            <summary>"The source of this page"</summary>
            <pre tabindex="0" role="region" aria-label="Source"><code>{page.source}</code></pre>
        </details>
    }
}

/// Messages that are shown until they are closed or the page changes.
#[component]
fn Flashes(flash: &Flash) -> Html {
    html! {
        <div class="flashes" aria-live="polite">
            for (kind, message) in flash.iter(), key = kind {
                <p class="flash" id={format!("flash-{kind}")} data-kind={kind}>
                    <span>{message}</span>
                    <button type="button" aria-label="Close"
                        phx-click={js::push(Push::new("lv:clear-flash").value("key", kind))}>"✕"</button>
                </p>
            }
        </div>
    }
}
