//! Response headers that make browsers strict (a layer for every HTML response).

use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use futures_util::TryFutureExt;
use futures_util::future::BoxFuture;
use http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use tower::{Layer, Service};

/// The default content security policy: everything from the own origin, no inline script and no inline style.
///
/// Browsers count `ws:` and `wss:` to the same host as `'self'` in `connect-src` (Safari since 15.4).
pub const DEFAULT_CONTENT_SECURITY_POLICY: &str = "default-src 'self'; connect-src 'self'; img-src 'self' data:; \
     object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

const DEFAULT_PERMISSIONS_POLICY: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// A tower layer that adds security headers to every response that does not have them already.
///
/// | header | default |
/// |---|---|
/// | `content-security-policy` | [`DEFAULT_CONTENT_SECURITY_POLICY`] |
/// | `x-content-type-options` | `nosniff` |
/// | `referrer-policy` | `strict-origin-when-cross-origin` |
/// | `x-frame-options` | `SAMEORIGIN` |
/// | `cross-origin-opener-policy` | `same-origin` |
/// | `permissions-policy` | no camera, geolocation, microphone, payment, USB |
///
/// `strict-transport-security` is not among them: whether a host will forever speak HTTPS is not known here. Add it
/// with [`with`](Self::with) when it is.
#[derive(Clone, Debug)]
pub struct SecurityHeaders {
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl SecurityHeaders {
    /// The headers of the table above.
    pub fn new() -> Self {
        let headers = [
            (CONTENT_SECURITY_POLICY, DEFAULT_CONTENT_SECURITY_POLICY),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "strict-origin-when-cross-origin"),
            (X_FRAME_OPTIONS, "SAMEORIGIN"),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            (HeaderName::from_static("permissions-policy"), DEFAULT_PERMISSIONS_POLICY),
        ];
        Self { headers: headers.map(|(name, value)| (name, HeaderValue::from_static(value))).to_vec() }
    }

    /// Replaces the content security policy.
    pub fn content_security_policy(self, policy: HeaderValue) -> Self {
        self.with(CONTENT_SECURITY_POLICY, policy)
    }

    /// Replaces a header, or adds one.
    pub fn with(self, name: HeaderName, value: HeaderValue) -> Self {
        let mut replaced = self.without(&name);
        replaced.headers.push((name, value));
        replaced
    }

    /// Leaves a header out.
    pub fn without(mut self, name: &HeaderName) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    fn add_to(&self, response: &mut Response) {
        for (name, value) in &self.headers {
            response.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
    }
}

impl Default for SecurityHeaders {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for SecurityHeaders {
    type Service = SecurityHeadersService<S>;

    fn layer(&self, inner: S) -> SecurityHeadersService<S> {
        SecurityHeadersService { inner, headers: std::sync::Arc::new(self.clone()) }
    }
}

/// The service of [`SecurityHeaders`].
#[derive(Clone, Debug)]
pub struct SecurityHeadersService<S> {
    inner: S,
    headers: std::sync::Arc<SecurityHeaders>,
}

impl<S> Service<Request> for SecurityHeadersService<S>
where
    S: Service<Request, Response = Response>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let headers = self.headers.clone();
        Box::pin(self.inner.call(request).map_ok(move |mut response| {
            headers.add_to(&mut response);
            response
        }))
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http::HeaderMap;
    use tower::ServiceExt;

    use super::*;

    async fn headers(layer: SecurityHeaders) -> HeaderMap {
        let own = [("x-frame-options", "DENY")];
        let router = Router::new().route("/", get(move || async move { (own, "page") })).layer(layer);
        let response = router.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        response.headers().clone()
    }

    #[tokio::test]
    async fn the_defaults_are_strict_and_the_handler_wins() {
        let headers = headers(SecurityHeaders::new()).await;
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.starts_with(
                "default-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'"
            )
        );
        assert!(!policy.contains("unsafe-inline"));
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[REFERRER_POLICY], "strict-origin-when-cross-origin");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert_eq!(headers["permissions-policy"], DEFAULT_PERMISSIONS_POLICY);
        assert_eq!(headers.get_all(X_FRAME_OPTIONS).iter().collect::<Vec<_>>(), ["DENY"]);
    }

    #[tokio::test]
    async fn every_header_can_be_replaced_or_left_out() {
        let layer = SecurityHeaders::new()
            .content_security_policy(HeaderValue::from_static("default-src 'none'"))
            .with(
                HeaderName::from_static("strict-transport-security"),
                HeaderValue::from_static("max-age=60"),
            )
            .without(&REFERRER_POLICY);
        let headers = headers(layer).await;
        assert_eq!(
            headers.get_all(CONTENT_SECURITY_POLICY).iter().collect::<Vec<_>>(),
            ["default-src 'none'"]
        );
        assert_eq!(headers["strict-transport-security"], "max-age=60");
        assert_eq!(headers.get(REFERRER_POLICY), None);
    }
}
