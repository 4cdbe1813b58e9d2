//! Redis.

use std::time::Duration;

use firecrest_tally::conformance::{self, Sharing};
use firecrest_tally::{RedisOptions, RedisStore, StoreError};

use crate::backend::{Backend, SECRET};
use crate::scenarios;
use crate::writer::{Writer, value};
use servers::RedisServer;

async fn connect_within(url: &str, limit: Duration) -> Result<RedisStore, StoreError> {
    let mut options = RedisOptions::default();
    options.timeout = limit;
    RedisStore::connect_with(url, options).await
}

#[tokio::test]
async fn does_what_every_store_must() {
    let server = RedisServer::start().await;
    conformance::run(async || server.store().await, Sharing::Shared).await;
}

#[tokio::test]
async fn cut_connections_count_once() {
    scenarios::cut_connections_count_once::<RedisServer>().await;
}

#[tokio::test]
async fn an_idle_connection_may_be_closed() {
    scenarios::an_idle_connection_may_be_closed::<RedisServer>().await;
}

#[tokio::test]
async fn silence_is_given_up() {
    scenarios::silence_is_given_up::<RedisServer>(connect_within).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_and_doubles_nothing() {
    scenarios::a_killed_server_loses_and_doubles_nothing::<RedisServer>().await;
}

#[tokio::test]
async fn tallies_see_each_other() {
    scenarios::tallies_see_each_other::<RedisServer>().await;
}

#[tokio::test]
async fn what_was_missed_is_made_up_for() {
    scenarios::what_was_missed_is_made_up_for::<RedisServer>().await;
}

#[tokio::test]
async fn nobody_looks_nothing_piles_up() {
    scenarios::nobody_looks_nothing_piles_up::<RedisServer>().await;
}

#[tokio::test]
async fn a_late_batch_is_not_added() {
    scenarios::a_late_batch_is_not_added::<RedisServer>().await;
}

#[tokio::test]
async fn large_batches_with_odd_names() {
    scenarios::large_batches_with_odd_names::<RedisServer>().await;
}

#[tokio::test]
async fn errors_say_what_to_do_and_no_secrets() {
    scenarios::errors_say_what_to_do_and_no_secrets::<RedisServer>().await;
}

#[tokio::test]
async fn prefixes_and_databases_are_stores_of_their_own() {
    let server = RedisServer::start().await;
    let other_prefix = RedisStore::connect(&server.url(), "other").await.unwrap();
    let other_database = RedisServer::connect(&format!("{}/3", server.url())).await.unwrap();
    let store = server.store().await;
    Writer::new(&store).add(&[("visits", 5)]).await;
    Writer::new(&other_database).add(&[("visits", 7)]).await;
    assert_eq!(value(&store, "visits").await, 5);
    assert_eq!(value(&other_prefix, "visits").await, 0);
    assert_eq!(value(&other_database, "visits").await, 7);
}

#[tokio::test]
async fn keys_that_hold_something_else_are_named_and_nothing_is_added() {
    let server = RedisServer::start().await;
    let store = server.store().await;
    let mut writer = Writer::new(&store);
    server.run(&["HSET", "tally:counters", "text", "seven"]).await;
    let error = writer.try_add(&[("first", 1), ("text", 1)]).await.unwrap_err();
    assert!(matches!(error, StoreError::Failed(_)) && error.to_string().contains("\"text\""), "{error}");
    assert_eq!(value(&store, "first").await, 0);
    assert_eq!(writer.add(&[("first", 1)]).await, [1], "the writer goes on");

    server.run(&["DEL", "tally:counters"]).await;
    server.run(&["SET", "tally:counters", "text"]).await;
    let error = writer.try_add(&[("first", 1)]).await.unwrap_err();
    assert!(matches!(error, StoreError::Failed(_)) && error.to_string().contains("prefix"), "{error}");
}

#[tokio::test]
async fn rights_that_are_missing_are_named_when_it_connects() {
    let server = RedisServer::start().await;
    let rights = "+get +set +hmget +hset +hdel +hincrby +time +publish +subscribe +multi +exec +ping +evalsha +script|load";
    let user = async |name: &str, rights: &str| {
        let password = format!(">{SECRET}");
        let rules = ["ACL", "SETUSER", name, "on", &password, "~tally:*", "&tally:*"];
        server.run(&rules.into_iter().chain(rights.split(' ')).collect::<Vec<_>>()).await;
        let url = format!("redis://{name}:{SECRET}@127.0.0.1:{}", server.port());
        RedisStore::connect(&url, "tally").await
    };
    let enough = user("enough", rights).await.unwrap();
    assert_eq!(
        Writer::new(&enough).add(&[("visits", 2)]).await,
        [2],
        "what the documentation names is enough"
    );
    let deaf = user("deaf", &rights.replace("+subscribe ", "")).await.unwrap_err();
    assert!(matches!(deaf, StoreError::Failed(_)) && deaf.to_string().contains("right"), "{deaf}");
    let mute = user("mute", &rights.replace("+hincrby ", "")).await.unwrap_err();
    assert!(matches!(mute, StoreError::Failed(_)) && mute.to_string().contains("can't run"), "{mute}");
}

#[tokio::test]
async fn a_writers_last_batch_is_forgotten_after_a_day() {
    let server = RedisServer::start().await;
    let store = server.store().await;
    Writer::new(&store).add(&[("visits", 1)]).await;
    let keys = server.run(&["KEYS", "tally:writer:*"]).await;
    let key = keys.lines().last().unwrap();
    let seconds: i64 = server.run(&["TTL", key]).await.trim_start_matches(':').trim().parse().unwrap();
    assert!((86_000..=86_400).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_script_that_the_server_has_lost_is_loaded_again() {
    let server = RedisServer::start().await;
    let store = server.store().await;
    let mut writer = Writer::new(&store);
    writer.add(&[("visits", 1)]).await;
    server.run(&["SCRIPT", "FLUSH"]).await;
    assert_eq!(writer.try_add(&[("visits", 1)]).await.unwrap(), [2]);
}
