//! From an HTTP request to a WebSocket, in the order of spec §1.3.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::response::{IntoResponse as _, Response};
use firecrest_wire::websocket::handshake::{AcceptKey, HandshakeError, UpgradeRequest};
use http::header::{
    CONNECTION, HOST, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method, StatusCode, Version};

use super::handover::{Carry, Handover, Upgrade};
use super::task::Options;
use crate::connection::{Connection, Transport};
use crate::socket::{Mount, Socket};
use crate::telemetry;
use crate::transport::open;
use crate::transport::subprotocol;

/// Answers a request to the WebSocket URL.
pub(crate) async fn accept<S: Socket>(
    mount: &Arc<Mount<S>>,
    variables: &RawPathParams,
    mut request: Request,
) -> Response {
    let upgraded = hyper::upgrade::on(&mut request);
    let handover = Handover::of(&mut request);
    let (parts, _body) = request.into_parts();
    match prepare(mount, variables, &parts).await {
        Ok((connection, key, selected)) => {
            let options = Options { timeout: mount.options.timeout, frames: mount.options.frames };
            if let Some(upgrade) = Handover::leave(handover, Upgrade { upgraded, connection, options }) {
                mount.endpoint.tracker().spawn(Carry::new(upgrade));
            }
            switching_protocols(&key, selected)
        }
        Err(response) => response,
    }
}

async fn prepare<S: Socket>(
    mount: &Arc<Mount<S>>,
    variables: &RawPathParams,
    parts: &Parts,
) -> Result<(Connection, AcceptKey, Option<String>), Response> {
    let refuse = |status: StatusCode| status.into_response();
    if parts.method != Method::GET {
        telemetry::not_connected("request");
        return Err(refuse(StatusCode::BAD_REQUEST));
    }
    let params = open::params(parts, variables).map_err(refuse)?;
    if !open::origin_allowed(mount, parts) {
        return Err(refuse(StatusCode::FORBIDDEN));
    }
    let options = &mount.options;
    let negotiated = subprotocol::negotiate(&parts.headers, options.auth_token, &options.subprotocols);
    let negotiated = negotiated.map_err(|error| {
        tracing::warn!(%error, "refused a connection");
        telemetry::not_connected("subprotocol");
        refuse(StatusCode::FORBIDDEN)
    })?;
    let auth_token = negotiated.auth_token.as_deref();
    let opened = open::open(mount, parts, &params, Transport::WebSocket, auth_token).await;
    let connection = opened.map_err(|error| refuse(error.status()))?;
    let key = handshake(parts).map_err(|error| {
        telemetry::not_connected("request");
        (StatusCode::BAD_REQUEST, error.to_string()).into_response()
    })?;
    Ok((connection, key, negotiated.selected))
}

fn handshake(parts: &Parts) -> Result<AcceptKey, HandshakeError> {
    UpgradeRequest {
        http_1_1: parts.version == Version::HTTP_11,
        host: first(&parts.headers, HOST),
        connection: all(&parts.headers, CONNECTION),
        upgrade: all(&parts.headers, UPGRADE),
        key: first(&parts.headers, SEC_WEBSOCKET_KEY),
        version: first(&parts.headers, SEC_WEBSOCKET_VERSION),
    }
    .accept()
}

fn first(headers: &HeaderMap, name: HeaderName) -> Option<&[u8]> {
    headers.get(name).map(http::HeaderValue::as_bytes)
}

fn all(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &[u8]> {
    headers.get_all(name).into_iter().map(http::HeaderValue::as_bytes)
}

fn switching_protocols(key: &AcceptKey, selected: Option<String>) -> Response {
    let mut response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(CONNECTION, "upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_ACCEPT, key.as_str());
    if let Some(selected) = selected {
        response = response.header(SEC_WEBSOCKET_PROTOCOL, selected);
    }
    // Everything in it is a valid header value: a selected subprotocol came out of one.
    response.body(Body::empty()).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
