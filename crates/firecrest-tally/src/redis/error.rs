//! What Redis' errors mean for a store.

use redis::{ErrorKind, RedisError, ServerError, ServerErrorKind};

use crate::StoreError;

/// Whether it is worth repeating, and why it went wrong. None of these texts shows a password: the client's own name
/// neither the URL nor the arguments, and the server's do not repeat what it was told in secret.
pub(crate) fn explain(error: RedisError) -> StoreError {
    match error.kind() {
        ErrorKind::AuthenticationFailed => {
            StoreError::failed("the server does not accept the user name or the password")
        }
        ErrorKind::RESP3NotSupported => StoreError::failed("the server is older than Redis 6"),
        // Said by rustls of a server that nobody vouches for, and hidden by the client among errors of the network.
        ErrorKind::Io if error.to_string().contains("invalid peer certificate") => {
            StoreError::failed(error.to_string())
        }
        ErrorKind::Server(_) | ErrorKind::Extension => answered(error),
        _ => StoreError::unavailable(error.to_string()),
    }
}

/// The server has said no. In a transaction the first refusal counts.
fn answered(error: RedisError) -> StoreError {
    let text = error.to_string();
    let errors = error.into_server_errors();
    let Some((_, error)) = errors.as_deref().and_then(<[_]>::first) else {
        return StoreError::unavailable(text);
    };
    let details = error.details().unwrap_or_default();
    match error.code() {
        _ if is_temporary(error) => StoreError::unavailable(format!("{} {details}", error.code())),
        "WRONGPASS" | "NOAUTH" => {
            StoreError::failed("the server does not accept the user name or the password")
        }
        "WRONGTYPE" => StoreError::failed("a key of the store holds something else: choose another prefix"),
        "NOPERM" => StoreError::failed(format!("the user lacks a right: {details}")),
        "MOVED" | "ASK" | "CROSSSLOT" => {
            StoreError::failed("Redis Cluster is not supported: all keys must be on one server")
        }
        code => StoreError::failed(format!("{code} {details}")),
    }
}

/// Starting, stopping, changing roles, or kept busy by somebody: it will be asked again.
fn is_temporary(error: &ServerError) -> bool {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, NoScript, ReadOnly, TryAgain};
    match error.kind() {
        Some(kind) => matches!(kind, BusyLoading | ClusterDown | MasterDown | NoScript | ReadOnly | TryAgain),
        None => matches!(error.code(), "BUSY" | "NOREPLICAS"),
    }
}
