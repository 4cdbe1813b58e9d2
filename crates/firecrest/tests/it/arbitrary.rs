//! Parsers of what comes from outside: no text makes them panic, and what was made for them they recognise.

use std::fmt::Debug;

use axum::Router;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE};
use firecrest::prelude::*;
use firecrest::session::{CsrfLayer, CsrfToken, SessionData, csrf};
use firecrest::transport::{OriginPattern, OriginPolicy};
use http::header::{COOKIE, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use http::{HeaderName, HeaderValue, Request, StatusCode};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::connect_info;
use crate::site::{Answer, Site, VIA_BOTH, Via};

/// Checks many values, all with the same site: what one request does must not disturb the next.
fn for_all<S: Strategy>(strategy: S, check: impl Fn(S::Value) -> TestCaseResult)
where
    S::Value: Debug,
{
    let config = Config { cases: 200, failure_persistence: None, ..Config::default() };
    if let Err(error) = TestRunner::new(config).run(&strategy, check) {
        panic!("{error}");
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Any header value, and some that look like what is expected.
fn header() -> impl Strategy<Value = HeaderValue> {
    let bytes = prop::collection::vec(prop_oneof![b' '..=b'~', 0x80..=0xff_u8], 0..60);
    let shaped = prop_oneof![
        "[a-z]{0,5}:?/{0,3}[a-z.*:\\[\\]@]{0,20}(:[0-9]{0,6})?",
        "([a-z]{0,6}[,;= ]){0,5}",
        "(phoenix, )?base64url\\.bearer\\.phx\\.[A-Za-z0-9+/_=%-]{0,20}",
        "(_firecrest_key|a)=\"?[A-Za-z0-9._=-]{0,60}\"?;?",
    ];
    let values = prop_oneof![bytes, shaped.prop_map(String::into_bytes)];
    values.prop_map(|bytes| HeaderValue::from_bytes(&bytes).unwrap())
}

/// The names of a host, from one to four.
fn host() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9-]{0,8}(\\.[a-z][a-z0-9]{0,8}){0,3}"
}

/// Connects with one more header.
fn ask(runtime: &Runtime, site: &Site, via: Via, name: HeaderName, value: &HeaderValue) -> Answer {
    runtime.block_on(site.send(via.request("/socket", "vsn=2.0.0").header(name, value)))
}

/// Spec §1.7: whatever the origin, there is an answer, and it is yes or no.
#[test]
fn any_origin_is_accepted_or_refused() {
    let runtime = runtime();
    let list = OriginPolicy::list(["//*.example.com", "https://example.org:8443"]).unwrap();
    let policies = [OriginPolicy::Any, OriginPolicy::Host, OriginPolicy::SameAsRequest, list];
    for policy in policies {
        let site = Site::new(|mount| mount.check_origin(policy.clone()));
        for_all(header(), |origin| {
            for via in VIA_BOTH {
                let answer = ask(&runtime, &site, via, ORIGIN, &origin);
                let accepted = via.is_accepted(&answer);
                prop_assert!(accepted != via.is_refused(&answer), "{policy:?}: {answer:?}");
                prop_assert!(accepted || policy != OriginPolicy::Any);
            }
            Ok(())
        });
    }
}

/// Spec §1.7: an entry needs a host.
#[test]
fn any_text_is_an_origin_pattern_or_none() {
    for_all(prop_oneof!["\\PC{0,40}", "[a-z]{0,5}:?/{0,3}[a-z.*:\\[\\]@]{0,20}(:[0-9]{0,6})?"], |text| {
        match OriginPattern::parse(&text) {
            Ok(_) => {
                let host = text.split_once("//").map(|(_, host)| host.trim_end_matches('/'));
                prop_assert!(host.is_some_and(|host| !host.is_empty()));
            }
            Err(error) => prop_assert!(error.to_string().contains("//example.com")),
        }
        Ok(())
    });
}

/// An entry with a scheme and a port (C043), one with neither (C041), and a wildcard.
#[test]
fn c030_c031_c032_c034_a_pattern_allows_the_origins_it_was_made_for() {
    let runtime = runtime();
    let scheme = select(&["http", "https"][..]);
    for_all((scheme, host(), 1_u16..), |(scheme, host, port)| {
        let allowed = |entry: &str, origin: &str| {
            let policy = OriginPolicy::list([entry]).unwrap();
            let site = Site::new(|mount| mount.check_origin(policy));
            let origin = origin.parse().unwrap();
            Via::WebSocket.is_accepted(&ask(&runtime, &site, Via::WebSocket, ORIGIN, &origin))
        };
        let (own, any_scheme) = (format!("{scheme}://{host}:{port}"), format!("//{host}"));
        let below = format!("{scheme}://sub.{host}:{port}");
        let suffix = format!("{scheme}://x{host}:{port}");
        prop_assert!(allowed(&own, &own) && allowed(&any_scheme, &own));
        prop_assert!(!allowed(&own, &below) && !allowed(&any_scheme, &below));
        let wildcard = format!("//*.{host}");
        prop_assert!(allowed(&wildcard, &own) && allowed(&wildcard, &below));
        for entry in [own, any_scheme, wildcard] {
            prop_assert!(!allowed(&entry, &suffix), "{entry} {suffix}");
        }
        Ok(())
    });
}

/// Spec §1.10: 400 is for a token that is none.
#[test]
fn any_offer_of_subprotocols_is_answered() {
    let runtime = runtime();
    let site = Site::new(|mount| mount.auth_token(true).subprotocols(["sip", "mqtt"]));
    for_all(header(), |offered| {
        let answer = ask(&runtime, &site, Via::WebSocket, SEC_WEBSOCKET_PROTOCOL, &offered);
        let expected = [StatusCode::SWITCHING_PROTOCOLS, StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN];
        prop_assert!(expected.contains(&answer.status), "{answer:?}");
        Ok(())
    });
}

/// C049, C050: the server's order counts.
#[test]
fn c049_c050_the_first_supported_of_any_offer_is_selected() {
    let runtime = runtime();
    const SUPPORTED: [&str; 3] = ["sip", "mqtt", "xmpp"];
    let site = Site::new(|mount| mount.subprotocols(SUPPORTED));
    let name = prop_oneof!["[a-z]{1,5}", select(&SUPPORTED[..]).prop_map(String::from)];
    for_all(prop::collection::vec(name, 1..6), |offered| {
        let header = offered.join(", ").parse().unwrap();
        let answer = ask(&runtime, &site, Via::WebSocket, SEC_WEBSOCKET_PROTOCOL, &header);
        let selected = SUPPORTED.into_iter().find(|name| offered.iter().any(|offer| offer == name));
        prop_assert_eq!(Via::WebSocket.is_accepted(&answer), selected.is_some());
        prop_assert_eq!(answer.header(SEC_WEBSOCKET_PROTOCOL), selected);
        Ok(())
    });
}

/// C240, C264: the official client encodes characters of one byte, without padding.
#[test]
fn c240_c264_any_auth_token_arrives() {
    let runtime = runtime();
    let site = Site::new(|mount| mount.auth_token(true));
    for_all("[\\x00-\\xff]{0,60}", |token| {
        let bytes: Vec<u8> = token.chars().map(|char| u8::try_from(char).unwrap()).collect();
        let offered = format!("phoenix, base64url.bearer.phx.{}", STANDARD_NO_PAD.encode(bytes));
        let answer = ask(&runtime, &site, Via::WebSocket, SEC_WEBSOCKET_PROTOCOL, &offered.parse().unwrap());
        prop_assert_eq!(answer.header(SEC_WEBSOCKET_PROTOCOL), Some("phoenix"));
        prop_assert_eq!(&site.last()["auth_token"], &json!(token));
        Ok(())
    });
}

/// Spec §1.9: without the CSRF check only the cookie itself can keep somebody out of a session.
#[test]
fn any_cookie_connects_and_is_nobodys_session() {
    let runtime = runtime();
    let site = connect_info::site(connect_info::config(), |mount| mount.check_csrf(false));
    for_all(header(), |cookie| {
        for via in VIA_BOTH {
            let answer = ask(&runtime, &site, via, COOKIE, &cookie);
            prop_assert!(via.is_accepted(&answer), "{answer:?}");
            prop_assert!(site.last()["session"]["user_id"].is_null());
        }
        Ok(())
    });
}

#[test]
fn c052_c128_the_session_is_found_among_any_cookies() {
    let runtime = runtime();
    let site = connect_info::site(connect_info::config(), |mount| mount);
    let (session, token) = runtime.block_on(connect_info::visit(&site));
    // Without an underscore nothing has the session's name.
    let others = || "[a-zA-Z0-9=,\" %-]{0,30}";
    for_all((others(), others()), |(before, after)| {
        let request = Via::LongPoll.request("/socket", &format!("vsn=2.0.0&_csrf_token={token}"));
        let cookies = format!("{before}; {session}; {after}");
        let seen = runtime.block_on(site.connect(Via::LongPoll, request.header(COOKIE, cookies)));
        prop_assert_eq!(&seen["session"], &json!({ "user_id": 7 }));
        Ok(())
    });
}

/// Spec §1.9: neither state nor token need be anything like what they should be.
#[test]
fn any_csrf_token_for_any_state_is_checked() {
    let text = || prop_oneof!["\\PC{0,60}", "[A-Za-z0-9_=-]{24}", "[A-Za-z0-9_=-]{56}"];
    for_all((text(), text()), |(state, token)| {
        prop_assert!(!csrf::validate(&with_state(&state), "_csrf_token", &token));
        prop_assert!(!csrf::validate(&with_state(&state), "other", &token));
        Ok(())
    });
}

/// Spec §1.9: masked here, with any mask; with one character of it changed it is refused.
#[test]
fn a_state_is_recognised_behind_any_mask() {
    let text = || "[A-Za-z0-9_-]{24}";
    for_all((text(), text(), 0..24_usize), |(state, mask, at)| {
        let session = with_state(&state);
        let bytes: Vec<u8> = state.bytes().zip(mask.bytes()).map(|(one, other)| one ^ other).collect();
        let combined = URL_SAFE.encode(bytes);
        let is_valid = |mask: &str| csrf::validate(&session, "_csrf_token", &format!("{combined}{mask}"));
        prop_assert!(is_valid(&mask));
        let mut other = mask.into_bytes();
        other[at] ^= 1;
        let other = String::from_utf8(other).unwrap();
        prop_assert!(!is_valid(&other));
        Ok(())
    });
}

fn with_state(state: &str) -> SessionData {
    let mut session = SessionData::default();
    session.insert("_csrf_token", state).unwrap();
    session
}

/// Spec §1.9, for pages: of all headers only one with the session's token lets a request through.
#[test]
fn any_csrf_header_but_the_sessions_own_is_refused() {
    let runtime = runtime();
    let endpoint = Endpoint::builder().session(connect_info::config()).build().unwrap();
    let page = get(|token: CsrfToken| async move { token.to_string() }).post(|| async {});
    let pages = Router::new().route("/", page).layer(CsrfLayer::new());
    let site = Site::of(pages.layer(endpoint.session_layer()));
    let (session, token) = runtime.block_on(connect_info::visit(&site));
    let post = |token: &HeaderValue| {
        let request = Request::post("/").header("x-csrf-token", token).header(COOKIE, &session);
        runtime.block_on(site.send(request)).status
    };
    assert_eq!(post(&token.parse().unwrap()), StatusCode::OK);
    for_all(prop_oneof![header(), "[A-Za-z0-9_=-]{56}".prop_map(|text| text.parse().unwrap())], |token| {
        prop_assert_eq!(post(&token), StatusCode::FORBIDDEN);
        Ok(())
    });
}
