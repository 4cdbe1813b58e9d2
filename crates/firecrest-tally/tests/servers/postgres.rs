//! PostgreSQL.

use std::time::Duration;

use firecrest_tally::conformance::{self, Sharing};
use firecrest_tally::{PostgresOptions, PostgresStore, StoreError};
use futures_util::future::join_all;

use crate::backend::{Backend, SECRET};
use crate::postgres_server::PostgresServer;
use crate::scenarios;
use crate::writer::{Writer, value};

async fn connect_within(url: &str, limit: Duration) -> Result<PostgresStore, StoreError> {
    let mut options = PostgresOptions::default();
    options.timeout = limit;
    PostgresStore::connect_with(url, options).await
}

async fn in_schema(server: &PostgresServer, schema: &str) -> Result<PostgresStore, StoreError> {
    let mut options = PostgresOptions::default();
    options.schema = schema.to_owned();
    PostgresStore::connect_with(&server.url(), options).await
}

#[tokio::test]
async fn does_what_every_store_must() {
    let server = PostgresServer::start().await;
    conformance::run(async || server.store().await, Sharing::Shared).await;
}

#[tokio::test]
async fn cut_connections_count_once() {
    scenarios::cut_connections_count_once::<PostgresServer>().await;
}

#[tokio::test]
async fn an_idle_connection_may_be_closed() {
    scenarios::an_idle_connection_may_be_closed::<PostgresServer>().await;
}

#[tokio::test]
async fn silence_is_given_up() {
    scenarios::silence_is_given_up::<PostgresServer>(connect_within).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_and_doubles_nothing() {
    scenarios::a_killed_server_loses_and_doubles_nothing::<PostgresServer>().await;
}

#[tokio::test]
async fn tallies_see_each_other() {
    scenarios::tallies_see_each_other::<PostgresServer>().await;
}

#[tokio::test]
async fn what_was_missed_is_made_up_for() {
    scenarios::what_was_missed_is_made_up_for::<PostgresServer>().await;
}

#[tokio::test]
async fn nobody_looks_nothing_piles_up() {
    scenarios::nobody_looks_nothing_piles_up::<PostgresServer>().await;
}

#[tokio::test]
async fn a_late_batch_is_not_added() {
    scenarios::a_late_batch_is_not_added::<PostgresServer>().await;
}

#[tokio::test]
async fn large_batches_with_odd_names() {
    scenarios::large_batches_with_odd_names::<PostgresServer>().await;
}

#[tokio::test]
async fn errors_say_what_to_do_and_no_secrets() {
    scenarios::errors_say_what_to_do_and_no_secrets::<PostgresServer>().await;
}

#[tokio::test]
async fn schemas_are_stores_of_their_own() {
    let server = PostgresServer::start().await;
    let (one, two) = (in_schema(&server, "one").await.unwrap(), in_schema(&server, "order").await.unwrap());
    Writer::new(&one).add(&[("visits", 5)]).await;
    assert_eq!(value(&one, "visits").await, 5);
    assert_eq!(value(&two, "visits").await, 0);
    for wrong in ["", "2nd", "a-b", "Upper", "a;drop", "é", &"a".repeat(56)] {
        let error = in_schema(&server, wrong).await.unwrap_err();
        assert!(matches!(error, StoreError::Failed(_)) && error.to_string().contains("schema"), "{error}");
    }
    in_schema(&server, &"a".repeat(55)).await.unwrap();
}

#[tokio::test]
async fn processes_that_start_together_all_find_or_make_the_tables() {
    let server = PostgresServer::start().await;
    let url = server.url();
    let stores = join_all((0..8).map(|_| PostgresStore::connect(&url))).await;
    for store in stores {
        Writer::new(&store.unwrap()).add(&[("visits", 1)]).await;
    }
    assert_eq!(server.ask("SELECT value FROM tally.counters WHERE name = 'visits'").await, 8);
}

#[tokio::test]
async fn a_user_who_may_not_make_tables_uses_those_that_are_there() {
    let server = PostgresServer::start().await;
    server.run(&format!("CREATE USER app PASSWORD '{SECRET}'")).await;
    let url = server.url_of("app");
    let without_tables = PostgresStore::connect(&url).await.unwrap_err();
    assert!(matches!(without_tables, StoreError::Failed(_)), "{without_tables}");
    assert!(without_tables.to_string().contains("permission denied"), "{without_tables}");

    server.store().await;
    let without_rights = PostgresStore::connect(&url).await.unwrap_err();
    assert!(matches!(without_rights, StoreError::Failed(_)), "{without_rights}");
    assert!(without_rights.to_string().contains("permission denied"), "{without_rights}");

    server.run("GRANT USAGE ON SCHEMA tally TO app").await;
    server.run("GRANT SELECT, INSERT, UPDATE ON tally.counters, tally.writers TO app").await;
    server.run("GRANT DELETE ON tally.writers TO app").await;
    let store = PostgresStore::connect(&url).await.unwrap();
    assert_eq!(
        Writer::new(&store).add(&[("visits", 2)]).await,
        [2],
        "what the documentation names is enough"
    );
}

#[tokio::test]
async fn writers_of_the_day_before_are_forgotten_when_a_store_connects() {
    let server = PostgresServer::start().await;
    let store = server.store().await;
    let (mut idle, mut busy) = (Writer::new(&store), Writer::new(&store));
    idle.add(&[("visits", 1)]).await;
    server.run("UPDATE tally.writers SET seen = now() - interval '25 hours'").await;
    busy.add(&[("visits", 1)]).await;
    server.store().await;
    assert_eq!(server.ask("SELECT count(*) FROM tally.writers WHERE writer <> ''").await, 1);
    assert_eq!(idle.add(&[("visits", 1)]).await, [3], "who comes back goes on");
}

#[tokio::test]
async fn a_batch_that_still_runs_and_its_repetition_are_added_once() {
    let server = PostgresServer::start().await;
    let store = connect_within(&server.url(), Duration::from_secs(1)).await.unwrap();
    let mut writer = Writer::new(&store);
    writer.add(&[("visits", 1)]).await;
    let lock = server.session("BEGIN; SELECT FROM tally.counters WHERE name = 'visits' FOR UPDATE").await;
    let held_up = writer.try_add(&[("visits", 1)]).await.unwrap_err();
    assert!(matches!(held_up, StoreError::Unavailable(_)), "{held_up}");
    lock.batch_execute("COMMIT").await.unwrap();
    assert_eq!(writer.again(&[("visits", 1)]).await, [2]);
}

#[tokio::test]
async fn batches_of_the_same_counters_do_not_get_in_each_others_way() {
    let server = PostgresServer::start().await;
    let (one, two) = (server.store().await, server.store().await);
    let rising: Vec<String> = (0..200).map(|number| format!("{number:03}")).collect();
    let rising: Vec<(&str, i64)> = rising.iter().map(|name| (name.as_str(), 1)).collect();
    let falling: Vec<(&str, i64)> = rising.iter().copied().rev().collect();
    let commit = async |store: &PostgresStore, deltas: &[(&str, i64)]| {
        let mut writer = Writer::new(store);
        for _ in 0..50 {
            writer.try_add(deltas).await.expect("no deadlock");
        }
    };
    tokio::join!(commit(&one, &rising), commit(&two, &falling));
    assert_eq!(value(&one, "100").await, 100);
}
