//! What every cluster must do.

use firecrest_pubsub::cluster::conformance;
use firecrest_redis::RedisCluster;
use servers::RedisServer;

#[tokio::test]
async fn redis_does_what_every_cluster_must() {
    let server = RedisServer::start().await;
    conformance::run(async || RedisCluster::new(&server.url()).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_does_what_every_cluster_must_on_several_threads() {
    let server = RedisServer::start().await;
    conformance::run(async || RedisCluster::new(&server.url()).unwrap()).await;
}
