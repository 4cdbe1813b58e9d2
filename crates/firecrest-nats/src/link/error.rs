//! Why there is no connection.

use std::io;
use std::time::Duration;

use crate::wire::Garbled;

/// Most characters of what a server says that are repeated.
const MAX_SAID: usize = 200;

/// Why there is no connection. None of these shows what the server was told to let us in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    #[error("cannot reach it: {0}")]
    Unreachable(io::Error),
    #[error("no answer within {0:?}")]
    Silent(Duration),
    #[error("the server has closed the connection")]
    Closed,
    #[error("the connection broke: {0}")]
    Broken(#[from] io::Error),
    #[error("the server offers no encryption")]
    NoTls,
    #[error("no encrypted connection: {0}")]
    Tls(String),
    #[error("the server does not accept the user, the password or the token")]
    Login,
    #[error("the user lacks a right: {0}")]
    Right(String),
    #[error("the server says: {0}")]
    Said(String),
    #[error(transparent)]
    Garbled(#[from] Garbled),
}

impl LinkError {
    /// What the server means by an error.
    pub(crate) fn said(text: &str) -> Self {
        let plain: String = text.chars().filter(|char| !char.is_control()).take(MAX_SAID).collect();
        let lower = plain.to_lowercase();
        if lower.starts_with("authorization violation") {
            LinkError::Login
        } else if lower.starts_with("permissions violation") {
            LinkError::Right(plain)
        } else {
            LinkError::Said(plain)
        }
    }
}
