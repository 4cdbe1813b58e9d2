//! Asking PostgreSQL.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, NoTls, Row};

use super::PostgresOptions;
use super::connection::PostgresConnection;
use super::error::explain;
use super::name::{kept, name};
use super::sql::{LONGEST_SCHEMA, Sql};
use super::tls::{Tls, tls};
use crate::remote::{Message, Reading, Server};
use crate::{Batch, StoreError};

/// Where a store is, and how to speak to it.
pub(crate) struct Postgres {
    config: Config,
    /// For connections that are to be encrypted.
    tls: Option<Tls>,
    limit: Duration,
    sql: Sql,
}

impl Postgres {
    pub(crate) fn new(url: &str, options: &PostgresOptions) -> Result<Self, StoreError> {
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        let schema = options.schema.as_str();
        let named = schema.bytes().next().is_some_and(is_name)
            && schema.bytes().all(|byte| is_name(byte) || byte.is_ascii_digit())
            && schema.len() <= LONGEST_SCHEMA;
        if !named {
            return Err(StoreError::failed(format!(
                "{schema:?} cannot be the schema: up to {LONGEST_SCHEMA} of a to z, 0 to 9 and _, and no digit first"
            )));
        }
        // What is wrong with it is not repeated: it could be a part of the password.
        let mut config: Config =
            url.parse().map_err(|_| StoreError::failed("this is not a URL of PostgreSQL"))?;
        config.connect_timeout(options.timeout);
        if config.get_application_name().is_none() {
            config.application_name("firecrest-tally");
        }
        let tls = tls(&config, options)?;
        Ok(Postgres { config, tls, limit: options.timeout, sql: Sql::new(schema) })
    }

    /// Makes the tables if they are missing, and forgets old writers. An empty batch then shows whether the user has all
    /// the rights it takes.
    pub(crate) async fn prepare(&self, connection: Arc<PostgresConnection>) -> Result<(), StoreError> {
        let client = &connection.client;
        let exist = client.query_one(&self.sql.exist, &[]).await.map_err(|error| explain(&error))?;
        if !exist.get::<_, bool>(0) {
            client.batch_execute(&self.sql.create).await.map_err(|error| explain(&error))?;
        }
        client.batch_execute(&self.sql.forget).await.map_err(|error| explain(&error))?;
        self.add(client, ("", 0), &[]).await?;
        self.warn_if_forgetful(client).await
    }

    /// Says in the log when what is acknowledged may be lost.
    async fn warn_if_forgetful(&self, client: &Client) -> Result<(), StoreError> {
        let settings = "SELECT current_setting('synchronous_commit'), current_setting('fsync')";
        let settings = client.query_one(settings, &[]).await.map_err(|error| explain(&error))?;
        for (at, setting) in ["synchronous_commit", "fsync"].into_iter().enumerate() {
            if settings.get::<_, &str>(at) == "off" {
                tracing::warn!(
                    setting,
                    "is off in PostgreSQL: when it crashes, the newest increments are lost"
                );
            }
        }
        Ok(())
    }

    /// The rows of counters that were added to, none if the batch has been added before.
    async fn add(
        &self,
        client: &Client,
        batch: (&str, i64),
        deltas: &[(&str, i64)],
    ) -> Result<Vec<Row>, StoreError> {
        let (writer, number) = batch;
        let (names, deltas): (Vec<&str>, Vec<i64>) = deltas.iter().copied().unzip();
        let arguments: [Argument<'_>; 5] = [
            (&writer, Type::TEXT),
            (&number, Type::INT8),
            (&names, Type::TEXT_ARRAY),
            (&deltas, Type::INT8_ARRAY),
            (&self.sql.channel, Type::TEXT),
        ];
        client.query_typed(&self.sql.commit, &arguments).await.map_err(|error| explain(&error))
    }

    /// The rows of those of these counters that have one.
    async fn rows(&self, client: &Client, names: &[Cow<'_, str>]) -> Result<Vec<Row>, StoreError> {
        let arguments: [Argument<'_>; 1] = [(&names, Type::TEXT_ARRAY)];
        client.query_typed(&self.sql.load, &arguments).await.map_err(|error| explain(&error))
    }

    /// A connection, and what drives it. What it is told is given to `heard`.
    async fn open(
        &self,
        heard: impl Fn(Message<'_>) + Send + 'static,
    ) -> Result<PostgresConnection, StoreError> {
        let connection = match &self.tls {
            Some(tls) => PostgresConnection::open(&self.config, Tls::clone(tls), heard).await?,
            None => PostgresConnection::open(&self.config, NoTls, heard).await?,
        };
        // A statement that has been given up here must not go on there, in the way of its repetition.
        let limit = format!("SET statement_timeout = {}", self.limit.as_millis().max(1));
        connection.client.batch_execute(&limit).await.map_err(|error| explain(&error))?;
        Ok(connection)
    }
}

/// An argument of a statement.
type Argument<'a> = (&'a (dyn ToSql + Sync), Type);

impl Server for Postgres {
    type Connection = Arc<PostgresConnection>;
    type Ear = PostgresConnection;

    fn name(told: &str) -> Cow<'_, str> {
        name(told)
    }

    async fn connect(&self) -> Result<Arc<PostgresConnection>, StoreError> {
        self.open(|_| {}).await.map(Arc::new)
    }

    async fn load(
        &self,
        connection: Arc<PostgresConnection>,
        names: &[String],
    ) -> Result<Vec<Reading>, StoreError> {
        let names: Vec<Cow<'_, str>> = names.iter().map(|name| kept(name)).collect();
        let rows = self.rows(&connection.client, &names).await?;
        Ok(in_order(&names, &rows))
    }

    async fn commit(
        &self,
        connection: Arc<PostgresConnection>,
        batch: &Batch,
    ) -> Result<Vec<Reading>, StoreError> {
        let number = i64::try_from(batch.number).map_err(StoreError::failed)?;
        let names: Vec<Cow<'_, str>> = batch.deltas.iter().map(|(name, _)| kept(name)).collect();
        let deltas = names.iter().zip(&batch.deltas).map(|(name, (_, delta))| (&**name, *delta));
        let mut deltas: Vec<(&str, i64)> = deltas.collect();
        deltas.sort_unstable();
        let mut rows = self.add(&connection.client, (&batch.writer.to_string(), number), &deltas).await?;
        if rows.is_empty() {
            rows = self.rows(&connection.client, &names).await?;
        }
        Ok(in_order(&names, &rows))
    }

    async fn listen(
        &self,
        heard: impl Fn(Message<'_>) + Send + Sync + 'static,
    ) -> Result<PostgresConnection, StoreError> {
        let connection = self.open(heard).await?;
        connection.client.batch_execute(&self.sql.listen).await.map_err(|error| explain(&error))?;
        Ok(connection)
    }
}

/// What counters are. Those without a row are 0.
fn in_order(names: &[Cow<'_, str>], rows: &[Row]) -> Vec<Reading> {
    let none = Reading { value: 0, revision: 0 };
    let reading = |row: &Row| Reading { value: row.get(1), revision: row.get(2) };
    let readings: HashMap<&str, Reading> = rows.iter().map(|row| (row.get(0), reading(row))).collect();
    names.iter().map(|name| readings.get(&**name).copied().unwrap_or(none)).collect()
}
