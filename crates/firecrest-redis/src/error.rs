//! What goes wrong.

use std::sync::Arc;

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Why a cluster cannot be. No error shows a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The URL is none, or not one of Redis, or encrypted without the feature `tls`.
    #[error("the URL of Redis: {0}")]
    Url(String),
    /// The certificates of the authorities cannot be read.
    #[error("the certificates of those who vouch for Redis: {0}")]
    Authorities(String),
    /// An option cannot be so.
    #[error("the option `{name}` {problem}")]
    Option {
        /// Which one.
        name: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// Why there is no connection.
pub(crate) type Reason = Arc<str>;

/// What an error means for whoever runs the node. None of these texts shows a password: the client's own name neither the URL
/// nor the arguments, and the server's do not repeat what it was told in secret.
pub(crate) fn explain(error: RedisError) -> Reason {
    match error.kind() {
        ErrorKind::AuthenticationFailed => not_accepted(),
        ErrorKind::RESP3NotSupported => "the server is older than Redis 6".into(),
        ErrorKind::Server(_) | ErrorKind::Extension => refused(error),
        _ => error.to_string().into(),
    }
}

/// What is said of a connection that has ended without an error.
pub(crate) fn closed() -> Reason {
    "the connection was closed".into()
}

/// The server has said no. In a pipeline the first refusal counts.
fn refused(error: RedisError) -> Reason {
    let text = error.to_string();
    let errors = error.into_server_errors();
    let Some((_, error)) = errors.as_deref().and_then(<[_]>::first) else { return text.into() };
    let details = error.details().unwrap_or_default();
    match error.code() {
        "WRONGPASS" | "NOAUTH" => not_accepted(),
        _ if error.kind() == Some(ServerErrorKind::NoPerm) => {
            format!("the user lacks a right: {details}").into()
        }
        code => format!("{code} {details}").into(),
    }
}

fn not_accepted() -> Reason {
    "the server does not accept the user name or the password".into()
}
