//! The pages' scripts: our modules, and beside them the official clients as their packages have them.

use std::path::Path;

use axum::Router;
use axum::extract;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

/// Where `npm ci` has put the clients.
const PACKAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../assets/node_modules");

const MODULES: [(&str, &str); 5] = [
    ("boot.js", include_str!("../js/boot.js")),
    ("feedback.js", include_str!("../js/feedback.js")),
    ("hooks.js", include_str!("../js/hooks.js")),
    ("unsaved.js", include_str!("../js/unsaved.js")),
    ("uploaders.js", include_str!("../js/uploaders.js")),
];

const CLIENTS: [(&str, &str); 2] = [
    ("phoenix.mjs", "phoenix/priv/static/phoenix.mjs"),
    ("phoenix_live_view.mjs", "phoenix_live_view/priv/static/phoenix_live_view.esm.js"),
];

/// Serves everything under `/pages/`.
pub(crate) fn router() -> Router {
    Router::new().route("/pages/{name}", get(serve))
}

async fn serve(extract::Path(name): extract::Path<String>) -> Response {
    if name == "pages.css" {
        return file("text/css; charset=utf-8", include_str!("../js/pages.css").to_owned());
    }
    let script = "text/javascript; charset=utf-8";
    if let Some((_, module)) = MODULES.iter().find(|(known, _)| *known == name) {
        return file(script, (*module).to_owned());
    }
    let Some((_, path)) = CLIENTS.iter().find(|(known, _)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match tokio::fs::read_to_string(Path::new(PACKAGES).join(path)).await {
        Ok(client) => file(script, client),
        Err(error) => {
            tracing::error!(%error, path, "the client is missing: run `cargo xtask assets` first");
            StatusCode::NOT_FOUND.into_response()
        }
    }
}

fn file(kind: &'static str, text: String) -> Response {
    // Pages that are loaded again and again should not ask for the client each time.
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "private, max-age=3600")], text).into_response()
}
