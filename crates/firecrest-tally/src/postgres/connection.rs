//! A connection, and what it is told without having asked.

use std::future::poll_fn;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Socket};

use super::error::{explain, explain_connecting};
use crate::StoreError;
use crate::remote::{Ear, Message};

/// A connection, which ends when this is dropped.
pub(crate) struct PostgresConnection {
    pub(crate) client: Client,
    /// Carries it until it is over, and says why it is.
    driver: JoinSet<StoreError>,
}

impl PostgresConnection {
    /// Connects. What is told on channels that it listens to is given to `heard`.
    pub(crate) async fn open<T>(
        config: &Config,
        tls: T,
        heard: impl Fn(Message<'_>) + Send + 'static,
    ) -> Result<Self, StoreError>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let connected = config.connect(tls).await;
        let (client, connection) = connected.map_err(|error| explain_connecting(&error))?;
        let mut driver = JoinSet::new();
        driver.spawn(drive(connection, heard));
        Ok(PostgresConnection { client, driver })
    }
}

impl Ear for PostgresConnection {
    async fn lost(&mut self) -> StoreError {
        let ended = self.driver.join_next().await.and_then(Result::ok);
        ended.unwrap_or_else(|| StoreError::unavailable("the connection was closed"))
    }

    async fn ping(&mut self) -> Result<(), StoreError> {
        self.client.batch_execute("").await.map_err(|error| explain(&error))
    }
}

/// Carries a connection until it ends.
async fn drive<S, T>(mut connection: Connection<S, T>, heard: impl Fn(Message<'_>)) -> StoreError
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        match message {
            Ok(AsyncMessage::Notification(told)) => {
                let message = Message::read(told.payload());
                message.map_or_else(|| tracing::debug!("something else was told on the channel"), &heard);
            }
            Ok(_) => {}
            Err(error) => return explain(&error),
        }
    }
    StoreError::unavailable("the connection was closed")
}
