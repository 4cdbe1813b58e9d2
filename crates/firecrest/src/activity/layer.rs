//! The layer around a service.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower::{Layer, Service};

use super::pending::Pending;
use super::{Activity, REQUESTS};
use crate::Endpoint;
use crate::hub::{Keep, Topic};

/// A service that failed instead of answering.
const FAILED: u16 = 500;

/// Sends an [`Activity`] to the topic [`REQUESTS`] for every request, when the head of its answer is ready.
///
/// It is a tower layer, for any HTTP service. Within an axum router (`router.layer(…)`, after its routes) it knows which route each
/// request is of. It never waits; when nobody listens it costs a few instructions, and when messages are only
/// [counted](Topic::count) none is made.
#[derive(Clone, Debug)]
pub struct ActivityLayer {
    topic: Topic<Activity>,
}

impl ActivityLayer {
    /// A layer that tells the endpoint's hub.
    ///
    /// # Panics
    /// When the hub has no room for another topic: 10,000 have handles.
    pub fn new(endpoint: &Endpoint) -> Self {
        let topic = endpoint.hub().local(REQUESTS, Keep::Nothing);
        ActivityLayer { topic: topic.unwrap_or_else(|error| panic!("{error}")) }
    }
}

impl<S> Layer<S> for ActivityLayer {
    type Service = ActivityService<S>;

    fn layer(&self, inner: S) -> ActivityService<S> {
        ActivityService { inner, topic: self.topic.clone() }
    }
}

/// A service with an [`ActivityLayer`] around it.
#[derive(Clone, Debug)]
pub struct ActivityService<S> {
    inner: S,
    topic: Topic<Activity>,
}

impl<S, B, R> Service<Request<B>> for ActivityService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let pending = Pending::begin(&self.topic, &request);
        ResponseFuture { inner: self.inner.call(request), pending }
    }
}

pin_project! {
    /// The answer of a service with an [`ActivityLayer`] around it.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are polled"]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        pending: Pending,
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let answer = ready!(this.inner.poll(cx));
        this.pending.end(answer.as_ref().map_or(FAILED, |answer| answer.status().as_u16()));
        Poll::Ready(answer)
    }
}
