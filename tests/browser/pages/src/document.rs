//! The documents around the pages: one script, and what the client's timers are in each live session.

use firecrest::live::Document;
use firecrest::prelude::*;

/// The client as applications have it.
pub(crate) fn plain(document: &Document<'_>) -> Html {
    page(document, &json!({}))
}

/// A client that loads a page soon where it has to.
pub(crate) fn quick(document: &Document<'_>) -> Html {
    page(document, &json!({ "reloadJitterMin": 50, "reloadJitterMax": 500 }))
}

/// The client as applications have it, and room for what is shown outside the views.
pub(crate) fn roomy(document: &Document<'_>) -> Html {
    let room = html! { <div id="root-portal"></div> };
    whole(document, &json!({}), &room)
}

/// A client whose every wait is short, so that a test can wait for the last of them.
pub(crate) fn impatient(document: &Document<'_>) -> Html {
    let options = json!({
        "reloadJitterMin": 50,
        "reloadJitterMax": 50,
        "maxReloads": 5,
        "failsafeJitter": 1000,
        "rejoinAfterMs": 50,
    });
    page(document, &options)
}

fn page(document: &Document<'_>, options: &serde_json::Value) -> Html {
    whole(document, options, &Html::empty())
}

fn whole(document: &Document<'_>, options: &serde_json::Value, after: &Html) -> Html {
    html! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8">
                {document.head()}
                <meta name="live-options" content={options.to_string()}>
                {document.title_element("Pages", "")}
                <link rel="icon" href="data:,">
                <link rel="stylesheet" href="/pages/pages.css">
                <script type="module" src="/pages/boot.js"></script>
            </head>
            <body>{document.content()} {after}</body>
        </html>
    }
}
