//! Asking Redis, and listening to it.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, RedisResult, Script,
};
#[cfg(feature = "redis-tls")]
use redis::{ConnectionAddr, TlsCertificates};
#[cfg(feature = "redis-tls")]
use rustls::crypto::CryptoProvider;
use tokio::sync::Notify;

use super::RedisOptions;
use super::answer::{Added, blame, readings};
use super::ear::{RedisEar, hear};
use super::error::explain;
use crate::remote::{Message, Reading, Server};
use crate::{Batch, StoreError};

/// How long a writer's last batch is remembered.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// Where a store is, and how to speak to it.
pub(crate) struct Redis {
    client: Client,
    limit: Duration,
    /// What commits a batch.
    script: Script,
    /// A hash: a counter's name to its value.
    counters: String,
    /// Grows with every batch.
    revision: String,
    /// What comes before a writer's id: the number of its last batch.
    writer: String,
    /// Where batches are told. Channels do not belong to a database, keys do.
    channel: String,
}

impl Redis {
    pub(crate) fn new(url: &str, options: &RedisOptions) -> Result<Self, StoreError> {
        let client = client(url, options);
        let client = client.map_err(|error| StoreError::failed(format!("the URL of Redis: {error}")))?;
        let database = client.get_connection_info().redis_settings().db();
        let prefix = &options.prefix;
        Ok(Redis {
            client,
            limit: options.timeout,
            script: Script::new(include_str!("commit.lua")),
            counters: format!("{prefix}:counters"),
            revision: format!("{prefix}:revision"),
            writer: format!("{prefix}:writer:"),
            channel: format!("{prefix}:changes:{database}"),
        })
    }

    /// Shows whether the user has the rights that it takes, and the keys are what they must be, by adding 0 to a counter
    /// that there cannot be.
    pub(crate) async fn check(&self, mut connection: MultiplexedConnection) -> Result<(), StoreError> {
        let (nobody, now) =
            (format!("{:032x}", 0), SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default());
        let added = self.add(connection.clone(), &nobody, now.as_micros(), &[("", 0)]).await?;
        if let Some(problem) = added.problem() {
            return Err(StoreError::failed(format!("the user lacks a right: {problem}")));
        }
        redis::cmd("HDEL").arg(&self.counters).arg("").exec_async(&mut connection).await.map_err(explain)?;
        self.warn_if_forgetful(connection).await
    }

    /// Says in the log when what is acknowledged may be lost.
    async fn warn_if_forgetful(&self, mut connection: MultiplexedConnection) -> Result<(), StoreError> {
        let answer = redis::cmd("INFO").query_async::<String>(&mut connection).await;
        let info = match answer.map_err(explain) {
            Ok(info) => info,
            Err(StoreError::Failed(reason)) => {
                tracing::debug!(%reason, "cannot see how Redis keeps its data");
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let has = |line: &str| info.lines().any(|found| found == line);
        if has("aof_enabled:0") {
            tracing::warn!(
                "Redis keeps no append-only file: when it crashes, counters go back to its last snapshot"
            );
        }
        if !has("maxmemory:0") && !has("maxmemory_policy:noeviction") {
            tracing::warn!(
                "Redis may evict counters when its memory is full: set maxmemory-policy to noeviction"
            );
        }
        Ok(())
    }

    /// Calls the script.
    async fn add(
        &self,
        mut connection: MultiplexedConnection,
        writer: &str,
        number: u128,
        deltas: &[(&str, i64)],
    ) -> Result<Added, StoreError> {
        let mut call = self.script.prepare_invoke();
        call.key(&self.counters).key(format!("{}{writer}", self.writer)).key(&self.revision);
        call.arg(&self.channel).arg(writer).arg(number).arg(REMEMBERED.as_secs());
        for (name, delta) in deltas {
            call.arg(name).arg(delta);
        }
        let answer = call.invoke_async(&mut connection).await;
        answer.map(Added).map_err(|error| blame(&error, deltas).unwrap_or_else(|| explain(error)))
    }

    async fn open(&self, config: AsyncConnectionConfig) -> Result<MultiplexedConnection, StoreError> {
        // Whoever asks has a time limit of its own.
        let config = config.set_connection_timeout(Some(self.limit)).set_response_timeout(None);
        self.client.get_multiplexed_async_connection_with_config(&config).await.map_err(explain)
    }
}

/// A client that speaks the version of the protocol in which a connection that listens can also ask.
fn client(url: &str, options: &RedisOptions) -> RedisResult<Client> {
    let info = url.into_connection_info()?;
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    open(info.set_redis_settings(settings), options)
}

#[cfg(not(feature = "redis-tls"))]
fn open(info: ConnectionInfo, _: &RedisOptions) -> RedisResult<Client> {
    Client::open(info)
}

#[cfg(feature = "redis-tls")]
fn open(info: ConnectionInfo, options: &RedisOptions) -> RedisResult<Client> {
    if !matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
        return Client::open(info);
    }
    // The client asks for the one of the process, and there is none where more than one could be chosen. If somebody has
    // chosen one meanwhile, that is right as well.
    if CryptoProvider::get_default().is_none() {
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert: options.authorities.clone() })
}

impl Server for Redis {
    type Connection = MultiplexedConnection;
    type Ear = RedisEar;

    async fn connect(&self) -> Result<MultiplexedConnection, StoreError> {
        self.open(AsyncConnectionConfig::new()).await
    }

    async fn load(
        &self,
        mut connection: MultiplexedConnection,
        names: &[String],
    ) -> Result<Vec<Reading>, StoreError> {
        let mut question = redis::pipe();
        question.atomic().cmd("GET").arg(&self.revision).cmd("HMGET").arg(&self.counters).arg(names);
        let answer = question.query_async(&mut connection).await.map_err(explain)?;
        let (revision, values): (Option<String>, Vec<Option<String>>) = answer;
        readings(names.iter().map(String::as_str), revision.as_deref(), &values)
    }

    async fn commit(
        &self,
        connection: MultiplexedConnection,
        batch: &Batch,
    ) -> Result<Vec<Reading>, StoreError> {
        let (writer, number) = (batch.writer.to_string(), batch.number.into());
        let deltas: Vec<(&str, i64)> = batch.deltas.iter().map(|(name, delta)| (&**name, *delta)).collect();
        let added = self.add(connection, &writer, number, &deltas).await?;
        if let Some(problem) = added.problem() {
            tracing::warn!(problem, "Redis did not tell others what was added to the counters");
        }
        let (revision, values) = added.revision_and_values();
        readings(deltas.iter().map(|(name, _)| *name), revision, values)
    }

    async fn listen(
        &self,
        heard: impl Fn(Message<'_>) + Send + Sync + 'static,
    ) -> Result<RedisEar, StoreError> {
        let gone = Arc::new(Notify::new());
        let config = AsyncConnectionConfig::new().set_push_sender(hear(heard, Arc::clone(&gone)));
        let mut connection = self.open(config).await?;
        connection.subscribe(&self.channel).await.map_err(explain)?;
        Ok(RedisEar::new(connection, gone))
    }
}
