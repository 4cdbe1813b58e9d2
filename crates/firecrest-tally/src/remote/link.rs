//! A connection that is made when it is needed and dropped when it has failed.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::timeout;

use super::Server;
use crate::StoreError;

/// The connection to a server that everybody shares; listening has one of its own.
pub(crate) struct Link<C> {
    current: Mutex<Current<C>>,
    /// How long connecting may take, and then an answer.
    limit: Duration,
}

struct Current<C> {
    connection: Option<C>,
    /// How many there have been.
    number: u64,
}

impl<C: Clone> Link<C> {
    /// None yet; nothing may take longer than `limit`.
    pub(crate) fn new(limit: Duration) -> Self {
        Link { current: Mutex::new(Current { connection: None, number: 0 }), limit }
    }

    /// Does something with the connection. One that has not answered, or not in time, is not used again: on a connection
    /// that is broken without being closed everybody would wait in vain.
    pub(crate) async fn with<T, F>(
        &self,
        server: &impl Server<Connection = C>,
        work: impl FnOnce(C) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let (connection, number) = self.connection(server).await?;
        let result = self.in_time(work(connection)).await;
        if matches!(result, Err(StoreError::Unavailable(_))) {
            self.give_up(number).await;
        }
        result
    }

    /// As long as it is being made, others wait for it instead of making one each.
    async fn connection(&self, server: &impl Server<Connection = C>) -> Result<(C, u64), StoreError> {
        let mut current = self.current.lock().await;
        if let Some(connection) = &current.connection {
            return Ok((connection.clone(), current.number));
        }
        let connection = self.in_time(server.connect()).await?;
        current.connection = Some(connection.clone());
        current.number += 1;
        Ok((connection, current.number))
    }

    async fn give_up(&self, number: u64) {
        let mut current = self.current.lock().await;
        if current.number == number {
            current.connection = None;
        }
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let late = |_| Err(StoreError::unavailable(format!("no answer within {:?}", self.limit)));
        timeout(self.limit, work).await.unwrap_or_else(late)
    }
}
