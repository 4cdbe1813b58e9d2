//! How the stand-in misbehaves.

use std::time::Duration;

use axum::response::{IntoResponse as _, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};

/// What the stand-in does wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// It answers nobody, and closes every connection.
    Down,
    /// It answers everything with this status.
    Status(StatusCode),
    /// It answers everything with 429, and wants to be left alone for this long.
    Limited(Duration),
}

impl Fault {
    /// What it answers instead, if it does.
    pub(super) fn answer(self) -> Option<Response> {
        match self {
            Fault::None | Fault::Down => None,
            Fault::Status(status) => Some(status.into_response()),
            Fault::Limited(pause) => {
                let seconds = HeaderValue::from(pause.as_secs());
                Some((StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, seconds)]).into_response())
            }
        }
    }
}
