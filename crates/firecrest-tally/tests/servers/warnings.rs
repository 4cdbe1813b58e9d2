//! What the log says of servers that forget.

use std::io::Write;
use std::sync::{Arc, Mutex};

use crate::backend::{Backend, SECRET};
use crate::postgres_server::PostgresServer;
use servers::RedisServer;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What is logged while a store connects to a server.
async fn logged<B: Backend>(server: &B) -> String {
    let log = Log::default();
    let own = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || own.clone())
        .with_ansi(false)
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    server.store().await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!text.contains(SECRET), "{text}");
    text
}

#[tokio::test]
async fn a_redis_that_forgets_is_warned_of() {
    let careful = logged(&RedisServer::start().await).await;
    assert!(!careful.contains("WARN"), "{careful}");
    let snapshots = logged(&RedisServer::start_with(&[], &["--appendonly", "no"]).await).await;
    assert!(snapshots.contains("WARN") && snapshots.contains("append-only"), "{snapshots}");
    let cache = ["--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru"];
    let cache = logged(&RedisServer::start_with(&[], &cache).await).await;
    assert!(cache.contains("WARN") && cache.contains("noeviction"), "{cache}");
}

#[tokio::test]
async fn a_postgres_that_forgets_is_warned_of() {
    let careful = logged(&PostgresServer::start_with(&[], &["fsync=on"]).await).await;
    assert!(!careful.contains("WARN"), "{careful}");
    let lazy = logged(&PostgresServer::start_with(&[], &["fsync=on", "synchronous_commit=off"]).await).await;
    assert!(lazy.contains("WARN") && lazy.contains("synchronous_commit"), "{lazy}");
}
