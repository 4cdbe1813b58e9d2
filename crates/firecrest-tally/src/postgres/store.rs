//! The store.

use std::time::Duration;

use futures_util::Stream;

use super::server::Postgres;
use crate::remote::{Link, Shared};
use crate::{Batch, Store, StoreError};

/// How a [`PostgresStore`] works.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PostgresOptions {
    /// The schema of its tables, which is made if it is missing. Default: `tally`. Up to 55 of `a` to `z`, `0` to `9` and
    /// `_`, no digit first. Stores with the same schema in the same database share their counters.
    pub schema: String,
    /// How long connecting may take, and how long an answer. Default: 5 s. When it is over, the server counts as
    /// unavailable, and the connection is made anew.
    pub timeout: Duration,
    /// Who may vouch for the server of an encrypted connection: certificates in PEM. Default: those that the system trusts.
    #[cfg(feature = "postgres-tls")]
    pub authorities: Option<Vec<u8>>,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        PostgresOptions {
            schema: "tally".to_owned(),
            timeout: Duration::from_secs(5),
            #[cfg(feature = "postgres-tls")]
            authorities: None,
        }
    }
}

/// Counters in PostgreSQL, shared by every process that uses the same database and schema.
///
/// ```no_run
/// # use firecrest_tally::{PostgresStore, Tally, TallyOptions};
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let store = PostgresStore::connect("postgresql://shop:secret@10.0.0.7/shop").await?;
/// let tally = Tally::with_store(store, TallyOptions::default());
/// # Ok(())
/// # }
/// ```
///
/// # What it promises
///
/// A batch is one transaction, which adds all of it or nothing, and keeps the number of the writer's last batch. So a batch
/// whose answer was lost is added once, when it is repeated. Writers that have added nothing for a day are forgotten when a
/// store connects: a server that is away for longer just after a batch was sent may count that one twice.
///
/// *How durable* an acknowledged increment is depends on the server, see `SHOW synchronous_commit` and `SHOW fsync`: with
/// both `on`, the default, it is on the server's disk (and, with synchronous standbys, on theirs). With
/// `synchronous_commit = off` a crash of the server loses the last second or less; what is lost is the newest, and nothing
/// is counted twice because of it. Connecting logs a warning when one of them is `off`.
///
/// Others' increments are notified as they are committed and arrive within milliseconds. After a lost connection all counters
/// in use are read again. Values that are changed by hand, without a notification, are seen when they are next added to. Two
/// connections are held; between them and the server may be no pooler that gives a connection to others between
/// transactions, which would take the notifications away.
///
/// # In the database
///
/// `SCHEMA.counters` has a row for each counter, `SCHEMA.writers` one for each writer of the last day, and `SCHEMA_changes` is
/// the channel. They are made when they are missing, by one who may do that:
///
/// ```sql
/// CREATE SCHEMA tally;
/// CREATE TABLE tally.counters (name text COLLATE "C" PRIMARY KEY, value bigint NOT NULL, revision bigint NOT NULL)
///     WITH (fillfactor = 50);
/// CREATE TABLE tally.writers (writer text COLLATE "C" PRIMARY KEY, number bigint NOT NULL, seen timestamptz NOT NULL)
///     WITH (fillfactor = 50);
/// ```
///
/// After that it takes `USAGE` of the schema, `SELECT`, `INSERT` and `UPDATE` of both, and `DELETE` of `writers`. In a
/// counter's name a zero byte is kept as `\0`, a backslash as `\\`.
pub struct PostgresStore {
    shared: Shared<Postgres>,
}

impl PostgresStore {
    /// Connects to `postgresql://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE`, makes the tables in the schema `tally` if they are
    /// missing, and begins to listen. With the feature `postgres-tls` `?sslmode=require` is an encrypted connection to a
    /// server that must show a certificate for its name, as with `verify-full` elsewhere; otherwise it is not encrypted.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the server is away, [`StoreError::Failed`] when the URL is none, or when the user, the
    /// password or a right of the user is refused. No error shows the password.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::connect_with(url, PostgresOptions::default()).await
    }

    /// As [`PostgresStore::connect`], with all options.
    ///
    /// # Errors
    ///
    /// The same, and [`StoreError::Failed`] when the schema's name is none.
    pub async fn connect_with(url: &str, options: PostgresOptions) -> Result<Self, StoreError> {
        let server = Postgres::new(url, &options)?;
        let link = Link::new(options.timeout);
        link.with(&server, |connection| server.prepare(connection)).await?;
        Ok(PostgresStore { shared: Shared::open(server, link).await? })
    }
}

impl Store for PostgresStore {
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

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}
