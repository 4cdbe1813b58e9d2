//! Serving a page that a live route leads to.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::OriginalUri;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::address::path;
use super::arrival::KeptRequest;
use super::document::{Document, error_page};
use super::flash::FLASH_KEY;
use super::leave::Leave;
use super::mount::Problem;
use super::mounted::NotMounted;
use super::table::NoRoute;
use super::{Flash, dead, tokens};
use crate::Endpoint;
use crate::session::{Session, SessionError};
use crate::telemetry::{Panic, shown_error};

/// The client's cookies for the next page load (spec §1.10, §2.6).
const FLASH_COOKIE: &str = "__phoenix_flash__";
const STATUS_COOKIE: &str = "__phoenix_reload_status__";

/// The page, or where the visitor is sent, or an error page.
pub(super) async fn respond(endpoint: &Endpoint, parts: &Parts) -> Response {
    let mut response = match page(endpoint, parts).await {
        Ok(response) => response,
        Err(NoPage::Status(status)) => error_page(status),
        Err(NoPage::Session(error)) => error.into_response(),
    };
    for name in [FLASH_COOKIE, STATUS_COOKIE] {
        if cookie(&parts.headers, name).is_some() {
            let forget = format!("{name}=; path=/; max-age=0");
            if let Ok(line) = HeaderValue::from_str(&forget) {
                response.headers_mut().append(SET_COOKIE, line);
            }
        }
    }
    response
}

/// Why there is no page.
enum NoPage {
    Status(StatusCode),
    Session(SessionError),
}

async fn page(endpoint: &Endpoint, parts: &Parts) -> Result<Response, NoPage> {
    if let Some(token) = cookie(&parts.headers, STATUS_COOKIE) {
        let status = tokens::verify_status(endpoint, token);
        let status = status.and_then(|status| StatusCode::from_u16(status).ok());
        return Err(NoPage::Status(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)));
    }
    let Some(session) = parts.extensions.get::<Session>() else {
        return Err(NoPage::Status(StatusCode::INTERNAL_SERVER_ERROR));
    };
    // The address that the browser has, also below a nested router.
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
    let uri = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| parts.uri.authority().map(http::uri::Authority::as_str));
    let (route, address) = endpoint.live_table().find(host, uri).map_err(|error| match error {
        NoRoute::Unknown(_) => NoPage::Status(StatusCode::NOT_FOUND),
        NoRoute::Params(_) => NoPage::Status(StatusCode::BAD_REQUEST),
    })?;
    let flash = flash(endpoint, session, &parts.headers);
    // Before the session is read: what the socket brings must be what the view was mounted with.
    let csrf = session.csrf_token().map_err(NoPage::Session)?;
    let parks = parts.method != Method::HEAD;
    let names = endpoint.live_table().settings.headers();
    let request = names.map(|names| Arc::new(KeptRequest::of(&names, parts)));
    let making = AssertUnwindSafe(async {
        let dead = dead::main(endpoint, &route, address, session.data(), flash, parks, request).await?;
        let document = Document {
            title: dead.title.as_deref(),
            flash: &dead.flash,
            uri,
            content: &dead.element,
            csrf: csrf.masked(),
            socket: &route.session.socket,
            base: &route.session.base,
        };
        Ok((route.session.root)(&document).to_string())
    });
    match making.catch_unwind().await {
        Ok(Ok(document)) => Ok(html(StatusCode::OK, document)),
        Ok(Err(left)) => {
            let left: NotMounted = left;
            let (problem, flash) = left.into_parts();
            if let Problem::Crashed(error) = &problem {
                let view = (route.kind.name)();
                tracing::error!(path = path(uri), view, error = shown_error(error), "mount failed");
            }
            Ok(instead(problem, &flash, session))
        }
        Err(panic) => {
            let error = Panic::new(panic);
            tracing::error!(
                path = path(uri),
                view = (route.kind.name)(),
                error = shown_error(&error),
                "the page crashed"
            );
            Err(NoPage::Status(StatusCode::INTERNAL_SERVER_ERROR))
        }
    }
}

/// What is answered when there is no view.
pub(super) fn instead(problem: Problem, flash: &Flash, session: &Session) -> Response {
    let to = match problem {
        Problem::Status(status) => return error_page(status),
        Problem::Crashed(_) => return error_page(StatusCode::INTERNAL_SERVER_ERROR),
        Problem::Leave(Leave::Redirect(to)) => to,
        Problem::Leave(Leave::Patch(to, _) | Leave::Navigate(to, _)) => to.as_str().to_owned(),
    };
    if !flash.is_empty()
        && let Err(error) = session.insert(FLASH_KEY, flash)
    {
        tracing::error!(%error, "a flash that does not fit into the session is lost");
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    let Ok(location) = HeaderValue::try_from(encoded(&to)) else {
        return error_page(StatusCode::INTERNAL_SERVER_ERROR);
    };
    response.headers_mut().insert(LOCATION, location);
    response
}

/// A header carries ASCII only.
fn encoded(to: &str) -> String {
    to.chars().fold(String::with_capacity(to.len()), |mut out, c| {
        if c.is_ascii() && c != ' ' {
            out.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
        out
    })
}

/// The messages that a redirect has left: in the session by the server, in a cookie by the client.
fn flash(endpoint: &Endpoint, session: &Session, headers: &HeaderMap) -> Flash {
    let mut flash: Flash =
        session.get::<Flash>(FLASH_KEY).inspect(|_| drop(session.remove(FLASH_KEY))).unwrap_or_default();
    if let Some(token) = cookie(headers, FLASH_COOKIE) {
        flash.extend(tokens::verify_flash(endpoint, token));
    }
    flash
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// A page that is nobody else's: it carries tokens.
pub(super) fn html(status: StatusCode, html: String) -> Response {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f102_a_location_is_ascii() {
        assert_eq!(encoded("/ä b?x=1#y"), "/%C3%A4%20b?x=1#y");
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_static("a=1; bc=2;d=3=4"))]);
        assert_eq!(cookie(&headers, "bc"), Some("2"));
        assert_eq!(cookie(&headers, "d"), Some("3=4"));
        assert_eq!(cookie(&headers, "c"), None);
    }
}
