//! What `connect` is told about a request (spec §1.8), over both transports.

use axum::Router;
use axum::routing::get as page;
use firecrest::prelude::*;
use firecrest::session::{CsrfToken, Session, SessionConfig};
use firecrest::socket::SocketMount;
use http::header::{HOST, SET_COOKIE};
use serde_json::{Value, json};

use crate::site::{Site, VIA_BOTH, Via, Witness, get};
use crate::support::Server;

/// Connects with extra headers and returns what was seen.
async fn seen(via: Via, headers: &[(&str, &str)]) -> Value {
    let site = Site::new(|mount| mount);
    let request = via.request("/socket", "vsn=2.0.0");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    site.connect(via, request).await
}

#[tokio::test]
async fn c122_c161_x_headers() {
    for via in VIA_BOTH {
        let seen = seen(via, &[("x-one", "1"), ("accept", "*/*"), ("X-Two", "2"), ("x-one", "again")]).await;
        let mut headers: Vec<_> = seen["x_headers"].as_array().unwrap().clone();
        headers.sort_by_key(Value::to_string);
        assert_eq!(json!(headers), json!([["x-one", "1"], ["x-one", "again"], ["x-two", "2"]]), "{via:?}");
    }
}

#[tokio::test]
async fn c123_sec_websocket_headers_verbatim() {
    let extensions = ("sec-websocket-extensions", "foo; bar=\"b,z\",  x");
    let seen_by_websocket = seen(Via::WebSocket, &[extensions]).await;
    let headers = seen_by_websocket["sec_websocket_headers"].as_array().unwrap();
    for expected in [
        ["sec-websocket-extensions", "foo; bar=\"b,z\",  x"],
        ["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="],
        ["sec-websocket-version", "13"],
    ] {
        assert!(headers.contains(&json!(expected)), "{headers:?}");
    }
    assert_eq!(headers.len(), 3);
    let seen = seen(Via::LongPoll, &[extensions]).await;
    assert_eq!(seen["sec_websocket_headers"], json!([["sec-websocket-extensions", "foo; bar=\"b,z\",  x"]]));
}

/// Nothing but the two headers: other headers are deliberately not exposed (spec §1.8).
#[tokio::test]
async fn c124_c161_trace_context_headers() {
    for via in VIA_BOTH {
        let headers =
            [("traceparent", "00-a-b-01"), ("tracestate", "k=v"), ("tracestate-internal", "secret")];
        let mut seen = seen(via, &headers).await;
        let seen = seen["trace_context_headers"].as_array_mut().unwrap();
        seen.sort_by_key(Value::to_string);
        assert_eq!(json!(seen), json!([["traceparent", "00-a-b-01"], ["tracestate", "k=v"]]), "{via:?}");
    }
}

#[tokio::test]
async fn c125_c161_the_peers_address() {
    for via in VIA_BOTH {
        assert_eq!(seen(via, &[]).await["peer"], Value::Null, "no server said who it is");
    }
    let endpoint = Endpoint::builder().build().unwrap();
    let site = Site::of(endpoint.socket::<Witness>("/socket").into_router());
    let server = Server::start(endpoint, site.app.clone()).await;
    for via in VIA_BOTH {
        let mut request = format!("GET /socket/{}?vsn=2.0.0 HTTP/1.1\r\n", via.as_str());
        request += "host: localhost\r\nconnection: close\r\n\r\n";
        // A WebSocket handshake without upgrade is answered 400, after `connect` (spec §1.3).
        server.http(&request).await;
        let seen = site.last();
        assert_eq!(seen["transport"], via.as_str());
        let peer: std::net::SocketAddr = seen["peer"].as_str().unwrap().parse().unwrap();
        assert!(peer.ip().is_loopback() && peer.port() != server.address.port(), "{peer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn c126_c161_the_uri() {
    for via in VIA_BOTH {
        let site = Site::new(|mount| mount);
        let seen = site.connect(via, via.request("/socket", "vsn=2.0.0&a=1%202")).await;
        assert_eq!(seen["path"], format!("/socket/{}", via.as_str()));
        assert_eq!(seen["query"], "vsn=2.0.0&a=1%202");
        assert_eq!(seen["host"], "www.example.com");
        assert_eq!((&seen["scheme"], &seen["port"]), (&json!("http"), &json!(80)));
    }
}

/// The port is that of the `host` header, of the request line, or of the scheme.
#[tokio::test]
async fn c126_c161_scheme_and_port() {
    for (origin, host, expected) in [
        ("", Some("www.example.com:4000"), json!(["http", 4000])),
        ("", Some("[::1]:4000"), json!(["http", 4000])),
        ("", Some("[::1]"), json!(["http", 80])),
        ("", Some("no host at all"), json!(["http", 80])),
        ("", Some("www.example.com:99999"), json!(["http", 80])),
        ("", None, json!(["http", 80])),
        ("https://www.example.com", None, json!(["https", 443])),
        ("https://www.example.com:8443", None, json!(["https", 8443])),
        ("http://www.example.com:8080", Some("other.com:81"), json!(["http", 81])),
        ("gopher://www.example.com", None, json!(["gopher", null])),
    ] {
        for via in VIA_BOTH {
            let site = Site::new(|mount| mount);
            let mut request = via.request(&format!("{origin}/socket"), "vsn=2.0.0");
            let headers = request.headers_mut().unwrap();
            headers.remove(HOST);
            headers.extend(host.map(|host| (HOST, host.parse().unwrap())));
            // Without a host the handshake of a WebSocket is answered 400, after `connect` (spec §1.3).
            site.send(request).await;
            let seen = site.last();
            assert_eq!(json!([seen["scheme"], seen["port"]]), expected, "{via:?} {origin:?} {host:?}");
        }
    }
}

#[tokio::test]
async fn c127_the_user_agent() {
    for via in VIA_BOTH {
        assert_eq!(seen(via, &[("user-agent", "custom agent")]).await["user_agent"], "custom agent");
        assert_eq!(seen(via, &[]).await["user_agent"], Value::Null);
    }
}

/// What a layer of the application puts on the request is what the protocol calls custom keys: here the record of the
/// test itself, without which the witness does not connect.
#[tokio::test]
async fn c130_the_applications_own_values() {
    for via in VIA_BOTH {
        assert_eq!(seen(via, &[]).await["transport"], via.as_str());
    }
}

const SECRET: &str = "a secret of at least sixty-four bytes, as the cookie session needs it";

/// An application with a page that logs in, and a socket.
pub(crate) fn site(
    session: SessionConfig,
    options: impl FnOnce(SocketMount<Witness>) -> SocketMount<Witness>,
) -> Site {
    async fn log_in(session: Session, csrf: CsrfToken) -> String {
        session.insert("user_id", &7).unwrap();
        csrf.to_string()
    }
    let endpoint = Endpoint::builder().secret_key_base(SECRET).session(session).build().unwrap();
    let pages = Router::new().route("/", page(log_in)).layer(endpoint.session_layer());
    Site::of(pages.merge(options(endpoint.socket("/socket"))))
}

pub(crate) fn config() -> SessionConfig {
    SessionConfig::new("signing salt")
}

/// A visit of the page: the cookie it set, and the CSRF token it shows.
pub(crate) async fn visit(site: &Site) -> (String, String) {
    let answer = site.send(get("/")).await;
    let cookie = answer.header(SET_COOKIE).unwrap().split(';').next().unwrap().to_owned();
    (cookie, answer.text().to_owned())
}

/// The session that `connect` sees.
async fn session(site: &Site, via: Via, cookie: &str, token: &str) -> Value {
    let request = via.request("/socket", &format!("vsn=2.0.0&_csrf_token={token}"));
    let request = if cookie.is_empty() { request } else { request.header("cookie", cookie) };
    site.connect(via, request).await["session"].clone()
}

fn user_7() -> Value {
    json!({ "user_id": 7 })
}

#[tokio::test]
async fn c052_c128_the_session_with_a_valid_csrf_token() {
    for config in [config(), config().encryption_salt("encryption salt").cookie_name("_other")] {
        for via in VIA_BOTH {
            let site = site(config.clone(), |mount| mount);
            let (cookie, token) = visit(&site).await;
            assert_eq!(session(&site, via, &cookie, &token).await, user_7(), "{via:?}");
            let amid = format!("a=b; {cookie}; c=d");
            assert_eq!(session(&site, via, &amid, &token).await, user_7(), "{via:?}");
        }
    }
}

#[tokio::test]
async fn c053_the_key_of_the_csrf_state_can_be_chosen() {
    for via in VIA_BOTH {
        let own = site(config().csrf_key("_own"), |mount| mount);
        let (cookie, token) = visit(&own).await;
        assert_eq!(session(&own, via, &cookie, &token).await, user_7());
        let other = site(config().csrf_key("_other"), |mount| mount);
        assert_eq!(session(&other, via, &cookie, &token).await, Value::Null, "there is no state there");
    }
}

#[tokio::test]
async fn c054_without_the_csrf_check() {
    for via in VIA_BOTH {
        let site = site(config(), |mount| mount.check_csrf(false));
        let (cookie, _) = visit(&site).await;
        assert_eq!(session(&site, via, &cookie, "").await, user_7());
        assert_eq!(session(&site, via, "", "").await, Value::Null, "no cookie, no session");
    }
}

/// Spec §1.9: a forged cookie is an empty session without the check, and none with it.
#[tokio::test]
async fn c054_a_forged_cookie() {
    for (check, expected) in [(false, json!({ "user_id": null })), (true, Value::Null)] {
        for via in VIA_BOTH {
            let site = site(config(), |mount| mount.check_csrf(check));
            let (cookie, token) = visit(&site).await;
            let forged = format!("{}AAAA", &cookie[..cookie.len() - 4]);
            assert_eq!(session(&site, via, &forged, &token).await, expected, "{via:?} {check}");
        }
    }
}

#[tokio::test]
async fn c055_c129_no_session_without_cookie_or_with_a_bad_token() {
    for via in VIA_BOTH {
        let site = site(config(), |mount| mount);
        let (cookie, token) = visit(&site).await;
        assert_eq!(session(&site, via, "", &token).await, Value::Null, "no cookie");
        for bad in ["", "bad", &token[1..], &format!("{token}A")] {
            assert_eq!(
                session(&site, via, &cookie, bad).await,
                Value::Null,
                "{bad:?}: connected all the same"
            );
        }
        let (_, of_another_session) = visit(&site).await;
        assert_eq!(session(&site, via, &cookie, &of_another_session).await, Value::Null);
    }
}
