//! Who is let in, and whom we trust.

use firecrest_nats::{ConfigError, NatsCluster, NatsClusterOptions};
use firecrest_pubsub::cluster::Cluster;
use servers::{NatsServer, SECRET, certificates};

use crate::log::Log;
use crate::member::{Member, quick};

/// Nothing that can be seen shows the secret.
fn shows_no_secret(cluster: &NatsCluster, trouble: &str, log: &Log) {
    let seen = [format!("{cluster:?} {:?}", cluster.health()), trouble.to_owned(), log.text()];
    assert!(seen.iter().all(|text| !text.contains(SECRET)), "{seen:?}");
}

#[tokio::test]
async fn a_wrong_password_or_token_is_said_without_saying_it() {
    let (log, _guard) = Log::start();
    let by_password = NatsServer::start().await;
    let by_token = NatsServer::start_with(&[], &["--auth", SECRET]).await;
    for (url, trouble) in [
        (NatsServer::url_with(by_password.port(), &format!("{SECRET}-not")), true),
        (format!("nats://{SECRET}@127.0.0.1:{}", by_password.port()), true),
        (format!("nats://127.0.0.1:{}", by_password.port()), true),
        (format!("nats://{SECRET}-not@127.0.0.1:{}", by_token.port()), true),
        (format!("nats://{SECRET}@127.0.0.1:{}", by_token.port()), false),
        (by_password.url(), false),
    ] {
        let member = Member::begin("a", &url, &quick());
        if trouble {
            let said = member.trouble().await;
            assert!(said.contains("does not accept the user"), "{url}: {said}");
            shows_no_secret(&member.cluster, &said, &log);
        } else {
            member.connected().await;
            shows_no_secret(&member.cluster, "", &log);
        }
    }
}

#[tokio::test]
async fn a_right_that_is_missing_is_said_and_does_not_count_as_connected() {
    let config = format!(
        r#"authorization {{ users = [{{ user: firecrest, password: "{SECRET}", permissions: {{
            publish: "firecrest.>", subscribe: "other.>" }} }}] }}"#
    );
    let server = NatsServer::start_with(&[("config", &config)], &["--config", "config"]).await;
    let member = Member::begin("a", &server.url(), &quick());
    let said = member.trouble().await;
    assert!(said.contains("lacks a right") && said.contains("firecrest.n.a"), "{said}");
    let mut other = quick();
    other.prefix = "other".to_owned();
    let member = Member::start_with("a", &server.url(), &other).await;
    let (log, _guard) = Log::start();
    for _ in 0..2 {
        member.publish("x", "not allowed");
        member.subscribe("y").await;
    }
    assert!(member.cluster.health().is_connected(), "the rest goes on");
    assert_eq!(log.count("Permissions Violation"), 1, "{}", log.text());
}

fn trusting(authority: Option<String>) -> NatsClusterOptions {
    let mut options = quick();
    options.authorities = authority.map(String::into_bytes);
    options
}

#[tokio::test]
async fn a_server_is_trusted_when_somebody_vouches_for_its_name() {
    let own = certificates("localhost");
    let files = [("cert", &*own.server), ("key", &*own.key)];
    let server = NatsServer::start_with(&files, &["--tls", "--tlscert", "cert", "--tlskey", "key"]).await;
    let by_address = server.url();
    let by_name = by_address.replace("127.0.0.1", "localhost");
    let wanted = by_name.replace("nats://", "tls://");
    for url in [&wanted, &by_name] {
        let member = Member::start_with("a", url, &trusting(Some(own.authority.clone()))).await;
        member.publish("x", "encrypted");
    }
    for (url, authority) in [
        (&wanted, Some(certificates("localhost").authority)),
        (&wanted, None),
        (&by_name, None),
        (&by_address, Some(own.authority)),
    ] {
        let said = Member::begin("a", url, &trusting(authority)).trouble().await;
        assert!(said.contains("no encrypted connection") && said.contains("certificate"), "{url}: {said}");
    }
}

#[tokio::test]
async fn what_must_be_encrypted_is_never_said_in_the_clear() {
    let server = NatsServer::start_with(&[], &["--user", "firecrest", "--pass", SECRET, "-DV"]).await;
    let url = server.url().replace("nats://", "tls://");
    let said = Member::begin("a", &url, &quick()).trouble().await;
    assert!(said.contains("offers no encryption"), "{said}");
    assert!(!server.log().contains("CONNECT"), "{}", server.log());
    let _plain = Member::start("a", &server.url()).await;
    assert!(server.log().contains("CONNECT"), "it would be seen: {}", server.log());
}

#[test]
fn authorities_that_are_none_are_refused() {
    for pem in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let error = NatsCluster::with_options("tls://a", trusting(Some(pem.to_owned()))).unwrap_err();
        assert!(matches!(error, ConfigError::Authorities(_)), "{error}");
    }
}
