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

/// A connection that somebody uses.
struct Used<C> {
    connection: C,
    number: u64,
    /// Whether it was made just now.
    fresh: bool,
}

/// Why something was not done.
enum Failure {
    /// The connection has ended, or will not do.
    Ended(StoreError),
    /// It took too long, or was refused.
    Other(StoreError),
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        let (Failure::Ended(error) | Failure::Other(error)) = failure;
        error
    }
}

impl<C: Clone> Link<C> {
    /// None yet; nothing may take longer than `limit`.
    pub(crate) fn new(limit: Duration) -> Self {
        Link { current: Mutex::new(Current { connection: None, number: 0 }), limit }
    }

    /// Does something with the connection that may be done twice. It is, with a new connection, when the one that was there
    /// has ended: servers and networks close those that are not used for a while.
    pub(crate) async fn with<T, F>(
        &self,
        server: &impl Server<Connection = C>,
        work: impl Fn(C) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let used = self.connection(server).await?;
        let fresh = used.fresh;
        match self.attempt(used, &work).await {
            Err(Failure::Ended(_)) if !fresh => {}
            result => return result.map_err(StoreError::from),
        }
        let used = self.connection(server).await?;
        self.attempt(used, &work).await.map_err(StoreError::from)
    }

    /// A connection that has not answered is not used again: on one that is broken without being closed everybody would
    /// wait in vain.
    async fn attempt<T, F>(&self, used: Used<C>, work: &impl Fn(C) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let result = match timeout(self.limit, work(used.connection)).await {
            Ok(Err(error @ StoreError::Failed(_))) => return Err(Failure::Other(error)),
            Ok(result) => result.map_err(Failure::Ended),
            Err(_) => Err(Failure::Other(self.late())),
        };
        if result.is_err() {
            self.give_up(used.number).await;
        }
        result
    }

    /// As long as it is being made, others wait for it instead of making one each.
    async fn connection(&self, server: &impl Server<Connection = C>) -> Result<Used<C>, StoreError> {
        let mut current = self.current.lock().await;
        if let Some(connection) = &current.connection {
            return Ok(Used { connection: connection.clone(), number: current.number, fresh: false });
        }
        let connection = timeout(self.limit, server.connect()).await.unwrap_or_else(|_| Err(self.late()))?;
        current.connection = Some(connection.clone());
        current.number += 1;
        Ok(Used { connection, number: current.number, fresh: true })
    }

    async fn give_up(&self, number: u64) {
        let mut current = self.current.lock().await;
        if current.number == number {
            current.connection = None;
        }
    }

    fn late(&self) -> StoreError {
        StoreError::unavailable(format!("no answer within {:?}", self.limit))
    }
}
