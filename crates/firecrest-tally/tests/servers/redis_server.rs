//! What the scenarios know of Redis.

use firecrest_tally::{RedisStore, StoreError};
use servers::RedisServer;

use crate::backend::Backend;

impl Backend for RedisServer {
    type Store = RedisStore;

    const SCHEME: &str = "redis";

    async fn start() -> Self {
        RedisServer::start().await
    }

    async fn start_again(&mut self) {
        RedisServer::start_again(self).await;
    }

    fn kill(&mut self) {
        RedisServer::kill(self);
    }

    fn port(&self) -> u16 {
        RedisServer::port(self)
    }

    fn url_with(&self, port: u16, password: &str) -> String {
        RedisServer::url_with(port, password)
    }

    async fn connect(url: &str) -> Result<RedisStore, StoreError> {
        RedisStore::connect(url, "tally").await
    }
}
