//! The store.

use std::time::Duration;

use futures_util::Stream;

use super::server::Redis;
use crate::remote::{Link, Shared};
use crate::{Batch, Store, StoreError};

/// How a [`RedisStore`] works.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RedisOptions {
    /// What the names of all keys and of the channel begin with, up to a colon. Default: `tally`. Stores with the same
    /// prefix in the same database share their counters.
    pub prefix: String,
    /// How long connecting may take, and how long an answer. Default: 5 s. When it is over, the server counts as
    /// unavailable, and the connection is made anew.
    pub timeout: Duration,
    /// Who may vouch for the server of an encrypted connection: certificates in PEM. Default: those that the system trusts.
    #[cfg(feature = "redis-tls")]
    pub authorities: Option<Vec<u8>>,
}

impl Default for RedisOptions {
    fn default() -> Self {
        RedisOptions {
            prefix: "tally".to_owned(),
            timeout: Duration::from_secs(5),
            #[cfg(feature = "redis-tls")]
            authorities: None,
        }
    }
}

/// Counters in Redis 6 or newer, or in Valkey, shared by every process that uses the same database and prefix.
///
/// ```no_run
/// # use firecrest_tally::{RedisStore, Tally, TallyOptions};
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let store = RedisStore::connect("redis://:secret@10.0.0.7", "shop").await?;
/// let tally = Tally::with_store(store, TallyOptions::default());
/// # Ok(())
/// # }
/// ```
///
/// # What it promises
///
/// A batch is one call of a script, which adds all of it or nothing, and remembers the number of the writer's last batch
/// for a day. So a batch whose answer was lost is added once, when it is repeated within that day; a server that is away
/// for longer just after a batch was sent may count that one twice.
///
/// *How durable* an acknowledged increment is depends on the server, see `redis-cli CONFIG GET appendonly appendfsync
/// maxmemory-policy`:
///
/// | setting | what a crash of the server loses |
/// | --- | --- |
/// | `appendonly yes`, `appendfsync always` | nothing |
/// | `appendonly yes`, `appendfsync everysec` (its default) | the last second or two, if the whole machine crashes |
/// | `appendonly no` (its default) | everything since the last snapshot |
///
/// What is lost is the newest, and nothing is counted twice because of it. With replicas, a failover loses what the new
/// primary had not received yet. `maxmemory-policy` must be `noeviction`, the default: other policies throw counters away,
/// or forget batches. Connecting logs a warning when there is no append-only file, or another policy.
///
/// Others' increments are published on one channel as they are committed and arrive within milliseconds. After a lost
/// connection all counters in use are read again. Values that are changed by hand, without the channel, are seen when they
/// are next added to.
///
/// # In the database
///
/// `PREFIX:counters` is a hash of all counters, `PREFIX:writer:ID` the last batch of a writer, `PREFIX:revision` grows with
/// every batch, and `PREFIX:changes:DB` is the channel, for database number `DB`. All keys must be on one server: Redis
/// Cluster is not supported. A user with restricted rights needs `~PREFIX:* &PREFIX:* +get +set +hmget +hset +hdel
/// +hincrby +time +publish +subscribe +multi +exec +ping +evalsha +script|load`, and `+info` for the warnings.
pub struct RedisStore {
    shared: Shared<Redis>,
}

impl RedisStore {
    /// Connects to `redis://[USER][:PASSWORD@]HOST[:PORT][/DB]`, or `redis+unix:///PATH[?db=DB&user=USER&pass=PASSWORD]`,
    /// and begins to listen. With the feature `redis-tls` `rediss://` is an encrypted connection to a server that must show a
    /// certificate for its name; rustls' provider of cryptography is ring then, unless the process has chosen another.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the server is away, [`StoreError::Failed`] when the URL is none, when the user, the
    /// password or a right of the user is refused, or when a key of the store holds something else. No error shows the
    /// password.
    pub async fn connect(url: &str, prefix: &str) -> Result<Self, StoreError> {
        let options = RedisOptions { prefix: prefix.to_owned(), ..RedisOptions::default() };
        Self::connect_with(url, options).await
    }

    /// As [`RedisStore::connect`], with all options.
    ///
    /// # Errors
    ///
    /// The same.
    pub async fn connect_with(url: &str, options: RedisOptions) -> Result<Self, StoreError> {
        let server = Redis::new(url, &options)?;
        let link = Link::new(options.timeout);
        link.with(&server, |connection| server.check(connection)).await?;
        Ok(RedisStore { shared: Shared::open(server, link).await? })
    }
}

impl Store for RedisStore {
    async fn load(&self, names: &[String]) -> Result<Vec<i64>, StoreError> {
        self.shared.load(names).await
    }

    async fn commit(&self, batch: &Batch) -> Result<Vec<i64>, StoreError> {
        self.shared.commit(batch).await
    }

    fn changes(&self) -> impl Stream<Item = (String, i64)> + Send + 'static {
        self.shared.changes()
    }
}

impl std::fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}
