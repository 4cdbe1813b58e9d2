//! Answering long-poll requests.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{RawPathParams, Request};
use axum::response::{IntoResponse as _, Response};
use firecrest_wire::limits::MAX_LONGPOLL_BODY;
use firecrest_wire::params::Params;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Method, StatusCode};
use tokio::time::timeout;

use super::relay::Unreached;
use super::response;
use super::session::{Polled, Posted, Session};
use super::sessions::Place;
use crate::connection::Transport;
use crate::socket::{Mount, Socket};
use crate::telemetry;
use crate::telemetry::meter::{Limit, reached};
use crate::transport::open::{self, OpenError};

/// Where newer clients put the session's token (spec §4.1). It wins over the parameter, even when it is nonsense.
const TOKEN_HEADER: &str = "x-phoenix-longpoll-token";

/// Where the official client puts its `authToken` (spec §1.10).
const AUTH_TOKEN_HEADER: &str = "x-phoenix-authtoken";

/// Answers a request to the long-poll URL.
pub(crate) async fn handle<S: Socket>(
    mount: &Arc<Mount<S>>,
    variables: &RawPathParams,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    if !open::origin_allowed(mount, &head) {
        return response::status(response::FORBIDDEN);
    }
    let params = match open::params(&head, variables) {
        Ok(params) => params,
        Err(status) => return status.into_response(),
    };
    match head.method {
        Method::OPTIONS => response::preflight(&head.headers),
        Method::GET => poll(mount, &head, &params).await,
        Method::POST => post(mount, &head, &params, body).await,
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

async fn poll<S: Socket>(mount: &Arc<Mount<S>>, head: &Parts, params: &Params) -> Response {
    let polled = match find(mount, head, params) {
        Some(Place::Here(session)) => Ok(session.poll().await),
        Some(Place::Elsewhere(session)) => session.poll().await,
        None => Err(Unreached::Absent),
    };
    let token = token(head, params);
    match polled {
        Ok(Polled::Messages(frames)) => response::messages(response::OK, token, &frames),
        Ok(Polled::Nothing) => response::messages(response::NO_CONTENT, token, &[]),
        // Without a token: the client comes back without one and gets a new session.
        Ok(Polled::Gone) => response::messages(response::GONE, None, &[]),
        Err(Unreached::Absent) => create(mount, head, params).await,
        Err(Unreached::Busy) => busy(),
    }
}

async fn create<S: Socket>(mount: &Arc<Mount<S>>, head: &Parts, params: &Params) -> Response {
    let sessions = mount.endpoint.sessions();
    if sessions.is_full() {
        tracing::error!("too many long-poll sessions: refused a new one");
        reached(Limit::LongPollSessions);
        telemetry::not_connected("limit");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let auth_token = head.headers.get(AUTH_TOKEN_HEADER).and_then(|value| value.to_str().ok());
    let auth_token = auth_token.filter(|_| mount.options.auth_token);
    let connection = match open::open(mount, head, params, Transport::LongPoll, auth_token).await {
        Ok(connection) => connection,
        Err(OpenError::Refused(_)) => return response::status(response::FORBIDDEN),
        Err(error @ OpenError::Crashed) => return error.status().into_response(),
    };
    let session = Session::start(&mount.endpoint, connection, mount.options.window);
    match sessions.token(mount.endpoint.secret(), session.id) {
        Ok(token) => response::messages(response::GONE, Some(&token), &[]),
        Err(error) => {
            tracing::error!(%error, "cannot sign a session token");
            session.refuse();
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn post<S: Socket>(mount: &Arc<Mount<S>>, head: &Parts, params: &Params, body: Body) -> Response {
    // Before the body is read: whoever has no session is not worth the memory.
    let Some(session) = find(mount, head, params) else { return response::status(response::GONE) };
    let body = match timeout(mount.options.window, to_bytes(body, MAX_LONGPOLL_BODY)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return StatusCode::BAD_REQUEST.into_response(),
        Err(_) => return response::status(response::TIMEOUT),
    };
    let content_type = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let posted = match session {
        Place::Here(session) => Ok(session.handle(content_type, body).await),
        Place::Elsewhere(session) => session.push(content_type, body).await,
    };
    match posted {
        Ok(Posted::Done) => response::status(response::OK),
        Ok(Posted::Timeout) => response::status(response::TIMEOUT),
        Ok(Posted::Gone) | Err(Unreached::Absent) => response::status(response::GONE),
        Err(Unreached::Busy) => busy(),
    }
}

fn find<S: Socket>(mount: &Mount<S>, head: &Parts, params: &Params) -> Option<Place> {
    let (endpoint, timeout) = (&mount.endpoint, mount.options.pubsub_timeout);
    endpoint.sessions().find(endpoint.secret(), token(head, params), timeout)
}

/// The client comes back by itself (spec §4.6).
fn busy() -> Response {
    tracing::error!("too many requests wait for long-poll sessions of other nodes: refused one");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

fn token<'a>(head: &'a Parts, params: &'a Params) -> Option<&'a str> {
    match head.headers.get(TOKEN_HEADER) {
        Some(header) => header.to_str().ok(),
        None => params.get("token"),
    }
}
