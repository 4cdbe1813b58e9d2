//! An HTTP client with bounds: on time, on size, on where it lets itself be sent.

use std::collections::HashMap;
use std::error::Error;
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
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::{Instant, timeout};
use url::{Origin, Url};

use super::inside::{ResolveError, Resolver, is_written_inside, leads_inside};
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
    http: Http,
    /// For where redirects lead: it does not reach what is inside.
    outside: Http,
    quiet: Arc<Mutex<Quiet>>,
}

type Http = legacy::Client<HttpsConnector<HttpConnector<Resolver>>, Body>;

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
        let tls = tls();
        Client {
            http: http(Resolver::Everywhere, tls.clone()),
            outside: http(Resolver::Outside, tls),
            quiet: Arc::default(),
        }
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
        let (mut at, mut http) = (url.clone(), &self.http);
        for _ in 0..=MAX_REDIRECTS {
            // A token is for whom it was made, not for where that one sends us.
            let token = token.filter(|_| at.0.origin() == url.0.origin());
            let answer = self.ask(http, &at, headers.clone(), token).await?;
            if !is_redirect(answer.status()) {
                return Ok(answer);
            }
            at = next(&at, answer.headers()).ok_or(FetchError::Astray)?;
            http = self.way(url, &at).await?;
        }
        Err(FetchError::Redirects)
    }

    /// How to get where the source at `url` sends us. Only one that is inside itself, such as those on this machine, sends us there:
    /// others might want to see what they do not reach.
    async fn way(&self, url: &WebUrl, to: &WebUrl) -> Result<&Http, FetchError> {
        if url.0.host() == to.0.host() || leads_inside(url).await {
            return Ok(&self.http);
        }
        if is_written_inside(to) { Err(FetchError::Astray) } else { Ok(&self.outside) }
    }

    async fn ask(
        &self,
        http: &Http,
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
        let answer = http.request(request).await.map_err(|error| {
            tracing::debug!(host = url.0.host_str(), %error, "a source cannot be reached");
            match causes(&error).any(|cause| matches!(cause.downcast_ref(), Some(ResolveError::Inside))) {
                true => FetchError::Astray,
                false => FetchError::Unreachable,
            }
        })?;
        Ok(answer.map(Body::new))
    }
}

fn http(resolver: Resolver, tls: ClientConfig) -> Http {
    let mut connector = HttpConnector::new_with_resolver(resolver);
    connector.enforce_http(false);
    connector.set_connect_timeout(Some(CONNECT));
    let https = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1()
        .wrap_connector(connector);
    // Without the timer it closes a connection only when it needs another one.
    legacy::Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .build(https)
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
    if causes(error).any(<dyn Error>::is::<LengthLimitError>) {
        FetchError::TooLarge
    } else {
        FetchError::Broken
    }
}

/// An error, what has caused it, and so on.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source())
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
    use axum::Router;
    use tokio::net::TcpListener;
    use tokio_util::task::AbortOnDropHandle;

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
    #[tokio::test]
    async fn only_what_is_inside_redirects_to_what_is_inside() {
        let client = Client::new();
        let way = async |from: &str, to: &str| {
            let (from, to) = (WebUrl::new(from).unwrap(), WebUrl::new(to).unwrap());
            client.way(&from, &to).await.map(|http| std::ptr::eq(http, &raw const client.outside))
        };
        for inside in ["127.0.0.1:9200", "2130706433", "169.254.169.254", "[::1]", "[::ffff:192.168.0.1]"] {
            let to = format!("http://{inside}/");
            assert!(matches!(way("http://192.0.2.1/x", &to).await, Err(FetchError::Astray)), "{to}");
            assert!(matches!(way("http://127.0.0.1:8080/", &to).await, Ok(false)), "{to}");
        }
        assert!(matches!(way("http://192.0.2.1/", "http://198.51.100.1/").await, Ok(true)));
        assert!(matches!(way("http://192.0.2.1/", "http://localhost/").await, Ok(true)));
    }

    #[tokio::test]
    async fn a_name_does_not_lead_inside_from_outside() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url =
            WebUrl::new(&format!("http://localhost:{}/", listener.local_addr().unwrap().port())).unwrap();
        let serving = axum::serve(listener, Router::new());
        let _serving = AbortOnDropHandle::new(tokio::spawn(async { serving.await.unwrap() }));
        let client = Client::new();
        let ask =
            async |http| client.ask(http, &url, HeaderMap::new(), None).await.map(|answer| answer.status());
        assert!(matches!(ask(&client.http).await, Ok(StatusCode::NOT_FOUND)));
        assert!(matches!(ask(&client.outside).await, Err(FetchError::Astray)));
    }

    #[test]
    fn what_is_remembered_of_a_token_does_not_show_it() {
        let client = Client::new();
        let (token, secret) = Token::of_tests();
        client.quiet().insert((WebUrl::github().0.origin(), Some(token.header())), Instant::now());
        let shown = format!("{client:?}");
        assert!(shown.contains("github") && !shown.contains(&secret), "{shown}");
    }
}
