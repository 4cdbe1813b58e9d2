//! A request that has not been answered yet.

use std::time::{Instant, SystemTime};

use super::{Activity, Route, Verb};
use crate::hub::Topic;

/// Dropped before it was answered.
const CANCELLED: u16 = 499;

/// Dropped by a panic.
const PANICKED: u16 = 500;

/// Says what became of a request: once, at the latest when it is dropped.
#[derive(Debug)]
pub(super) struct Pending(Option<Begun>);

#[derive(Debug)]
struct Begun {
    topic: Topic<Activity>,
    method: Verb,
    route: Route,
    at: SystemTime,
    began: Instant,
}

impl Pending {
    /// A request has come. When nobody wants to know, nothing is noted.
    pub(super) fn begin<B>(topic: &Topic<Activity>, request: &http::Request<B>) -> Self {
        Pending(topic.is_wanted().then(|| Begun {
            topic: topic.clone(),
            method: request.method().into(),
            route: Route::of(request),
            at: SystemTime::now(),
            began: Instant::now(),
        }))
    }

    /// It has been answered.
    pub(super) fn end(&mut self, status: u16) {
        if let Some(Begun { topic, method, route, at, began }) = self.0.take() {
            topic.publish(Activity { method, route, status, took: began.elapsed(), at });
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.end(if std::thread::panicking() { PANICKED } else { CANCELLED });
    }
}
