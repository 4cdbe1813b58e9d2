//! Why there is no page.

use http::StatusCode;
use serde_json::Value;

use super::Redirect;

/// Why there is no page (T01).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoPage {
    /// The visitor is sent elsewhere.
    #[error("the visitor is sent to {:?}", .0.address())]
    Redirect(Box<Redirect>),
    /// The answer is an error.
    #[error("the answer is {status}{}", because(.reason.as_deref()))]
    Status {
        /// Which.
        status: StatusCode,
        /// The page that says so.
        body: String,
        /// What the log says, when the server runs on the thread of the test.
        reason: Option<String>,
    },
    /// The page has a view that could not be joined.
    #[error("the view {id:?} was not joined: {answer}{}", because(.reason.as_deref()))]
    Join {
        /// The view's id.
        id: String,
        /// What the client was answered.
        answer: Value,
        /// What the log says, when the server runs on the thread of the test.
        reason: Option<String>,
    },
    /// The page has views, but the socket refuses the client.
    #[error("the socket refuses the client: {0:?}")]
    Refused(firecrest::socket::Refused),
    /// The page is on another host.
    #[error("{0:?} is on another host")]
    Elsewhere(String),
    /// The address is none.
    #[error("{0:?} is no address")]
    Address(String),
}

impl NoPage {
    /// Where the visitor is sent.
    ///
    /// # Panics
    /// When there is no page for another reason.
    #[track_caller]
    pub fn into_redirect(self) -> Redirect {
        match self {
            NoPage::Redirect(redirect) => *redirect,
            other => panic!("expected a redirect, but {other}"),
        }
    }

    /// The status of the answer that is an error.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            NoPage::Status { status, .. } => Some(*status),
            _ => None,
        }
    }
}

pub(super) fn because(reason: Option<&str>) -> String {
    reason.map(|reason| format!(", because {reason}")).unwrap_or_default()
}
