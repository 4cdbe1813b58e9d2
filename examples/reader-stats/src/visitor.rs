//! Who visits: a random number in the signed session cookie, and nothing else.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use firecrest::prelude::*;
use firecrest::session::{Session, SessionError};

/// Where the session keeps it.
const KEY: &str = "blog_visitor";

/// A visitor's number. Whoever has no cookie gets another one with every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visitor(pub(crate) String);

impl Visitor {
    /// That of a view's visitor; none when the browser keeps no cookies.
    pub(crate) fn of<I: Send + 'static>(cx: &View<'_, I>) -> Option<Self> {
        cx.session(KEY).map(Visitor)
    }
}

/// Gives every visitor a number (B010). A page can only read the session; this is the part that only HTTP can do.
pub(crate) async fn remember(
    session: Session,
    request: Request,
    next: Next,
) -> Result<Response, SessionError> {
    if session.get::<String>(KEY).is_none() {
        session.insert(KEY, &format!("{:032x}", rand::random::<u128>()))?;
    }
    Ok(next.run(request).await)
}
