//! Encrypted connections.

#[cfg(not(feature = "postgres-tls"))]
pub(crate) use without::{Tls, tls};

#[cfg(feature = "postgres-tls")]
pub(crate) use with::{Tls, tls};

#[cfg(not(feature = "postgres-tls"))]
mod without {
    use tokio_postgres::config::SslMode;
    use tokio_postgres::{Config, NoTls};

    use crate::{PostgresOptions, StoreError};

    /// There is none.
    pub(crate) type Tls = NoTls;

    pub(crate) fn tls(config: &Config, _: &PostgresOptions) -> Result<Option<Tls>, StoreError> {
        match config.get_ssl_mode() {
            SslMode::Require => Err(StoreError::failed("`sslmode=require` takes the feature `postgres-tls`")),
            _ => Ok(None),
        }
    }
}

#[cfg(feature = "postgres-tls")]
mod with {
    use std::sync::Arc;

    use rustls::crypto::{CryptoProvider, ring};
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use rustls::{ClientConfig, RootCertStore};
    use tokio_postgres::Config;
    use tokio_postgres::config::SslMode;
    use tokio_postgres_rustls::MakeRustlsConnect;

    use crate::{PostgresOptions, StoreError};

    /// What makes encrypted connections.
    pub(crate) type Tls = MakeRustlsConnect;

    /// It, if the URL wants it.
    pub(crate) fn tls(config: &Config, options: &PostgresOptions) -> Result<Option<Tls>, StoreError> {
        if config.get_ssl_mode() != SslMode::Require {
            return Ok(None);
        }
        let chosen = CryptoProvider::get_default().cloned();
        let provider = chosen.unwrap_or_else(|| Arc::new(ring::default_provider()));
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let client = versions.map_err(StoreError::failed)?.with_root_certificates(authorities(options)?);
        Ok(Some(MakeRustlsConnect::new(client.with_no_client_auth())))
    }

    fn authorities(options: &PostgresOptions) -> Result<RootCertStore, StoreError> {
        let certificates = match &options.authorities {
            Some(own) => {
                CertificateDer::pem_slice_iter(own).collect::<Result<_, _>>().map_err(no_authorities)?
            }
            None => rustls_native_certs::load_native_certs().certs,
        };
        let mut store = RootCertStore::empty();
        let (added, _) = store.add_parsable_certificates(certificates);
        if added == 0 { Err(no_authorities("there is none")) } else { Ok(store) }
    }

    fn no_authorities(error: impl std::fmt::Display) -> StoreError {
        StoreError::failed(format!("no certificates of who may vouch for the server: {error}"))
    }
}
