//! Saying no to a connection.

use http::StatusCode;

/// A refused connection: an HTTP status for the client, and a reason for the log. Long-poll clients always see 403.
///
/// Any error passed on with `?` makes one with status 403, whose reason is the error's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    status: StatusCode,
    reason: String,
}

impl Refused {
    /// Refuses with status 403. The reason goes into the log: name no secrets.
    pub fn new(reason: impl Into<String>) -> Self {
        Refused { status: StatusCode::FORBIDDEN, reason: reason.into() }
    }

    /// Refuses with another status, 429 say (C138).
    pub fn status(status: StatusCode, reason: impl Into<String>) -> Self {
        Refused { status, reason: reason.into() }
    }

    pub(crate) fn code(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn reason(&self) -> &str {
        &self.reason
    }
}

impl<E: std::error::Error> From<E> for Refused {
    fn from(error: E) -> Self {
        Refused::new(error.to_string())
    }
}
