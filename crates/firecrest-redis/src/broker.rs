//! The way to the broker.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, PushInfo};
#[cfg(feature = "tls")]
use redis::{ConnectionAddr, TlsCertificates};
#[cfg(feature = "tls")]
use rustls::crypto::CryptoProvider;
#[cfg(feature = "tls")]
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use tokio::time::timeout;

use crate::error::{Reason, explain};
use crate::signs::Signs;
use crate::{ConfigError, RedisClusterOptions};

/// Where the broker is, and how to speak to it.
pub(crate) struct Broker {
    client: Client,
    /// How long connecting may take, and for how long the broker may be silent.
    pub(crate) limit: Duration,
}

impl Broker {
    pub(crate) fn new(url: &str, options: &RedisClusterOptions) -> Result<Self, ConfigError> {
        let info = url.into_connection_info().map_err(|error| ConfigError::Url(error.to_string()))?;
        // In this version of the protocol a connection that is subscribed can ask as well.
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        // Small messages are not to wait for the answer to those before them.
        let tcp = info.tcp_settings().clone().set_nodelay(true);
        let info = info.set_redis_settings(settings).set_tcp_settings(tcp);
        Ok(Broker { client: client(info, options)?, limit: options.timeout })
    }

    /// A connection, and what can be seen of it. It calls `hear` with everything that it did not ask for.
    pub(crate) async fn connect(
        &self,
        hear: impl Fn(PushInfo) + Send + Sync + 'static,
    ) -> Result<(MultiplexedConnection, Arc<Signs>), Reason> {
        let signs = Arc::new(Signs::default());
        // What is asked of it has time limits of its own.
        let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let config = config.set_push_sender(signs.watch(hear));
        let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
        let connection = timeout(self.limit, connecting).await.map_err(|_| self.silent())?;
        Ok((connection.map_err(explain)?, signs))
    }

    /// What is said of a broker that has not answered in time.
    pub(crate) fn silent(&self) -> Reason {
        format!("no answer within {:?}", self.limit).into()
    }
}

#[cfg(not(feature = "tls"))]
fn client(info: ConnectionInfo, _: &RedisClusterOptions) -> Result<Client, ConfigError> {
    Client::open(info).map_err(|error| ConfigError::Url(error.to_string()))
}

#[cfg(feature = "tls")]
fn client(info: ConnectionInfo, options: &RedisClusterOptions) -> Result<Client, ConfigError> {
    if !matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
        return Client::open(info).map_err(|error| ConfigError::Url(error.to_string()));
    }
    if let Some(pem) = &options.authorities {
        check(pem)?;
    }
    // The client asks for the provider of the process, and there is none where more than one could be chosen. If somebody
    // has chosen one meanwhile, that is right as well.
    if CryptoProvider::get_default().is_none() {
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let certificates = TlsCertificates { client_tls: None, root_cert: options.authorities.clone() };
    Client::build_with_tls(info, certificates).map_err(|error| ConfigError::Authorities(error.to_string()))
}

/// Without any certificate nobody would be trusted, and that would be said much later.
#[cfg(feature = "tls")]
fn check(pem: &[u8]) -> Result<(), ConfigError> {
    let wrong = |problem: &str| ConfigError::Authorities(problem.to_owned());
    let mut certificates = CertificateDer::pem_slice_iter(pem).peekable();
    certificates.peek().ok_or_else(|| wrong("there is none in PEM"))?;
    certificates.try_for_each(|certificate| certificate.map(drop)).map_err(|error| wrong(&error.to_string()))
}
