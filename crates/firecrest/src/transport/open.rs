//! What both transports do before there is a connection (spec §1.3, §1.4, §1.6).

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{ConnectInfo, RawPathParams};
use firecrest_wire::ProtocolVersion;
use firecrest_wire::params::{Params, ParamsLimits};
use futures_util::FutureExt as _;
use http::StatusCode;
use http::header::{HOST, ORIGIN};
use http::request::Parts;
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, debug_span};

use super::origin::Seen;
use crate::connection::{Connection, Shared, Transport};
use crate::socket::{Connect, Instance, Mount, Refused, Socket};
use crate::telemetry::{self, Panic};

/// The parameters: query string, then path variables, which win. A variable whose name begins with `_` is none.
pub(super) fn params(parts: &Parts, variables: &RawPathParams) -> Result<Params, StatusCode> {
    let query = parts.uri.query().unwrap_or_default();
    let mut params = Params::parse(query, &ParamsLimits::default()).map_err(|_| {
        telemetry::not_connected("request");
        StatusCode::BAD_REQUEST
    })?;
    for (name, value) in variables.iter().filter(|(name, _)| !name.starts_with('_')) {
        params.insert(name, value);
    }
    Ok(params)
}

/// Whether the request's origin may connect.
pub(super) fn origin_allowed<S: Socket>(mount: &Mount<S>, parts: &Parts) -> bool {
    let header =
        |name| parts.headers.get(name).map(|value: &http::HeaderValue| value.to_str().unwrap_or_default());
    let policy = mount.options.check_origin.as_ref().unwrap_or(mount.endpoint.origin_policy());
    let seen = Seen {
        scheme: parts.uri.scheme_str().unwrap_or("http"),
        host: header(HOST).or_else(|| parts.uri.authority().map(http::uri::Authority::as_str)),
        public_host: mount.endpoint.host(),
    };
    let origin = header(ORIGIN);
    let allowed = policy.allows(origin, seen);
    if !allowed {
        tracing::warn!(origin, host = seen.host, "refused a connection from this origin; see `check_origin`");
        telemetry::not_connected("origin");
    }
    allowed
}

/// Why no connection was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OpenError {
    /// The client may not connect; with the status to tell it where the transport has one.
    Refused(StatusCode),
    /// The application's code panicked.
    Crashed,
}

impl OpenError {
    pub(super) fn status(self) -> StatusCode {
        match self {
            OpenError::Refused(status) => status,
            OpenError::Crashed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Negotiates the version and asks the socket handler. On success there is a connection, not yet carried by anything.
pub(super) async fn open<S: Socket>(
    mount: &Arc<Mount<S>>,
    parts: &Parts,
    params: &Params,
    transport: Transport,
    auth_token: Option<&str>,
) -> Result<Connection, OpenError> {
    let started = Instant::now();
    let version = ProtocolVersion::from_params(params).map_err(|error| {
        tracing::warn!(%error, "refused a connection");
        telemetry::not_connected("version");
        OpenError::Refused(StatusCode::FORBIDDEN)
    })?;
    let request = Connect {
        endpoint: &mount.endpoint,
        params,
        parts,
        transport,
        peer: parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer),
        auth_token,
        check_csrf: mount.options.check_csrf,
    };
    let connecting = AssertUnwindSafe(async {
        let socket = S::connect(&request).await?;
        let shared = Shared::new(transport, version, mount.options.outbox);
        // Asks the socket for its id, which may panic as well.
        let connection = Connection::new(shared, Instance::new(socket, mount));
        // From here on no other node's order to disconnect is missed.
        mount.endpoint.reach(connection.id().into_iter()).await;
        Ok::<_, Refused>(connection)
    });
    let log = mount.options.log_connects;
    let (socket, vsn) = (std::any::type_name::<S>(), version.as_str());
    let span = debug_span!("socket_connect", socket, transport = transport.as_str(), vsn, result = Empty);
    match connecting.catch_unwind().instrument(span.clone()).await {
        Ok(Ok(connection)) => {
            span.record("result", "ok");
            telemetry::connected::<S>(log, transport, version, params, started);
            Ok(connection)
        }
        Ok(Err(refused)) => {
            span.record("result", "refused");
            telemetry::refused::<S>(log, transport, params, started, refused.reason());
            Err(OpenError::Refused(refused.code()))
        }
        Err(panic) => {
            span.record("result", "crashed");
            telemetry::not_connected("crash");
            tracing::error!(socket, error = %Panic::new(panic), "connect crashed");
            Err(OpenError::Crashed)
        }
    }
}
