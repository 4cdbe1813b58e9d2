//! Encrypted connections.

use std::error::Error;

use firecrest_tally::{PostgresOptions, PostgresStore, RedisOptions, RedisStore, StoreError};
use servers::{RedisServer, certificates, free_port};

use crate::backend::{Backend, SECRET};
use crate::postgres_server::PostgresServer;
use crate::writer::Writer;

/// Whether it says that it does not trust the server, and nothing more.
fn is_distrust(error: &StoreError) -> bool {
    let text = format!("{error} {:?}", error.source());
    matches!(error, StoreError::Failed(_)) && text.contains("certificate") && !text.contains(SECRET)
}

async fn redis(url: &str, authorities: Option<&str>) -> Result<RedisStore, StoreError> {
    let mut options = RedisOptions::default();
    options.authorities = authorities.map(|text| text.as_bytes().to_vec());
    RedisStore::connect_with(url, options).await
}

#[tokio::test]
async fn redis_is_trusted_when_somebody_vouches_for_its_name() {
    let own = certificates("localhost");
    let port = free_port();
    let files = [("cert", own.server.as_str()), ("key", &own.key), ("ca", &own.authority)];
    let tls = [
        "--tls-cert-file",
        "cert",
        "--tls-key-file",
        "key",
        "--tls-ca-cert-file",
        "ca",
        "--tls-auth-clients",
        "no",
    ];
    let arguments: Vec<&str> =
        tls.into_iter().chain(["--tls-port", Box::leak(port.to_string().into_boxed_str())]).collect();
    let _server = RedisServer::start_with(&files, &arguments).await;
    let url = |host: &str| format!("rediss://:{SECRET}@{host}:{port}");

    let store = redis(&url("localhost"), Some(&own.authority)).await.unwrap();
    assert_eq!(Writer::new(&store).add(&[("visits", 1)]).await, [1]);
    for (host, authority) in
        [("localhost", Some(certificates("x").authority)), ("127.0.0.1", Some(own.authority))]
    {
        let error = redis(&url(host), authority.as_deref()).await.unwrap_err();
        assert!(is_distrust(&error), "{host}: {error:?}");
    }
}

async fn postgres(url: &str, authorities: Option<&str>) -> Result<PostgresStore, StoreError> {
    let mut options = PostgresOptions::default();
    options.authorities = authorities.map(|text| text.as_bytes().to_vec());
    PostgresStore::connect_with(url, options).await
}

#[tokio::test]
async fn postgres_is_trusted_when_somebody_vouches_for_its_name() {
    let own = certificates("localhost");
    let settings = ["ssl=on", "ssl_cert_file=../cert", "ssl_key_file=../key"];
    let server = PostgresServer::start_with(&[("cert", &own.server), ("key", &own.key)], &settings).await;
    server.run("CREATE VIEW encrypted AS SELECT count(*) AS number FROM pg_stat_ssl WHERE ssl").await;
    let plain = server.url();
    let wanted = format!("{plain}?sslmode=require").replace("127.0.0.1", "localhost");

    let store = postgres(&wanted, Some(&own.authority)).await.unwrap();
    assert_eq!(Writer::new(&store).add(&[("visits", 1)]).await, [1]);
    assert_eq!(
        server.ask("SELECT number FROM encrypted").await,
        2,
        "the one that asks and the one that listens"
    );
    for (url, authority) in [
        (&wanted, Some(certificates("x").authority)),
        (&wanted, None),
        (&format!("{plain}?sslmode=require"), Some(own.authority)),
    ] {
        let error = postgres(url, authority.as_deref()).await.unwrap_err();
        assert!(is_distrust(&error), "{url}: {error:?}");
    }
    let nonsense = postgres(&wanted, Some("nonsense")).await.unwrap_err();
    assert!(is_distrust(&nonsense), "{nonsense:?}");
}
