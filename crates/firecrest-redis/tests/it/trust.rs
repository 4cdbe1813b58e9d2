//! Who may connect to whom, and secrets.

use std::time::Duration;

use firecrest_pubsub::cluster::Cluster;
use firecrest_redis::{ConfigError, RedisCluster, RedisClusterOptions};
use servers::{RedisServer, SECRET, certificates, free_port, until};

use crate::log::Log;
use crate::member::{Member, hasty};

/// Somebody with these rights, started.
pub(crate) async fn user(server: &RedisServer, name: &str, rights: &[&str]) -> Member {
    let password = format!(">{SECRET}");
    let rules = ["ACL", "SETUSER", name, "on", &password, "resetchannels"];
    server.run(&rules.iter().chain(rights).copied().collect::<Vec<_>>()).await;
    Member::start(name, &format!("redis://{name}:{SECRET}@127.0.0.1:{}", server.port()), hasty())
}

#[tokio::test]
async fn a_wrong_password_is_named_and_never_shown() {
    let (log, _guard) = Log::keep();
    let server = RedisServer::start().await;
    let wrong = format!("{SECRET}-not");
    let ann = Member::start("ann", &RedisServer::url_with(server.port(), &wrong), hasty());
    until("an attempt has failed", async || ann.error().is_some()).await;
    assert_eq!(ann.error().unwrap(), "the server does not accept the user name or the password");
    let none = Member::start("ben", &format!("redis://127.0.0.1:{}", server.port()), hasty());
    until("an attempt has failed", async || none.error().is_some()).await;
    assert_eq!(none.error().unwrap(), "the server does not accept the user name or the password");
    let shown = format!("{:?} {:?} {}", ann.cluster, ann.cluster.health(), log.text());
    assert!(shown.contains("does not accept") && !shown.contains(SECRET), "{shown}");
    assert_eq!(log.count("no connection to Redis"), 2, "once each: {}", log.text());
}

#[tokio::test]
async fn rights_that_are_missing_are_named() {
    let server = RedisServer::start().await;
    let all = ["&firecrest:*", "+publish", "+subscribe", "+unsubscribe", "+ping"];
    let enough = user(&server, "enough", &all).await;
    enough.connected().await;
    enough.subscribe("subject").await;
    enough.publish("subject", "heard");
    enough.hears(&["heard"]).await;
    enough.cluster.unsubscribe("subject");
    enough.subscribe("subject").await;
    for missing in ["&firecrest:*", "+publish", "+subscribe"] {
        let rights: Vec<&str> = all.into_iter().filter(|right| *right != missing).collect();
        let less = user(&server, "less", &rights).await;
        let named = async || less.error().is_some_and(|error| error.contains("the user lacks a right"));
        until("it is named", named).await;
        assert!(!less.cluster.health().is_connected());
        server.run(&["ACL", "DELUSER", "less"]).await;
    }
}

#[tokio::test]
async fn a_broker_is_trusted_when_somebody_vouches_for_its_name() {
    let own = certificates("localhost");
    let port = free_port().to_string();
    let files = [("cert", own.server.as_str()), ("key", &own.key), ("ca", &own.authority)];
    let arguments =
        "--tls-cert-file cert --tls-key-file key --tls-ca-cert-file ca --tls-auth-clients no --tls-port";
    let arguments: Vec<&str> = arguments.split(' ').chain([port.as_str()]).collect();
    let server = RedisServer::start_with(&files, &arguments).await;
    let start = |host: &str, authority: &str| {
        let mut options = hasty();
        options.authorities = Some(authority.as_bytes().to_vec());
        options.timeout = Duration::from_secs(5);
        Member::start("ann", &format!("rediss://:{SECRET}@{host}:{port}"), options)
    };
    let ann = start("localhost", &own.authority);
    ann.connected().await;
    ann.subscribe("subject").await;
    ann.publish("subject", "heard");
    ann.hears(&["heard"]).await;
    let clients = server.run(&["CLIENT", "LIST"]).await;
    assert_eq!(clients.matches(&format!("laddr=127.0.0.1:{port}")).count(), 2, "{clients}");
    for (host, authority) in [("localhost", &certificates("x").authority), ("127.0.0.1", &own.authority)] {
        let ann = start(host, authority);
        until("an attempt has failed", async || ann.error().is_some()).await;
        let error = ann.error().unwrap();
        assert!(error.contains("certificate") && !error.contains(SECRET), "{error}");
    }
}

#[tokio::test]
async fn a_url_that_is_none_and_options_that_cannot_be_are_refused() {
    for url in
        ["", "redis", "http://:hush-7f3a@host", "redis://", "redis://:hush-7f3a@host:port", "://hush-7f3a"]
    {
        let error = RedisCluster::new(url).unwrap_err();
        assert!(matches!(error, ConfigError::Url(_)), "{url}: {error:?}");
        assert!(!format!("{error} {error:?}").contains(SECRET), "{url}: {error:?}");
    }
    type Spoil = fn(&mut RedisClusterOptions);
    let spoilt: [(&str, Spoil); 8] = [
        ("prefix", |options| options.prefix = "shop:s".to_owned()),
        ("prefix", |options| options.prefix = "shop:n:x".to_owned()),
        ("queue_messages", |options| options.queue_messages = 0),
        ("queue_bytes", |options| options.queue_bytes = 1),
        ("max_message", |options| options.max_message = 0),
        ("timeout", |options| options.timeout = Duration::ZERO),
        ("reconnect", |options| options.reconnect = Duration::ZERO..=Duration::ZERO),
        ("reconnect", |options| options.reconnect = Duration::from_secs(2)..=Duration::from_secs(1)),
    ];
    for (name, spoil) in spoilt {
        let mut options = RedisClusterOptions::default();
        spoil(&mut options);
        let error = RedisCluster::with_options("redis://localhost", options).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
    let mut options = RedisClusterOptions::default();
    options.authorities = Some(b"nonsense".to_vec());
    let error = RedisCluster::with_options("rediss://:hush-7f3a@localhost", options).unwrap_err();
    assert!(matches!(error, ConfigError::Authorities(_)) && !error.to_string().contains(SECRET), "{error:?}");
}

#[tokio::test]
async fn nothing_shows_the_password_in_the_url() {
    let mut options = RedisClusterOptions::default();
    options.prefix = "shop".to_owned();
    let cluster =
        RedisCluster::with_options(&format!("redis://ann:{SECRET}@localhost"), options.clone()).unwrap();
    let shown = format!("{cluster:?} {options:?} {:?}", cluster.health());
    assert!(shown.contains("shop") && !shown.contains(SECRET), "{shown}");
}
