//! Pages with a live view, and what each visit of one brings (spec §1.1, §1.2).

use std::borrow::Cow;

use serde_json::json;

use super::html::{Tag, tags};
use super::http;
use super::target::upgrade;
use super::url::{Url, encoded};

/// The largest answer to a request for a page, in bytes.
pub(super) const MAX_PAGE: usize = 4 << 20;

/// Why a page leads to no view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(super) enum PageError {
    /// The connection ended too early.
    #[error("the page was not answered to its end")]
    Cut,
    /// No HTTP answer.
    #[error("the page was not answered in HTTP/1.1")]
    NotHttp,
    /// No UTF-8.
    #[error("the page is not UTF-8")]
    NotText,
    /// Another status than 200.
    #[error("the page was answered with status {0}")]
    Status(u16),
    /// No CSRF token.
    #[error("the page has no `<meta name=\"csrf-token\">`")]
    Token,
    /// No end in sight.
    #[error("the page is larger than {MAX_PAGE} bytes")]
    TooLarge,
    /// No view.
    #[error("the page has no element with an `id` and a `data-phx-session`")]
    View,
}

/// A page of a server.
#[derive(Debug)]
pub(super) struct Page {
    host: String,
    url: String,
    /// Asks for the page.
    request: Box<[u8]>,
    /// Path and query of the socket, without what a visit adds.
    socket: String,
}

impl Page {
    /// The page at a URL; `socket` is path and query of its socket.
    pub(super) fn new(parts: &Url<'_>, url: &str, socket: String) -> Page {
        let Url { authority: host, path, query } = *parts;
        let mark = if query.is_empty() { "" } else { "?" };
        let request = format!(
            "GET {path}{mark}{query} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
        );
        Page { host: host.to_owned(), url: url.to_owned(), request: request.into_bytes().into(), socket }
    }

    /// Asks for the upgrade, as the page's script does (spec §2.1).
    fn upgrade(&self, visit: &Visit) -> Vec<u8> {
        let path = format!("{}&_csrf_token={}&_mounts=0", self.socket, encoded(&visit.token));
        let cookie = match visit.cookies.as_str() {
            "" => String::new(),
            cookies => format!("Cookie: {cookies}\r\n"),
        };
        upgrade(&self.host, &path, &cookie)
    }

    /// The payload of the join (spec §2.4).
    fn join(&self, visit: &Visit) -> String {
        let params = json!({ "_csrf_token": visit.token, "_mounts": 0, "_mount_attempts": 0 });
        let Visit { session, fixed, .. } = visit;
        json!({ "url": self.url, "params": params, "session": session, "static": fixed, "sticky": false })
            .to_string()
    }
}

/// What a page said, for its socket.
#[derive(Debug, PartialEq, Eq)]
struct Visit {
    /// The container's id.
    id: String,
    /// As they are sent back.
    cookies: String,
    token: String,
    session: String,
    /// `data-phx-static`; none when it is empty.
    fixed: Option<String>,
}

impl Visit {
    /// Reads the answer to the request for a page, received to its end.
    fn read(received: &[u8]) -> Result<Visit, PageError> {
        let (head, rest) = http::split(received).ok_or(PageError::Cut)?;
        match head.status().ok_or(PageError::NotHttp)? {
            200 => {}
            status => return Err(PageError::Status(status)),
        }
        let body = head.body(rest).ok_or(PageError::Cut)?;
        let page = std::str::from_utf8(&body).map_err(|_| PageError::NotText)?;
        let cookies =
            head.fields("set-cookie").filter_map(|cookie| cookie.split(|byte| *byte == b';').next());
        let cookies: Vec<_> = cookies.map(String::from_utf8_lossy).collect();
        let token = tags(page)
            .filter(|tag| tag.name() == "meta" && tag.attribute("name").as_deref() == Some("csrf-token"))
            .find_map(|meta| meta.attribute("content"))
            .ok_or(PageError::Token)?;
        let (id, session, fixed) = tags(page).find_map(container).ok_or(PageError::View)?;
        Ok(Visit { id, cookies: cookies.join("; "), token: token.into_owned(), session, fixed })
    }
}

/// Id and tokens of a view that is joined by itself: those inside others have no session in the page (spec §1.1).
fn container(tag: Tag<'_>) -> Option<(String, String, Option<String>)> {
    let value = |name| tag.attribute(name).filter(|value| !value.is_empty()).map(Cow::into_owned);
    Some((value("id")?, value("data-phx-session")?, value("data-phx-static")))
}

/// A page, and the visits that are under way.
#[derive(Debug)]
pub(super) struct Visits {
    page: Page,
    /// By connection, from the page to the join.
    under_way: Vec<Option<Box<Visit>>>,
    /// Whether a visit goes no further than its page.
    pub(super) stop_at_page: bool,
}

impl Visits {
    /// No visit yet, for so many connections.
    pub(super) fn new(page: Page, connections: u32) -> Visits {
        Visits { page, under_way: (0..connections).map(|_| None).collect(), stop_at_page: false }
    }

    /// Takes a connection's page, received to its end; gives the topic of its view (spec §2.4).
    ///
    /// # Errors
    /// When it leads to no view.
    pub(super) fn loaded(&mut self, connection: usize, received: &[u8]) -> Result<String, PageError> {
        let visit = Visit::read(received)?;
        let topic = format!("lv:{}", visit.id);
        self.under_way[connection] = Some(Box::new(visit));
        Ok(topic)
    }

    /// Asks for the page.
    pub(super) fn page_request(&self) -> &[u8] {
        &self.page.request
    }

    /// Asks for the upgrade; none when the connection's page is not loaded yet.
    pub(super) fn upgrade(&self, connection: usize) -> Option<Vec<u8>> {
        self.visit(connection).map(|visit| self.page.upgrade(visit))
    }

    /// The payload of the join; none when the connection's page is not loaded yet.
    pub(super) fn join(&self, connection: usize) -> Option<String> {
        self.visit(connection).map(|visit| self.page.join(visit))
    }

    /// The connection's visit is over, or begins.
    pub(super) fn forget(&mut self, connection: usize) {
        self.under_way[connection] = None;
    }

    fn visit(&self, connection: usize) -> Option<&Visit> {
        self.under_way[connection].as_deref()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const HEAD: &str = "HTTP/1.1 200 OK\r\nset-cookie: _app=a.b; Path=/; HttpOnly\r\nSet-Cookie: c=d\r\n\r\n";
    const META: &str = "<head><meta charset=\"utf-8\"><meta name=\"csrf-token\" content=\"T=\"></head>";
    const VIEW: &str = "<div id=\"phx-1\" data-phx-main data-phx-session=\"S\" data-phx-static=\"F\">0</div>";

    fn page() -> Page {
        let url = "http://127.0.0.1:9/counter?x=1";
        Page::new(&Url::parse(url, "http").unwrap(), url, "/live/websocket?vsn=2.0.0".to_owned())
    }

    fn read(answer: &str) -> Result<Visit, PageError> {
        Visit::read(answer.as_bytes())
    }

    #[test]
    fn a_page_is_asked_for_with_its_query() {
        let request = String::from_utf8(page().request.to_vec()).unwrap();
        assert!(request.starts_with("GET /counter?x=1 HTTP/1.1\r\nHost: 127.0.0.1:9\r\n"), "{request}");
        assert!(request.ends_with("Connection: close\r\n\r\n"), "{request}");
    }

    /// Spec §2.1, §2.4.
    #[test]
    fn what_a_page_says_comes_back_in_the_upgrade_and_in_the_join() {
        let mut visits = Visits::new(page(), 2);
        assert!(visits.upgrade(1).is_none() && visits.join(1).is_none());
        let answer = format!("{HEAD}{META}{VIEW}");
        assert_eq!(visits.loaded(1, answer.as_bytes()).unwrap(), "lv:phx-1");
        let request = String::from_utf8(visits.upgrade(1).unwrap()).unwrap();
        let line = "GET /live/websocket?vsn=2.0.0&_csrf_token=T%3D&_mounts=0 HTTP/1.1\r\n";
        assert!(request.starts_with(line), "{request}");
        assert!(request.ends_with("\r\nCookie: _app=a.b; c=d\r\n\r\n"), "{request}");
        let join: Value = serde_json::from_str(&visits.join(1).unwrap()).unwrap();
        let params = json!({ "_csrf_token": "T=", "_mounts": 0, "_mount_attempts": 0 });
        let url = "http://127.0.0.1:9/counter?x=1";
        let expected =
            json!({ "url": url, "params": params, "session": "S", "static": "F", "sticky": false });
        assert_eq!(join, expected);
        assert!(visits.upgrade(0).is_none());
        visits.forget(1);
        assert!(visits.join(1).is_none());
    }

    #[test]
    fn a_view_inside_another_is_not_the_one_to_join() {
        let inner =
            "<i id=\"clock\" data-phx-session=\"\" data-phx-static=\"X\" data-phx-parent-id=\"phx-1\">";
        let visit = read(&format!("{HEAD}{META}{inner}{}", VIEW.replace("\"F\"", "\"\""))).unwrap();
        assert_eq!((visit.id.as_str(), visit.session.as_str(), visit.fixed), ("phx-1", "S", None));
    }

    #[test]
    fn a_page_without_cookies_sends_none_back() {
        let visit = read(&format!("HTTP/1.1 200 OK\r\n\r\n{META}{VIEW}")).unwrap();
        let request = String::from_utf8(page().upgrade(&visit)).unwrap();
        assert!(!request.contains("Cookie") && request.ends_with("\r\n\r\n"), "{request}");
    }

    #[test]
    fn a_page_that_leads_to_no_view_is_an_error_of_its_own() {
        let wrong = [
            ("HTTP/1.1 200 OK\r\n".to_owned(), PageError::Cut),
            (format!("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{META}{VIEW}"), PageError::Cut),
            ("HTTP/2 200\r\n\r\n".to_owned(), PageError::NotHttp),
            ("HTTP/1.1 302 Found\r\n\r\n".to_owned(), PageError::Status(302)),
            (format!("{HEAD}{VIEW}"), PageError::Token),
            (format!("{HEAD}{META}<div id=\"x\">"), PageError::View),
        ];
        for (answer, error) in wrong {
            assert_eq!(read(&answer), Err(error), "{answer}");
        }
        assert_eq!(Visit::read(b"HTTP/1.1 200 OK\r\n\r\n\xff"), Err(PageError::NotText));
    }
}
