//! What lies inside: addresses that only this machine, or the network it is in, has.

use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};
use std::{io, vec};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;
use tokio::net::lookup_host;
use tower::Service;
use url::Host;

use crate::config::WebUrl;

/// Whether an address is one of this machine or of the network around it, and not one of the internet.
fn is_inside(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            // Those of this network, and those that a provider shares among its customers.
            let is_shared = matches!(address.octets(), [0, ..] | [100, 64..=127, ..]);
            address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_broadcast()
                || address.is_multicast()
                || is_shared
        }
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.is_multicast()
        }
    }
}

/// The address that stands in a URL, unless it is a name.
fn written(url: &WebUrl) -> Option<IpAddr> {
    match url.0.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

/// Whether an address that is inside stands in a URL.
pub(super) fn is_written_inside(url: &WebUrl) -> bool {
    written(url).is_some_and(is_inside)
}

/// Whether a URL leads inside, by its address or one of those that its name has now.
pub(super) async fn leads_inside(url: &WebUrl) -> bool {
    match (written(url), url.0.host_str()) {
        (Some(address), _) => is_inside(address),
        (None, Some(name)) => {
            lookup_host((name, 0)).await.is_ok_and(|mut found| found.any(|address| is_inside(address.ip())))
        }
        (None, None) => false,
    }
}

/// Finds the addresses of names: all of them, or those only that are not inside.
#[derive(Clone, Copy, Debug)]
pub(super) enum Resolver {
    Everywhere,
    Outside,
}

/// Why a name has no address.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResolveError {
    #[error(transparent)]
    Unknown(#[from] io::Error),
    #[error("it is inside")]
    Inside,
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = ResolveError;
    type Future = BoxFuture<'static, Result<Self::Response, ResolveError>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), ResolveError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolver = *self;
        async move {
            let mut found: Vec<_> = lookup_host((name.as_str(), 0)).await?.collect();
            if let Resolver::Outside = resolver {
                found.retain(|address| !is_inside(address.ip()));
                if found.is_empty() {
                    return Err(ResolveError::Inside);
                }
            }
            Ok(found.into_iter())
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_the_network_around_it_are_inside() {
        let inside = |address: &str| is_inside(address.parse().unwrap());
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fd00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(inside(address), "{address}");
        }
        for address in ["8.8.8.8", "100.128.0.1", "172.32.0.1", "2001:4860:4860::8888", "::ffff:8.8.8.8"] {
            assert!(!inside(address), "{address}");
        }
    }
}
