//! Where a socket is found, what its parameters are, and how it says no (spec §1.1–§1.6).

use axum::Router;
use axum::body::Body;
use firecrest::prelude::*;
use firecrest::transport::OriginPolicy;
use http::{Request, StatusCode, Version};
use serde_json::json;

use crate::captured::Captured;
use crate::site::{Site, VIA_BOTH, Via, Witness, get, send, upgrade};

fn endpoint() -> Endpoint {
    Endpoint::builder().build().unwrap()
}

/// Whether something answers at this path.
async fn is_served(site: &Site, uri: &str) -> bool {
    site.send(get(uri)).await.status != StatusCode::NOT_FOUND
}

#[test]
#[should_panic(expected = "neither origin nor CSRF token")]
fn c022_a_mount_that_checks_neither_origin_nor_csrf_does_not_start() {
    let mount = endpoint().socket::<Witness>("/socket").check_origin(OriginPolicy::Any).check_csrf(false);
    let _ = Router::<()>::new().merge(mount);
}

#[test]
#[should_panic(expected = "\"/socket\" would check neither origin nor CSRF token")]
fn c023_not_even_when_it_is_the_endpoint_that_does_not_check_the_origin() {
    let endpoint = Endpoint::builder().check_origin(OriginPolicy::Any).build().unwrap();
    let _ = Router::<()>::new().merge(endpoint.socket::<Witness>("/socket").check_csrf(false));
}

/// One of the two checks is enough.
#[test]
fn c022_c023_one_check_is_enough() {
    let anywhere = Endpoint::builder().check_origin(OriginPolicy::Any).build().unwrap();
    let _: Router = anywhere.socket::<Witness>("/a").into_router();
    let _: Router = endpoint().socket::<Witness>("/b").check_csrf(false).into_router();
    let own = anywhere.socket::<Witness>("/c").check_origin(OriginPolicy::Host).check_csrf(false);
    let _: Router = own.into_router();
}

#[tokio::test]
async fn the_paths_of_a_mount() {
    let site = Site::new(|mount| mount);
    assert!(is_served(&site, "/socket/websocket").await && is_served(&site, "/socket/longpoll").await);
    assert!(!is_served(&site, "/socket").await && !is_served(&site, "/socket/websocket/more").await);
    let site = Site::new(|mount| mount.websocket(Some("/ws")).longpoll(None));
    assert!(is_served(&site, "/socket/ws").await);
    assert!(!is_served(&site, "/socket/websocket").await && !is_served(&site, "/socket/longpoll").await);
    let site = Site::new(|mount| mount.websocket(None).longpoll(Some("lp")));
    assert!(is_served(&site, "/socket/lp").await && !is_served(&site, "/socket/websocket").await);
}

/// Empty segments do not count (spec §1.1): `new Socket("/socket/")` asks for `/socket//websocket`.
#[tokio::test]
async fn empty_segments_are_dropped() {
    for via in VIA_BOTH {
        let site = Site::new(|mount| mount);
        for (mount, rest) in [("/socket", "/"), ("/socket/", ""), ("/socket/", "/")] {
            let request = match via {
                Via::WebSocket => upgrade(&format!("{mount}/websocket{rest}?vsn=2.0.0")),
                Via::LongPoll => get(&format!("{mount}/longpoll{rest}?vsn=2.0.0")),
            };
            site.connect(via, request).await;
        }
    }
}

#[tokio::test]
async fn c154_a_nested_path() {
    for via in VIA_BOTH {
        let site = Site::of(endpoint().socket::<Witness>("/custom/some_path/nested").into_router());
        site.connect(via, via.request("/custom/some_path/nested", "vsn=2.0.0")).await;
    }
}

#[tokio::test]
async fn c155_c180_path_variables_are_parameters_and_win() {
    for via in VIA_BOTH {
        let suffix = format!("/p/:proj/{}", via.as_str());
        let mount = endpoint().socket::<Witness>("/v/:tenant").websocket(None).longpoll(None);
        let mount = match via {
            Via::WebSocket => mount.websocket(Some(&suffix)),
            Via::LongPoll => mount.longpoll(Some(&suffix)),
        };
        let site = Site::of(mount.into_router());
        let query = "tenant=evil&key=value&proj[a]=1&vsn=2.0.0";
        let seen = site.connect(via, via.request("/v/acme/p/a%20b", query)).await;
        let expected = json!({ "tenant": "acme", "proj": "a b", "key": "value", "vsn": "2.0.0" });
        assert_eq!(seen["params"], expected, "{via:?}");
    }
}

/// Spec §1.1: a variable whose name begins with `_` is matched and forgotten.
#[tokio::test]
async fn variables_that_begin_with_an_underscore_are_not_parameters() {
    for via in VIA_BOTH {
        let site = Site::of(endpoint().socket::<Witness>("/:_ignored/:kept").into_router());
        let seen = site.connect(via, via.request("/a/b", "vsn=2.0.0")).await;
        assert_eq!(seen["params"], json!({ "kept": "b", "vsn": "2.0.0" }));
    }
}

/// The literal query of the official client in spec §1.5.
#[tokio::test]
async fn c151_query_parameters_reach_the_socket() {
    let query = "a=1&b%5Bc%5D=x%20y&ids%5B0%5D=1&ids%5B1%5D=2&&u=undefined&t=true&list[]=1&list[]=2&d=1&d=2&vsn=2.0.0&";
    let expected = json!({
        "a": "1", "b": {"c": "x y"}, "ids": {"0": "1", "1": "2"}, "u": "undefined", "t": "true",
        "list": ["1", "2"], "d": "2", "vsn": "2.0.0"
    });
    for via in VIA_BOTH {
        let site = Site::new(|mount| mount);
        assert_eq!(site.connect(via, via.request("/socket", query)).await["params"], expected, "{via:?}");
    }
}

/// Spec §1.3 step 2: what is no UTF-8 is refused with 400; a `%` that begins no escape is kept as it is.
#[tokio::test]
async fn undecodable_queries() {
    for via in VIA_BOTH {
        let site = Site::new(|mount| mount);
        for query in ["a=%ff&vsn=2.0.0", "%ff=1&vsn=2.0.0", &"a=1&".repeat(1_001), &"[a]".repeat(100)] {
            let answer = site.send(via.request("/socket", query)).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{via:?} {query:.20}");
        }
        assert_eq!(site.connects(), 0);
        let seen = site.connect(via, via.request("/socket", "a=%zz&b=100%&vsn=2.0.0")).await;
        assert_eq!(seen["params"], json!({ "a": "%zz", "b": "100%", "vsn": "2.0.0" }));
    }
}

/// The table of spec §1.4.
#[tokio::test]
async fn c141_c176_versions_that_are_not_served_get_403_and_a_log_line() {
    let log = Captured::start();
    for via in VIA_BOTH {
        let site = Site::new(|mount| mount);
        for query in ["", "vsn=1.0.0", "vsn=1.0.5", "vsn=2.0.0", "vsn=2.0.1", "vsn=2.0.1-dev"] {
            site.connect(via, via.request("/socket", query)).await;
        }
        let connects = site.connects();
        log.take();
        for vsn in ["123.1.1", "2.0", "abc", "2.0.0-rc.1", "2.1.0", "3.0.0", ""] {
            let answer = site.send(via.request("/socket", &format!("vsn={vsn}"))).await;
            assert!(via.is_refused(&answer), "{vsn}: {answer:?}");
            let lines = log.take();
            assert!(lines.contains("WARN") && lines.contains(&format!("{vsn:?}")), "{vsn}: {lines}");
        }
        for query in ["vsn[]=1", "vsn[a]=1"] {
            assert!(via.is_refused(&site.send(via.request("/socket", query)).await), "{query}");
        }
        assert_eq!(site.connects(), connects);
    }
}

#[tokio::test]
async fn c137_c170_a_refused_connection_gets_403_and_its_reason_goes_to_the_log() {
    let log = Captured::start();
    for vsn in ["1.0.0", "2.0.0"] {
        for via in VIA_BOTH {
            let site = Site::new(|mount| mount);
            let query = format!("outcome=refused&password=hush&vsn={vsn}");
            let answer = site.send(via.request("/socket", &query)).await;
            assert!(via.is_refused(&answer), "{answer:?}");
            let lines = log.take();
            assert!(lines.contains("not you") && !lines.contains("hush"), "{lines}");
        }
    }
}

/// Long-poll clients always see 403: they understand nothing else (spec §1.6, §4.6).
#[tokio::test]
async fn c138_c170_another_status() {
    let site = Site::new(|mount| mount);
    for (outcome, status) in
        [("busy", StatusCode::TOO_MANY_REQUESTS), ("unavailable", StatusCode::INTERNAL_SERVER_ERROR)]
    {
        let query = format!("outcome={outcome}&vsn=2.0.0");
        assert_eq!(site.send(Via::WebSocket.request("/socket", &query)).await.status, status);
        let answer = site.send(Via::LongPoll.request("/socket", &query)).await;
        assert!(Via::LongPoll.is_refused(&answer), "{answer:?}");
    }
}

/// Spec §1.6: an exception is answered with HTTP 500, whichever callback raised it.
#[tokio::test]
async fn a_panic_is_answered_with_500() {
    let log = Captured::start();
    for via in VIA_BOTH {
        let site = Site::new(|mount| mount);
        for (outcome, message) in [("panic", "connect panics"), ("id%20panic", "id panics")] {
            let answer = site.send(via.request("/socket", &format!("outcome={outcome}&vsn=2.0.0"))).await;
            assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{outcome}");
            let lines = log.take();
            assert!(lines.contains("ERROR") && lines.contains(message), "{lines}");
        }
        site.connect(via, via.request("/socket", "vsn=2.0.0")).await;
    }
}

/// Spec §1.3: the handshake is checked last, after `connect`, and the answer names what is missing.
#[tokio::test]
async fn c148_a_plain_get_is_answered_400() {
    let site = Site::new(|mount| mount);
    let answer = site.send(get("/socket/websocket?vsn=2.0.0")).await;
    assert_eq!((answer.status, site.connects()), (StatusCode::BAD_REQUEST, 1));
    assert!(answer.text().contains("connection") && answer.text().contains("upgrade"), "{}", answer.text());
    let whole = || upgrade("/socket/websocket?vsn=2.0.0").body(Body::empty()).unwrap();
    for missing in ["host", "connection", "upgrade", "sec-websocket-key", "sec-websocket-version"] {
        let mut request = whole();
        request.headers_mut().remove(missing).unwrap();
        let answer = send(&site.app, request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{missing}");
        assert!(answer.text().contains(missing) && answer.text().lines().count() == 1, "{}", answer.text());
    }
    let mut old = whole();
    *old.version_mut() = Version::HTTP_10;
    assert_eq!(send(&site.app, old).await.status, StatusCode::BAD_REQUEST);
}

/// The answer of RFC 6455 §1.3 to the key of its example.
#[tokio::test]
async fn the_handshake_is_answered() {
    let site = Site::new(|mount| mount);
    let answer = site.send(upgrade("/socket/websocket?vsn=2.0.0")).await;
    assert_eq!(answer.status, StatusCode::SWITCHING_PROTOCOLS);
    assert_eq!(answer.header("sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert_eq!(answer.header("upgrade"), Some("websocket"));
    assert_eq!(answer.header("connection").map(str::to_ascii_lowercase).as_deref(), Some("upgrade"));
    assert_eq!(answer.header("sec-websocket-extensions"), None);
}

/// Spec §1.3 step 1 comes before everything else.
#[tokio::test]
async fn a_websocket_is_asked_for_with_get() {
    let site = Site::new(|mount| mount.check_origin(OriginPolicy::check(|_| false)));
    for method in ["POST", "PUT", "HEAD", "OPTIONS", "CONNECT"] {
        let request = Request::builder().method(method).uri("/socket/websocket?vsn=abc");
        let answer = send(&site.app, request.header("origin", "null").body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status, answer.body.len()), (StatusCode::BAD_REQUEST, 0), "{method}");
    }
}
