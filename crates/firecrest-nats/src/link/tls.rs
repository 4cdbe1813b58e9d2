//! Encrypted connections.

use std::fmt;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;

use super::{LinkError, Stream};
use crate::ConfigError;

/// Who may vouch for servers. Those that the system trusts are read when they are needed first.
pub(crate) struct Tls(OnceCell<Arc<ClientConfig>>);

impl Tls {
    /// Those of these certificates in PEM, or those that the system trusts.
    pub(crate) fn new(authorities: Option<&[u8]>) -> Result<Self, ConfigError> {
        let own = authorities.map(own).transpose().map_err(ConfigError::Authorities)?;
        Ok(Tls(OnceCell::new_with(own)))
    }

    /// Encrypts a connection to a server that can show a certificate for this host.
    pub(crate) async fn encrypt(
        &self,
        host: &str,
        plain: Box<dyn Stream>,
    ) -> Result<Box<dyn Stream>, LinkError> {
        let config = Arc::clone(self.0.get_or_try_init(system).await?);
        let name =
            ServerName::try_from(host.to_owned()).map_err(|error| LinkError::Tls(error.to_string()))?;
        let stream = TlsConnector::from(config).connect(name, plain).await;
        Ok(Box::new(stream.map_err(|error| LinkError::Tls(error.to_string()))?))
    }
}

fn own(pem: &[u8]) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    config(roots)
}

async fn system() -> Result<Arc<ClientConfig>, LinkError> {
    let read = tokio::task::spawn_blocking(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        config(roots)
    });
    let read = read.await.unwrap_or_else(|error| Err(error.to_string()));
    read.map_err(LinkError::Tls)
}

fn config(roots: RootCertStore) -> Result<Arc<ClientConfig>, String> {
    if roots.is_empty() {
        return Err("there is no certificate of anybody who may vouch for a server".to_owned());
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tls").finish_non_exhaustive()
    }
}
