//! Certificates for encrypted connections.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// Somebody who vouches, and a server they vouch for, in PEM.
pub struct Certificates {
    /// Who vouches.
    pub authority: String,
    /// The server's certificate.
    pub server: String,
    /// The server's key.
    pub key: String,
}

/// For a server of this name, from an authority that nobody knows yet.
pub fn certificates(name: &str) -> Certificates {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    Certificates { authority: authority.pem(), server: server.pem(), key: key.serialize_pem() }
}
