//! What PostgreSQL's errors mean for a store.

use std::error::Error as _;
use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

use crate::StoreError;

/// Whether it is worth repeating, and why it went wrong. None of these texts shows a password: the server's do not repeat
/// what it was told in secret, and the client's own name no argument.
pub(crate) fn explain(error: &Error) -> StoreError {
    match error.as_db_error() {
        Some(answer) => answered(answer),
        None => StoreError::unavailable(text(error)),
    }
}

/// As [`explain`], of an error in connecting: what the client refuses to begin will not be better the next time.
pub(crate) fn explain_connecting(error: &Error) -> StoreError {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    match (error.as_db_error(), cause.map(io::Error::kind)) {
        (Some(answer), _) => answered(answer),
        // Said by TLS of a certificate, among others.
        (None, None | Some(io::ErrorKind::InvalidData)) if !error.is_closed() => {
            StoreError::failed(text(error))
        }
        (None, _) => StoreError::unavailable(text(error)),
    }
}

/// The server has said no.
fn answered(error: &DbError) -> StoreError {
    let text = format!("{} ({})", error.message(), error.code().code());
    if is_temporary(error.code()) {
        return StoreError::unavailable(text);
    }
    StoreError::failed(text)
}

/// Starting, stopping, changing roles, busy, or in somebody's way: it will be asked again. A full disk is not among them,
/// as it is not for the embedded store.
fn is_temporary(code: &SqlState) -> bool {
    let (class, is) = (&code.code()[..2], |other: SqlState| *code == other);
    match class {
        // Connections, transactions that were undone, what the administrator does, the machine.
        "08" | "40" | "57" | "58" => true,
        "53" => is(SqlState::TOO_MANY_CONNECTIONS) || is(SqlState::INSUFFICIENT_RESOURCES),
        _ => is(SqlState::READ_ONLY_SQL_TRANSACTION) || is(SqlState::LOCK_NOT_AVAILABLE),
    }
}

/// An error of the client with its cause.
fn text(error: &Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
