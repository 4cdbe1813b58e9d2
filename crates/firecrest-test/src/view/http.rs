//! Requests through the router.

use std::convert::Infallible;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use firecrest::live::Flash;
use firecrest::session::{Session, load_for_socket};
use http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION};
use http::{HeaderMap, Method, StatusCode};
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::failure::{Failure, Trouble};
use super::redirect::{Redirect, RedirectKind};
use super::{NoPage, TestBrowser, TestPage, address, log};

/// Where a redirect's flash waits in the session for the next page.
const FLASH_KEY: &str = "phoenix_flash";

const FORM: &str = "application/x-www-form-urlencoded";

/// A page that has been loaded.
pub(super) struct Loaded {
    /// Path, query and fragment.
    pub(super) address: String,
    pub(super) html: String,
}

impl TestBrowser {
    /// Loads a page and joins its views.
    pub(super) async fn load(&self, address: &str) -> Result<TestPage, Trouble> {
        let loaded = self.request(Method::GET, address, None).await?;
        TestPage::land(self, loaded).await
    }

    /// One request, with the fields of a form or without.
    pub(super) async fn request(
        &self,
        method: Method,
        address: &str,
        form: Option<String>,
    ) -> Result<Loaded, Trouble> {
        let uri = address::without_fragment(address);
        let request = Request::builder().method(method).uri(uri).header(HOST, address::HOST);
        let request = if form.is_some() { request.header(CONTENT_TYPE, FORM) } else { request };
        let request = request.body(form.map_or_else(Body::empty, Body::from));
        let mut request = request.map_err(|_| NoPage::Address(address.to_owned()))?;
        log::clear();
        self.seed_session().await?;
        request.headers_mut().extend(self.request_headers());
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        }
        let Ok(response) = self.router.clone().oneshot(request).await;
        self.take(address, response).await
    }

    async fn take(&self, address: &str, response: Response) -> Result<Loaded, Trouble> {
        let (parts, body) = response.into_parts();
        self.memory().jar.take(&parts.headers);
        let body = to_bytes(body, usize::MAX).await;
        let body = body.map_err(|error| Failure::new(format!("the answer at {address:?} ends: {error}")))?;
        let html = String::from_utf8_lossy(&body).into_owned();
        let to = parts.headers.get(LOCATION).and_then(|to| to.to_str().ok());
        match (parts.status, to) {
            (status, Some(to)) if status.is_redirection() => Err(self.redirected(status, to).into()),
            (status, _) if status.is_success() => Ok(Loaded { address: address.to_owned(), html }),
            (status, _) => Err(NoPage::Status { status, body: html, reason: log::take_last() }.into()),
        }
    }

    fn redirected(&self, status: StatusCode, to: &str) -> NoPage {
        let (config, secret) = (self.endpoint().session_config(), self.endpoint().secret());
        let session = load_for_socket(config, secret, &self.request_headers(), None, false);
        let flash = session.and_then(|session| session.get::<Flash>(FLASH_KEY)).unwrap_or_default();
        let redirect = Redirect::to(RedirectKind::Http(status), to, self);
        NoPage::Redirect(Box::new(Redirect { flash, ..redirect }))
    }

    /// The headers that all requests have.
    pub(super) fn request_headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        if let Some(cookies) = self.memory().jar.header() {
            headers.append(COOKIE, cookies);
        }
        headers
    }

    /// Puts values into the session the way any handler does.
    async fn seed_session(&self) -> Result<(), Failure> {
        let values = std::mem::take(&mut self.memory().session);
        if values.is_empty() {
            return Ok(());
        }
        let service = service_fn(move |request: Request| {
            let (session, values) = (request.extensions().get::<Session>().cloned(), values.clone());
            async move {
                let mut response = Response::new(Body::empty());
                let put =
                    |session: Session| values.iter().try_for_each(|(key, value)| session.insert(key, value));
                if session.is_none_or(|session| put(session).is_err()) {
                    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                }
                Ok::<_, Infallible>(response)
            }
        });
        let mut request = Request::new(Body::empty());
        *request.headers_mut() = self.request_headers();
        let Ok(response) = self.endpoint().session_layer().layer(service).oneshot(request).await;
        if !response.status().is_success() {
            return Err(Failure::new("the values for the session do not fit into its cookie"));
        }
        self.memory().jar.take(response.headers());
        Ok(())
    }
}
