//! The answers of the long-poll transport: HTTP 200 whatever happened, the status is in the body (spec §4.2).

use axum::body::Body;
use axum::response::Response;
use firecrest_wire::longpoll::{poll_body, status_body};
use firecrest_wire::websocket::{Frame, Opcode};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, CACHE_CONTROL, CONTENT_TYPE,
};
use http::{HeaderMap, HeaderValue};

pub(super) const OK: u16 = 200;
pub(super) const NO_CONTENT: u16 = 204;
pub(super) const FORBIDDEN: u16 = 403;
pub(super) const TIMEOUT: u16 = 408;
pub(super) const GONE: u16 = 410;

/// Only a status.
pub(super) fn status(status: u16) -> Response {
    json(status_body(status))
}

/// A status, the session's token and its messages.
pub(super) fn messages(status: u16, token: Option<&str>, frames: &[Frame]) -> Response {
    note_left_out(frames);
    json(poll_body(status, token, frames))
}

/// Says how many messages have no form in an answer.
pub(super) fn note_left_out(frames: &[Frame]) {
    let binary = frames.iter().filter(|frame| frame.opcode() == Opcode::Binary).count();
    if binary > 0 {
        tracing::warn!(binary, "binary messages cannot be sent to a long-poll client: left out (spec §4.7)");
    }
}

/// The answer to a preflight request (spec §4.3).
pub(super) fn preflight(headers: &HeaderMap) -> Response {
    let wanted = headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS).iter();
    let wanted = wanted.map(HeaderValue::as_bytes).collect::<Vec<_>>().join(&b", "[..]);
    let mut response = any_origin(Body::empty());
    let answer = response.headers_mut();
    // Made of header values, so it is one.
    if let Ok(wanted) = HeaderValue::from_bytes(&wanted) {
        answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted);
    }
    answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("get, post, options"));
    answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    response
}

fn json(body: Vec<u8>) -> Response {
    let mut response = any_origin(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Who may connect is decided by the origin check, not by the browser.
fn any_origin(body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
