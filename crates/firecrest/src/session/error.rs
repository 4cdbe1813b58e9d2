use axum::response::{IntoResponse, Response};
use http::StatusCode;

/// A value cannot be put into the session. As a response: 500.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The value has no JSON form.
    #[error("the value cannot be put into the session: {0}")]
    Value(#[from] serde_json::Error),
    /// The cookie would be larger than [`max_size`](super::SessionConfig::max_size). The session is unchanged.
    #[error("the session cookie would have {size} bytes, more than the limit of {limit}")]
    TooLarge {
        /// The length of name and value that the cookie would have, in bytes.
        size: usize,
        /// The limit, in bytes.
        limit: usize,
    },
}

impl IntoResponse for SessionError {
    fn into_response(self) -> Response {
        tracing::error!(error = %self, "the session was not changed");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

/// The session or the CSRF token cannot be handed to a handler. As a response: 500, and a line in the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionRejection {
    /// The route is not inside a [`SessionLayer`](super::SessionLayer).
    #[error("the route is not inside a SessionLayer")]
    NoLayer,
    /// The state of the CSRF token does not fit into the session.
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl IntoResponse for SessionRejection {
    fn into_response(self) -> Response {
        tracing::error!(error = %self, "no session for the handler");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
