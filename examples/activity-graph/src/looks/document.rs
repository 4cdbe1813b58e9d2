//! The document around the page.

use assets::url;
use firecrest::live::Document;
use firecrest::prelude::*;

/// Head, styles, scripts, and the page.
pub(crate) fn document(document: &Document<'_>) -> Html {
    html! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                {document.title_element("Activity", " · Firecrest")}
                {document.head()}
                <link rel="icon" type="image/svg+xml" href={url("icon.svg")}>
                for style in ["base.css", "live.css", "activity.css"] { <link rel="stylesheet" href={url(style)}> }
                // In this order: the second takes over what the first has to offer.
                for script in ["activity.js", "live.js"] { <script type="module" src={url(script)}></script> }
            </head>
            <body>
                <a class="skip" href="#main">"Skip to the page"</a>
                <noscript>
                    <p class="still">"Without JavaScript there are numbers only, as they were when the page was loaded."</p>
                </noscript>
                {document.content()}
            </body>
        </html>
    }
}
