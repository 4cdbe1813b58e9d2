//! Requests that are told to the hub.

use std::convert::Infallible;
use std::future::Ready;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::body::Body;
use axum::extract::MatchedPath;
use axum::http::{Request, Response};
use axum::routing::get;
use firecrest::activity::{Activity, ActivityLayer, ActivityService, REQUESTS};
use firecrest::hub::Counted;
use firecrest::prelude::*;
use tower::util::ServiceFn;
use tower::{Layer as _, Service as _, service_fn};

/// What a request is answered with: itself, so that freeing it is not counted.
type Answer = Response<Request<()>>;

type Answering = fn(Request<()>) -> Ready<Result<Answer, Infallible>>;

/// Requests of a known route, and a service with the layer around it that answers at once.
pub struct Requests {
    service: ActivityService<ServiceFn<Answering>>,
    requests: Vec<Request<()>>,
    answers: Vec<Answer>,
    _endpoint: Endpoint,
    _counted: Option<Counted>,
    _feed: Option<Feed<Activity>>,
}

impl Requests {
    /// So many, of which nobody wants to know.
    pub fn unheard(count: usize) -> Self {
        Self::of(count, |_| (None, None))
    }

    /// So many, which somebody counts.
    ///
    /// # Panics
    /// When there is no such topic.
    pub fn counted(count: usize) -> Self {
        Self::of(count, |hub| (Some(hub.count(REQUESTS).expect("the topic is one")), None))
    }

    /// So many, which somebody hears of.
    ///
    /// # Panics
    /// When there is no such topic.
    pub fn heard(count: usize) -> Self {
        Self::of(count, |hub| (None, Some(hub.subscribe(REQUESTS).expect("the topic is one"))))
    }

    fn of(count: usize, listen: impl FnOnce(&Hub) -> (Option<Counted>, Option<Feed<Activity>>)) -> Self {
        let endpoint = Endpoint::builder().build().expect("the defaults are valid");
        let answering: Answering = |request| std::future::ready(Ok(Response::new(request)));
        let service = ActivityLayer::new(&endpoint).layer(service_fn(answering));
        let (counted, feed) = listen(&endpoint.hub());
        let path = matched_path();
        let request = || Request::builder().uri("/posts/7").extension(path.clone()).body(());
        let requests = |count| (0..count).map(|_| request().expect("the request is valid")).collect();
        let mut all = Requests {
            service,
            requests: requests(1),
            answers: Vec::with_capacity(count + 1),
            _endpoint: endpoint,
            _counted: counted,
            _feed: feed,
        };
        all.answer();
        all.requests = requests(count);
        all
    }

    /// Answers all of them.
    pub fn answer(&mut self) {
        let mut cx = Context::from_waker(Waker::noop());
        while let Some(request) = self.requests.pop() {
            if let Poll::Ready(Ok(answer)) = pin!(self.service.call(request)).poll(&mut cx) {
                self.answers.push(answer);
            }
        }
    }
}

/// The route of a request, as only a router can tell it.
fn matched_path() -> MatchedPath {
    let found = Arc::new(Mutex::new(None));
    let noting = Arc::clone(&found);
    let note = async move |path: MatchedPath| {
        *noting.lock().expect("nobody panics") = Some(path);
    };
    let mut router: Router = Router::new().route("/posts/{id}", get(note));
    let request = Request::get("/posts/7").body(Body::empty()).expect("the request is valid");
    let mut answer = pin!(router.call(request));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(answer.as_mut().poll(&mut cx).is_ready(), "nothing is waited for");
    found.lock().expect("nobody panics").take().expect("the route matches")
}
