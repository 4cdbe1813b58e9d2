//! An HTTP client with bounds: on time, on size, on where it lets itself be sent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::LengthLimitError;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::{Instant, timeout};
use url::{Origin, Url};

use super::{Token, pause};
use crate::config::WebUrl;
use crate::now::now;

/// How long a source may take to answer, redirects and body included.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a connection is kept for the next question.
const IDLE: Duration = Duration::from_secs(60);

/// Largest answer: 1 MiB.
const MAX_BODY: usize = 1024 * 1024;

/// How often a question may be sent elsewhere.
const MAX_REDIRECTS: usize = 5;

/// Sources want to know who asks.
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("firecrest-dashboard/", env!("CARGO_PKG_VERSION")));

/// Asks sources. Clones share their connections, and what the sources allow.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: legacy::Client<HttpsConnector<HttpConnector>, Body>,
    quiet: Arc<Mutex<Quiet>>,
}

/// Until when hosts want to be left alone by whoever has this token: one entry for each source at most.
type Quiet = HashMap<(Origin, Option<HeaderValue>), Instant>;

/// Why there is no answer, in words for those who look at the card.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("the source cannot be reached")]
    Unreachable,
    #[error("the source did not answer within {} s", PATIENCE.as_secs())]
    Late,
    #[error("the source answered {0}")]
    Status(StatusCode, Option<Duration>),
    #[error("the source wants to be left alone")]
    Paused(Duration),
    #[error("the source sent the question on more than {MAX_REDIRECTS} times")]
    Redirects,
    #[error("the source sent the question to where it must not go")]
    Astray,
    #[error("the source answered with more than {} KiB", MAX_BODY / 1024)]
    TooLarge,
    #[error("the source stopped in the middle of its answer")]
    Broken,
    #[error("the source did not answer with {0}")]
    Other(&'static str),
}

impl Client {
    /// A client that trusts whom the system trusts.
    pub(crate) fn new() -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_connect_timeout(Some(CONNECT));
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls())
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let http = legacy::Client::builder(TokioExecutor::new()).pool_idle_timeout(IDLE).build(https);
        Client { http, quiet: Arc::default() }
    }

    /// An answer with its whole body. Whoever wants to be left alone is not asked.
    pub(crate) async fn get(
        &self,
        url: &WebUrl,
        headers: HeaderMap,
        token: Option<&Token>,
    ) -> Result<Response<Bytes>, FetchError> {
        let whose = (url.0.origin(), token.map(Token::header));
        let quiet = self.quiet().get(&whose).map(|quiet| quiet.saturating_duration_since(Instant::now()));
        if let Some(left) = quiet.filter(|left| !left.is_zero()) {
            return Err(FetchError::Paused(left));
        }
        let answer = async {
            let (head, body) = self.open(url, headers, token).await?.into_parts();
            let body = to_bytes(body, MAX_BODY).await.map_err(|error| body_error(&error))?;
            Ok(Response::from_parts(head, body))
        };
        let answer = timeout(PATIENCE, answer).await.unwrap_or(Err(FetchError::Late))?;
        if let Some(pause) = pause(answer.status(), answer.headers(), now()) {
            self.quiet().insert(whose, Instant::now() + pause);
        }
        Ok(answer)
    }

    fn quiet(&self) -> MutexGuard<'_, Quiet> {
        self.quiet.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer whose body is still to come, for as long as it likes.
    pub(crate) async fn stream(
        &self,
        url: &WebUrl,
        headers: HeaderMap,
        token: Option<&Token>,
    ) -> Result<Response<Body>, FetchError> {
        timeout(PATIENCE, self.open(url, headers, token)).await.unwrap_or(Err(FetchError::Late))
    }

    /// Asks, and asks where it is sent.
    async fn open(
        &self,
        url: &WebUrl,
        headers: HeaderMap,
        token: Option<&Token>,
    ) -> Result<Response<Body>, FetchError> {
        let mut at = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            // A token is for whom it was made, not for where that one sends us.
            let token = token.filter(|_| at.0.origin() == url.0.origin());
            let answer = self.ask(&at, headers.clone(), token).await?;
            if !is_redirect(answer.status()) {
                return Ok(answer);
            }
            at = next(&at, answer.headers()).ok_or(FetchError::Astray)?;
        }
        Err(FetchError::Redirects)
    }

    async fn ask(
        &self,
        url: &WebUrl,
        headers: HeaderMap,
        token: Option<&Token>,
    ) -> Result<Response<Body>, FetchError> {
        let mut request = Request::get(url.0.as_str()).body(Body::empty()).map_err(|_| FetchError::Astray)?;
        *request.headers_mut() = headers;
        request.headers_mut().insert(USER_AGENT, AGENT);
        request.headers_mut().entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        if let Some(token) = token {
            request.headers_mut().insert(AUTHORIZATION, token.header());
        }
        let answer = self.http.request(request).await.map_err(|error| {
            tracing::debug!(host = url.0.host_str(), %error, "a source cannot be reached");
            FetchError::Unreachable
        })?;
        Ok(answer.map(Body::new))
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Where an answer leads: by http or https, and not from the second to the first.
fn next(from: &WebUrl, headers: &HeaderMap) -> Option<WebUrl> {
    let to: Url = from.0.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    let to = WebUrl::new(to.as_str()).ok()?;
    (from.0.scheme() == "http" || to.0.scheme() == "https").then_some(to)
}

fn body_error(error: &axum::Error) -> FetchError {
    let mut causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    if causes.any(<dyn std::error::Error>::is::<LengthLimitError>) {
        FetchError::TooLarge
    } else {
        FetchError::Broken
    }
}

/// The system's authorities. Without any, what is asked by https cannot be reached.
fn tls() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        tracing::warn!("no certificates of authorities were found: nothing can be asked by https");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has cipher suites for them")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_leads_to_the_web_and_not_from_https_to_http() {
        let sent = |from: &str, to: &'static str| {
            let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_static(to))]);
            next(&WebUrl::new(from).unwrap(), &headers).map(|url| url.0.to_string())
        };
        assert_eq!(sent("https://a.example/x/y", "z").as_deref(), Some("https://a.example/x/z"));
        assert_eq!(sent("http://a.example/x", "https://b.example/").as_deref(), Some("https://b.example/"));
        assert_eq!(sent("https://a.example/x", "http://a.example/x"), None);
        assert_eq!(sent("http://a.example/x", "file:///etc/passwd"), None);
        assert_eq!(sent("http://a.example/x", "http://user:secret@a.example/"), None);
        assert_eq!(next(&WebUrl::github(), &HeaderMap::new()), None);
    }
}
