//! The document around every page.

use assets::url;
use firecrest::live::Document;
use firecrest::prelude::*;

/// Head, styles, the one script, and the page.
pub(crate) fn document(document: &Document<'_>) -> Html {
    html! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                {document.title_element("Live pages", " · Firecrest")}
                {document.head()}
                <link rel="icon" type="image/svg+xml" href={url("icon.svg")}>
                for style in ["base.css", "live.css", "live-demo.css"] { <link rel="stylesheet" href={url(style)}> }
                <script type="module" src={url("live.js")}></script>
            </head>
            <body>
                <a class="skip" href="#main">"Skip to the page"</a>
                {document.content()}
                <div id="dialogs"></div>
            </body>
        </html>
    }
}
