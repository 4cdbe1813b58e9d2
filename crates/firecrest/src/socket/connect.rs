//! What `connect` is told about a client.

use std::net::SocketAddr;
use std::time::Duration;

use firecrest_wire::params::Params;
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, Uri};
use serde::de::DeserializeOwned;

use crate::connection::Transport;
use crate::session::SessionData;
use crate::token::TokenError;
use crate::{Endpoint, session, token};

/// A client's wish to connect (spec §1.5, §1.8).
pub struct Connect<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) params: &'a Params,
    pub(crate) parts: &'a Parts,
    pub(crate) transport: Transport,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) auth_token: Option<&'a str>,
    pub(crate) check_csrf: bool,
}

impl<'a> Connect<'a> {
    /// The endpoint.
    pub fn endpoint(&self) -> &'a Endpoint {
        self.endpoint
    }

    /// The parameters: query string and path variables. All values are text.
    pub fn params(&self) -> &'a Params {
        self.params
    }

    /// A parameter, when it is there and a plain text.
    pub fn param(&self, name: &str) -> Option<&'a str> {
        self.params.get(name)
    }

    /// Verifies the token the client brings, signed with this salt and no older than `max_age`, and returns what was
    /// signed. It is the official client's `authToken`, if the socket is mounted with `auth_token`, or else the parameter
    /// `token`.
    ///
    /// # Errors
    /// When it is missing, invalid or expired. Passed on with `?` the client is refused with 403, and one log line says
    /// which.
    pub fn token<T: DeserializeOwned>(&self, salt: &str, max_age: Duration) -> Result<T, TokenError> {
        let token = self.auth_token.or_else(|| self.param("token"));
        token::verify(self.endpoint.secret(), salt, token, max_age)
    }

    /// The official client's `authToken`, if the socket is mounted with `auth_token` (spec §1.10).
    pub fn auth_token(&self) -> Option<&'a str> {
        self.auth_token
    }

    /// How the client connects.
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// The client's address, as the TCP connection has it; none when the server does not say.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    pub(crate) fn headers(&self) -> &'a HeaderMap {
        &self.parts.headers
    }

    /// The `user-agent` header.
    pub fn user_agent(&self) -> Option<&'a str> {
        text(&self.parts.headers, "user-agent")
    }

    /// The request's URI; scheme and host are there when the request line carried them.
    pub fn uri(&self) -> &'a Uri {
        &self.parts.uri
    }

    /// The `host` header.
    pub fn host(&self) -> Option<&'a str> {
        text(&self.parts.headers, "host")
    }

    /// The scheme of the request as this server sees it: what the request line says, or else `http`. Behind a proxy that
    /// ends TLS it is `http` (spec §1.8).
    pub fn scheme(&self) -> &'a str {
        self.parts.uri.scheme_str().unwrap_or("http")
    }

    /// The port of the request as this server sees it: what the `host` header says, or else the request line; if neither
    /// names one, that of the scheme (spec §1.8). None for a scheme other than `http` and `https`.
    pub fn port(&self) -> Option<u16> {
        let header = || self.host()?.parse::<Authority>().ok();
        let authority = header().or_else(|| self.parts.uri.authority().cloned());
        authority.and_then(|authority| authority.port_u16()).or_else(|| match self.scheme() {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        })
    }

    /// All headers that begin with `x-`.
    pub fn x_headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        headers(self.parts, |name| name.starts_with("x-"))
    }

    /// All headers that begin with `sec-websocket-`.
    pub fn sec_websocket_headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        headers(self.parts, |name| name.starts_with("sec-websocket-"))
    }

    /// The `traceparent` and `tracestate` headers.
    pub fn trace_context_headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        headers(self.parts, |name| matches!(name, "traceparent" | "tracestate"))
    }

    /// The session of the page that connects: only when the request carries its cookie and, unless the mount says
    /// otherwise, a valid `_csrf_token` parameter (spec §1.9).
    pub fn session(&self) -> Option<SessionData> {
        let (config, secret) = (self.endpoint.session_config(), self.endpoint.secret());
        session::load_for_socket(
            config,
            secret,
            &self.parts.headers,
            self.param("_csrf_token"),
            self.check_csrf,
        )
    }

    /// A value that a layer or extension of the application put on the request.
    pub fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<&'a T> {
        self.parts.extensions.get()
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn headers(parts: &Parts, wanted: fn(&str) -> bool) -> impl Iterator<Item = (&str, &str)> {
    let headers = parts.headers.iter().filter(move |(name, _)| wanted(name.as_str()));
    headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
}
