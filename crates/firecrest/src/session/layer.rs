use std::mem;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, SET_COOKIE};
use tower::{Layer, Service};

use super::codec::Codec;
use super::{Session, SessionConfig, cookie};
use crate::token::SecretKeyBase;

/// Gives every request a [`Session`], and writes it to the response when it was changed. A request that has one already,
/// from a layer further out, keeps it.
///
/// A response with the cookie gets `cache-control: private, no-cache`, unless it says something else: no cache may hand
/// it to others.
#[derive(Clone, Debug)]
pub struct SessionLayer {
    codec: Codec,
}

impl SessionLayer {
    /// Sessions with keys derived from `secret`.
    pub fn new(secret: SecretKeyBase, config: SessionConfig) -> Self {
        Self { codec: Codec::new(secret, config) }
    }
}

impl<S> Layer<S> for SessionLayer {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> SessionService<S> {
        SessionService { inner, codec: self.codec.clone() }
    }
}

/// The service of a [`SessionLayer`].
#[derive(Clone, Debug)]
pub struct SessionService<S> {
    inner: S,
    codec: Codec,
}

impl<S> Service<Request> for SessionService<S>
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

    fn call(&mut self, mut request: Request) -> Self::Future {
        // The service that was polled ready must be the one that is called.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        if request.extensions().get::<Session>().is_some() {
            return Box::pin(async move { inner.call(request).await });
        }
        let config = &self.codec.config;
        let secure = config.is_secure(request.uri(), request.headers());
        let cookie = cookie::find(request.headers(), &config.cookie_name).map(str::to_owned);
        let session = Session::new(self.codec.clone(), cookie);
        request.extensions_mut().insert(session.clone());
        Box::pin(async move { Ok(finish(inner.call(request).await?, &session, secure)) })
    }
}

fn finish(mut response: Response, session: &Session, secure: bool) -> Response {
    match session.set_cookie(secure) {
        None => response,
        Some(Ok(line)) => {
            let headers = response.headers_mut();
            headers.append(SET_COOKIE, line);
            headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
            response
        }
        Some(Err(error)) => error.into_response(),
    }
}

#[cfg(test)]
mod tests;
