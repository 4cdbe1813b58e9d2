//! What every cluster must do.

use std::time::Duration;

use firecrest_nats::{NatsCluster, NatsClusterOptions};
use firecrest_pubsub::cluster::conformance;
use servers::{NatsServer, SECRET, certificates};

#[tokio::test]
async fn nats_does_what_every_cluster_must() {
    let server = NatsServer::start().await;
    conformance::run(async || NatsCluster::new(&server.url()).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_it_does_encrypted_with_a_token_and_on_several_threads() {
    let own = certificates("localhost");
    let files = [("cert", &*own.server), ("key", &*own.key)];
    let arguments = ["--auth", SECRET, "--tls", "--tlscert", "cert", "--tlskey", "key"];
    let server = NatsServer::start_with(&files, &arguments).await;
    let url = format!("tls://{SECRET}@localhost:{}", server.port());
    let mut options = NatsClusterOptions::default();
    options.prefix = "shop.eu-1".to_owned();
    options.timeout = Duration::from_secs(10);
    options.authorities = Some(own.authority.into_bytes());
    conformance::run(async || NatsCluster::with_options(&url, options.clone()).unwrap()).await;
}
