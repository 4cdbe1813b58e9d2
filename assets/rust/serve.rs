//! Serving the bundle: compressed beforehand, and asked for once.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, StatusCode};
use rust_embed::EmbeddedFile;

use crate::Bundle;

/// Bytes of a file's SHA-256 that tell its versions apart.
const VERSION_BYTES: usize = 8;

/// Serves the bundle under `/assets/`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{*file}", get(serve))
}

/// The address of a bundled file. It changes when the file does, so that browsers may keep the file for ever.
pub fn url(file: &str) -> String {
    let version = Bundle::get(file).map(|file| version(&file)).unwrap_or_default();
    format!("/assets/{file}?v={version}")
}

async fn serve(Path(name): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let Some(file) = Bundle::get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let version = version(&file);
    let (body, encoding) = encoded(&name, file, &headers);
    let etag =
        format!("\"{version}{}\"", encoding.map(|encoding| format!("-{encoding}")).unwrap_or_default());
    let asked_for = query.as_deref().and_then(|query| query.strip_prefix("v="));
    let caching =
        if asked_for == Some(&*version) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = Response::builder()
        .header(ETAG, &etag)
        .header(CACHE_CONTROL, caching)
        .header(VARY, "accept-encoding")
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(CONTENT_TYPE, content_type(&name));
    if known.is_some_and(|known| known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)) {
        return response.status(StatusCode::NOT_MODIFIED).body(Body::empty()).unwrap_or_default();
    }
    if let Some(encoding) = encoding {
        response = response.header(CONTENT_ENCODING, encoding);
    }
    response.body(Body::from(body.data.into_owned())).unwrap_or_default()
}

/// The smallest form of a file that the client understands.
fn encoded(name: &str, plain: EmbeddedFile, headers: &HeaderMap) -> (EmbeddedFile, Option<&'static str>) {
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepts(headers, encoding)
            && let Some(file) = Bundle::get(&format!("{name}.{ending}"))
        {
            return (file, Some(encoding));
        }
    }
    (plain, None)
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        parts.next() == Some(encoding) && !parts.any(|weight| weight.trim_end_matches(['0', '.']) == "q=")
    })
}

fn version(file: &EmbeddedFile) -> String {
    file.metadata.sha256_hash()[..VERSION_BYTES].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;
    use tower::ServiceExt as _;

    use super::*;

    async fn get(uri: &str, headers: &[(&str, &str)]) -> Response {
        let request =
            headers.iter().fold(Request::get(uri), |request, (name, value)| request.header(*name, *value));
        router::<()>().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn a_file_is_compressed_when_the_browser_understands_it() {
        for (accept, expected) in
            [("gzip, br", Some("br")), ("gzip;q=1", Some("gzip")), ("br;q=0", None), ("", None)]
        {
            let response = get("/assets/base.css", &[("accept-encoding", accept)]).await;
            let encoding =
                response.headers().get(CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(encoding.as_deref(), expected, "{accept}");
        }
    }

    #[tokio::test]
    async fn a_version_is_kept_for_ever_and_anything_else_is_asked_for_again() {
        let caching = |response: Response| response.headers()[CACHE_CONTROL].to_str().unwrap().to_owned();
        assert!(caching(get(&url("base.css"), &[]).await).contains("immutable"));
        assert_eq!(caching(get("/assets/base.css?v=0", &[]).await), "no-cache");
    }

    #[tokio::test]
    async fn what_the_browser_has_is_not_sent_again() {
        let first = get("/assets/base.css", &[]).await;
        let etag = first.headers()[ETAG].to_str().unwrap().to_owned();
        assert_eq!(
            get("/assets/base.css", &[("if-none-match", &etag)]).await.status(),
            StatusCode::NOT_MODIFIED
        );
        assert_eq!(get("/assets/base.css", &[("if-none-match", "\"x\"")]).await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn there_is_nothing_else() {
        for uri in ["/assets/nope.js", "/assets/../Cargo.toml", "/assets/%2e%2e/Cargo.toml"] {
            assert_eq!(get(uri, &[]).await.status(), StatusCode::NOT_FOUND, "{uri}");
        }
    }
}
