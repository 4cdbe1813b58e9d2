//! The whole document around a page's main view (spec §1.2, §1.3).

use axum::response::Response;
use firecrest_live::{Html, Raw, html};
use http::StatusCode;

use super::client::CLIENT_URL;
use super::{Flash, respond};

/// A root layout: the document, from `<!DOCTYPE html>` on. It is rendered once and never updated.
///
/// It must show [`head`](Document::head), a script that starts a `LiveSocket`, and [`content`](Document::content).
pub type RootLayout = fn(&Document<'_>) -> Html;

/// What a root layout can show.
#[derive(Debug)]
pub struct Document<'a> {
    pub(super) title: Option<&'a str>,
    pub(super) flash: &'a Flash,
    pub(super) uri: &'a str,
    pub(super) content: &'a str,
    pub(super) csrf: String,
    pub(super) socket: &'a str,
    pub(super) base: &'a str,
}

impl<'a> Document<'a> {
    /// The page's title, when the view has set one.
    pub fn title(&self) -> Option<&'a str> {
        self.title
    }

    /// Messages to show where no live layout shows them.
    pub fn flash(&self) -> &'a Flash {
        self.flash
    }

    /// Path and query of the page.
    pub fn uri(&self) -> &'a str {
        self.uri
    }

    /// A path below the [base](super::LiveMount::base) of the mount, with it: for links, scripts and styles.
    pub fn path(&self, path: &str) -> String {
        super::address::below(self.base, path)
    }

    /// The main view in its container.
    pub fn content(&self) -> Raw<&'a str> {
        Raw(self.content)
    }

    /// The CSRF token of the page: for forms, and for the socket's `_csrf_token` parameter (F145).
    pub fn csrf_token(&self) -> &str {
        &self.csrf
    }

    /// What the client's script reads: `<meta name="csrf-token">`, and `<meta name="live-socket">` with the socket's path.
    pub fn head(&self) -> Html {
        head(&self.csrf, self.socket)
    }

    /// The title element. The client puts every title the view sets between prefix and suffix, and shows the default where there
    /// is none (F028).
    pub fn title_element(&self, default: &str, suffix: &str) -> Html {
        html! {
            <title data-default={default} data-suffix={suffix}>{self.title.unwrap_or(default)} {suffix}</title>
        }
    }
}

/// What the client's script reads.
pub(super) fn head(csrf: &str, socket: &str) -> Html {
    html! {
        <meta name="csrf-token" content={csrf}>
        <meta name="live-socket" content={socket}>
    }
}

/// The root layout of an application that has none of its own.
pub(super) fn plain(document: &Document<'_>) -> Html {
    html! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                {document.head()}
                {document.title_element("Firecrest", "")}
                <script type="module" src={document.path(CLIENT_URL)}></script>
            </head>
            <body>{document.content()}</body>
        </html>
    }
}

/// A page that says what went wrong, in the words of HTTP.
pub(super) fn error_page(status: StatusCode) -> Response {
    let reason = status.canonical_reason().unwrap_or("Error");
    let page = html! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>{reason}</title>
            </head>
            <body><main><h1>{status.as_u16()}</h1><p>{reason}</p></main></body>
        </html>
    };
    respond::html(status, page.to_string())
}
