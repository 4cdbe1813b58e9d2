//! What is said about a request.

use std::time::{Duration, SystemTime};

use axum::extract::MatchedPath;
use http::Method;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a request without a route has instead.
const NO_ROUTE: &str = "(no route)";

/// A request that was answered. There is nothing of a visitor in it: no path, no query, no address, no header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Activity {
    /// The method.
    pub method: Verb,
    /// Which route it was.
    pub route: Route,
    /// The status of the answer; 101 for one that has become a WebSocket; 500 when the service failed or panicked instead of answering, and 499
    /// when it was dropped before it had answered, since the client hung up or a time was over.
    pub status: u16,
    /// How long it took until the head of the answer was ready.
    pub took: Duration,
    /// When it came.
    pub at: SystemTime,
}

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Verb {
    /// GET.
    Get,
    /// HEAD.
    Head,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
    /// OPTIONS.
    Options,
    /// CONNECT.
    Connect,
    /// TRACE.
    Trace,
    /// Any other: clients may send any word.
    Other,
}

/// The route of a request as the application has written it, `/posts/{id}`, or `(no route)` where none matched, and where the layer
/// is around the router instead of in it.
#[derive(Clone, Debug)]
pub struct Route(Kind);

#[derive(Clone, Debug)]
enum Kind {
    None,
    Matched(MatchedPath),
    /// Of another process.
    Text(Box<str>),
}

impl Route {
    /// The text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Kind::None => NO_ROUTE,
            Kind::Matched(path) => path.as_str(),
            Kind::Text(text) => text,
        }
    }

    pub(super) fn of<B>(request: &http::Request<B>) -> Self {
        Route(
            request.extensions().get::<MatchedPath>().map_or(Kind::None, |path| Kind::Matched(path.clone())),
        )
    }
}

impl From<&Method> for Verb {
    fn from(method: &Method) -> Self {
        match *method {
            Method::GET => Verb::Get,
            Method::HEAD => Verb::Head,
            Method::POST => Verb::Post,
            Method::PUT => Verb::Put,
            Method::PATCH => Verb::Patch,
            Method::DELETE => Verb::Delete,
            Method::OPTIONS => Verb::Options,
            Method::CONNECT => Verb::Connect,
            Method::TRACE => Verb::Trace,
            _ => Verb::Other,
        }
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Route {}

impl Serialize for Route {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Route {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<str>::deserialize(deserializer).map(|text| Route(Kind::Text(text)))
    }
}
