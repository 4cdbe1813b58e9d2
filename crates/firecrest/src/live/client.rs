//! The official client, for applications that bundle no scripts of their own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::response::IntoResponse as _;
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use sha2::{Digest as _, Sha256};

/// Where the plain root layout looks for the client.
pub(super) const CLIENT_URL: &str = "/assets/live.js";

/// The builds for browsers, below the folder of npm's packages.
const BUILDS: [&str; 2] =
    ["phoenix/priv/static/phoenix.min.js", "phoenix_live_view/priv/static/phoenix_live_view.min.js"];

const BOOT: &str = include_str!("boot.js");

/// A build that is not there.
#[derive(Debug, thiserror::Error)]
#[error(
    "the client cannot be served: {path}: {error}; `npm install phoenix phoenix_live_view` puts it there"
)]
pub(super) struct ClientError {
    path: PathBuf,
    error: std::io::Error,
}

/// Reads the client from the folder of npm's packages, and serves it with what starts it, below a base.
pub(super) fn router<S: Clone + Send + Sync + 'static>(
    packages: &Path,
    base: &str,
) -> Result<Router<S>, ClientError> {
    let script: Arc<str> = script(packages)?.into();
    let digest = Sha256::digest(script.as_bytes());
    let etag: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let etag: Arc<str> = format!("\"{etag}\"").into();
    let serve = move |headers: HeaderMap| async move {
        let caching = [(ETAG, etag.to_string()), (CACHE_CONTROL, "no-cache".to_owned())];
        if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
            return (StatusCode::NOT_MODIFIED, caching).into_response();
        }
        (caching, [(CONTENT_TYPE, "text/javascript; charset=utf-8")], script.to_string()).into_response()
    };
    Ok(Router::new().route(&format!("{base}{CLIENT_URL}"), get(serve)))
}

fn script(packages: &Path) -> Result<String, ClientError> {
    let mut script = String::new();
    for build in BUILDS {
        let path = packages.join(build);
        let text = std::fs::read_to_string(&path).map_err(|error| ClientError { path, error })?;
        script.push_str(&text);
        script.push('\n');
    }
    Ok(script + BOOT)
}
