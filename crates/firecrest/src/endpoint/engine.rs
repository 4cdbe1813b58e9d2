//! The engine between nodes that a URL names.

use std::sync::Arc;

use firecrest_pubsub::cluster::Cluster;

/// A URL that names no engine of this program, or cannot be used. Passwords in it are not shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterUrlError {
    /// It begins with something else than `redis://`, `rediss://`, `nats://` or `tls://`.
    #[error("its scheme is {0:?}, but must be redis, rediss, nats or tls")]
    Scheme(String),
    /// The engine was left out when the program was built.
    #[error("this program was built without the feature {feature:?} of the crate firecrest")]
    Feature {
        /// What turns it on.
        feature: &'static str,
    },
    /// The engine cannot use it.
    #[error("{0}")]
    Unusable(String),
}

/// The engine, not connected yet.
pub(super) fn by_url(url: &str) -> Result<Arc<dyn Cluster>, ClusterUrlError> {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    match scheme {
        "redis" | "rediss" => redis(url),
        "nats" | "tls" => nats(url),
        _ => Err(ClusterUrlError::Scheme(scheme.into())),
    }
}

#[cfg(feature = "redis")]
fn redis(url: &str) -> Result<Arc<dyn Cluster>, ClusterUrlError> {
    let cluster = firecrest_redis::RedisCluster::new(url);
    Ok(Arc::new(cluster.map_err(|error| ClusterUrlError::Unusable(error.to_string()))?))
}

#[cfg(not(feature = "redis"))]
fn redis(_url: &str) -> Result<Arc<dyn Cluster>, ClusterUrlError> {
    Err(ClusterUrlError::Feature { feature: "redis" })
}

#[cfg(feature = "nats")]
fn nats(url: &str) -> Result<Arc<dyn Cluster>, ClusterUrlError> {
    let cluster = firecrest_nats::NatsCluster::new(url);
    Ok(Arc::new(cluster.map_err(|error| ClusterUrlError::Unusable(error.to_string()))?))
}

#[cfg(not(feature = "nats"))]
fn nats(_url: &str) -> Result<Arc<dyn Cluster>, ClusterUrlError> {
    Err(ClusterUrlError::Feature { feature: "nats" })
}
