use std::mem;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use firecrest_wire::params::{Params, ParamsLimits};
use futures_util::future::BoxFuture;
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use tokio::time::timeout;
use tower::{Layer, Service};

use super::{Session, SessionRejection};

/// The longest form body that is searched for a token: 64 KiB. Larger forms send the header or the query parameter.
pub const CSRF_BODY_LIMIT: usize = 64 * 1024;

/// How long a form may take to arrive.
pub(super) const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The header that carries the token of requests made by scripts.
const HEADER: &str = "x-csrf-token";

/// The form field or query parameter that carries the token of forms.
const FIELD: &str = "_csrf_token";

/// Refuses requests that another site may have caused (spec §1.9 for the tokens).
///
/// Every request with another method than GET, HEAD, OPTIONS and TRACE must carry a [`CsrfToken`](super::CsrfToken) of
/// its session in the header `x-csrf-token`, the query parameter `_csrf_token`, or the field `_csrf_token` of a form
/// (`application/x-www-form-urlencoded`, up to [`CSRF_BODY_LIMIT`]; multipart forms use one of the other two). Otherwise
/// the answer is 403 and the handler does not run. A form that takes more than 10 s to arrive is answered 408.
///
/// It belongs inside a [`SessionLayer`](super::SessionLayer); without one the answer is 500.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct CsrfLayer {}

impl CsrfLayer {
    /// The layer.
    pub fn new() -> Self {
        Self {}
    }
}

impl<S> Layer<S> for CsrfLayer {
    type Service = CsrfService<S>;

    fn layer(&self, inner: S) -> CsrfService<S> {
        CsrfService { inner }
    }
}

/// The service of a [`CsrfLayer`].
#[derive(Clone, Debug)]
pub struct CsrfService<S> {
    inner: S,
}

impl<S> Service<Request> for CsrfService<S>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if is_safe(request.method()) {
            return Box::pin(self.inner.call(request));
        }
        // The service that was polled ready must be the one that is called.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        Box::pin(async move {
            match check(request).await {
                Ok(request) => inner.call(request).await,
                Err(refusal) => Ok(refusal),
            }
        })
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

/// Hands the request back, its body as it was, when it carries a token of its session.
async fn check(request: Request) -> Result<Request, Response> {
    let session = request.extensions().get::<Session>().cloned();
    let session = session.ok_or_else(|| SessionRejection::NoLayer.into_response())?;
    let header = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
    let is_valid = |token: &str| session.has_csrf_token(token);
    if header.is_some_and(is_valid)
        || field(request.uri().query().unwrap_or_default(), FIELD).is_some_and(|t| is_valid(&t))
    {
        return Ok(request);
    }
    if !is_form(&request) {
        return Err(refusal("no valid CSRF token"));
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = timeout(BODY_TIMEOUT, to_bytes(body, CSRF_BODY_LIMIT)).await else {
        return Err(StatusCode::REQUEST_TIMEOUT.into_response());
    };
    let Ok(bytes) = bytes else {
        return Err(refusal("no CSRF token in the header, and the form is too large to look for one"));
    };
    let token = std::str::from_utf8(&bytes).ok().and_then(|form| field(form, FIELD));
    if token.is_some_and(|token| is_valid(&token)) {
        Ok(Request::from_parts(parts, Body::from(bytes)))
    } else {
        Err(refusal("no valid CSRF token"))
    }
}

/// A field of a form, or a parameter of a query string.
pub(super) fn field(query: &str, name: &str) -> Option<String> {
    let params =
        Params::parse(query, &ParamsLimits { bytes: CSRF_BODY_LIMIT, ..ParamsLimits::default() }).ok()?;
    params.get(name).map(str::to_owned)
}

/// Whether the body is a form as a browser sends it without files.
pub(super) fn is_form(request: &Request) -> bool {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|value| value.split(';').next());
    media_type.is_some_and(|value| value.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

fn refusal(reason: &'static str) -> Response {
    tracing::debug!(reason, "a request was refused");
    (StatusCode::FORBIDDEN, reason).into_response()
}

#[cfg(test)]
mod tests;
