//! The connection before this one.

use std::sync::{Mutex, PoisonError};

use redis::aio::MultiplexedConnection;

/// How the broker calls the connection that has published last.
///
/// The broker may still have to read from a connection that was given up. What it publishes then would come after newer messages,
/// so it is told to end that connection before anything is published on another. Users who may not do that, and brokers before
/// Redis 6.2, are left alone: the order is kept as far as the broker reads connections in turn.
#[derive(Default)]
pub(crate) struct Former(Mutex<Option<Client>>);

/// A connection as the broker knows it. The number alone could mean another one after the broker was started again.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Client {
    id: String,
    address: String,
}

impl Former {
    /// Ends the connection before this one, and remembers this one.
    ///
    /// # Errors
    /// When this connection is lost.
    pub(crate) async fn replace(
        &self,
        connection: &mut MultiplexedConnection,
    ) -> Result<(), redis::RedisError> {
        // It stays until it has been ended, even if this connection is lost meanwhile.
        let former = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(Client { id, address }) = former {
            let mut kill = redis::cmd("CLIENT");
            kill.arg("KILL").arg("ID").arg(id).arg("ADDR").arg(address);
            allowed(kill.exec_async(connection).await)?;
        }
        let info = redis::cmd("CLIENT").arg("INFO").query_async::<String>(connection).await;
        let client = allowed(info)?.as_deref().and_then(Client::read);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = client;
        Ok(())
    }
}

/// Nothing, when the server does not want to do it.
fn allowed<T>(answer: redis::RedisResult<T>) -> redis::RedisResult<Option<T>> {
    match answer {
        Err(error) if !error.is_unrecoverable_error() => {
            tracing::debug!(%error, "Redis does not say which connection this is, or end the one before");
            Ok(None)
        }
        answer => answer.map(Some),
    }
}

impl Client {
    /// What the server says of a client: `id=7 addr=10.0.0.8:4711 …`.
    fn read(info: &str) -> Option<Self> {
        let value = |name: &str| {
            info.split_whitespace().find_map(|field| field.strip_prefix(name)).map(str::to_owned)
        };
        Some(Client { id: value("id=")?, address: value("addr=")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_a_number_and_an_address() {
        let info = "id=7 addr=[::1]:4711 laddr=[::1]:6379 fd=8 name= age=0";
        let client = Client { id: "7".to_owned(), address: "[::1]:4711".to_owned() };
        assert_eq!(Client::read(info), Some(client));
        assert_eq!(Client::read("id=7"), None);
        assert_eq!(Client::read(""), None);
    }
}
