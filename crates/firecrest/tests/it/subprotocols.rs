//! Subprotocols, the official client's `authToken` (spec §1.10), and tokens in the parameters.

use std::time::{Duration, SystemTime};

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use firecrest::prelude::*;
use firecrest::token::{MAX_TOKEN_LEN, Signer};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::captured::Captured;
use crate::site::{Answer, Site, VIA_BOTH, Via, get, send};

const PROTOCOL: &str = "sec-websocket-protocol";

async fn offer(site: &Site, offered: Option<&str>) -> Answer {
    let request = Via::WebSocket.request("/socket", "vsn=2.0.0");
    site.send(match offered {
        Some(offered) => request.header(PROTOCOL, offered),
        None => request,
    })
    .await
}

#[tokio::test]
async fn c047_without_configured_subprotocols_nothing_is_checked() {
    let site = Site::new(|mount| mount);
    for offered in [None, Some("sip"), Some("phoenix, base64url.bearer.phx.c2VjcmV0")] {
        let answer = offer(&site, offered).await;
        assert_eq!((answer.status, answer.header(PROTOCOL)), (StatusCode::SWITCHING_PROTOCOLS, None));
        assert_eq!(site.last()["auth_token"], Value::Null, "the token is not asked for");
    }
}

/// First in the server's order, not in the client's (spec §1.10).
#[tokio::test]
async fn c049_c150_the_first_configured_subprotocol_is_selected() {
    let site = Site::new(|mount| mount.subprotocols(["sip", "mqtt"]));
    for (offered, selected) in [("sip", "sip"), ("mqtt, sip", "sip"), ("foo,mqtt", "mqtt")] {
        let answer = offer(&site, Some(offered)).await;
        assert_eq!(
            (answer.status, answer.header(PROTOCOL)),
            (StatusCode::SWITCHING_PROTOCOLS, Some(selected))
        );
    }
    let answer = offer(&site, None).await;
    assert_eq!((answer.status, answer.header(PROTOCOL)), (StatusCode::SWITCHING_PROTOCOLS, None));
}

#[tokio::test]
async fn c050_c150_a_wrong_subprotocol_gets_403_and_a_log_line() {
    let site = Site::new(|mount| mount.subprotocols(["sip", "mqtt"]));
    let log = Captured::start();
    let answer = offer(&site, Some("foo")).await;
    assert!(Via::WebSocket.is_refused(&answer), "{answer:?}");
    assert_eq!(site.connects(), 0);
    let lines = log.take();
    assert!(lines.contains("WARN") && lines.contains("subprotocol"), "{lines}");
}

/// The table of spec §1.10, with 403 instead of 500 in its last row.
#[tokio::test]
async fn the_auth_token_over_a_websocket() {
    const SECRET: &str = "base64url.bearer.phx.c2VjcmV0";
    let site = Site::new(|mount| mount.auth_token(true).subprotocols(["sip"]));
    let twice = format!("phoenix, {SECRET}, {SECRET}");
    for (offered, echoed, token) in [
        (Some(format!("phoenix, {SECRET}")), Some("phoenix"), Some("secret")),
        (Some(format!("{SECRET},sip")), Some("sip"), Some("secret")),
        (None, None, None),
        (Some(SECRET.to_owned()), None, Some("secret")),
        (Some(twice), Some("phoenix"), None),
        (Some("phoenix, base64url.bearer.phx.-_8".to_owned()), Some("phoenix"), Some("\u{fb}\u{ff}")),
        (Some("phoenix, base64url.bearer.phx.+/8=".to_owned()), Some("phoenix"), Some("\u{fb}\u{ff}")),
    ] {
        let answer = offer(&site, offered.as_deref()).await;
        assert_eq!(answer.status, StatusCode::SWITCHING_PROTOCOLS, "{offered:?}");
        assert_eq!(answer.header(PROTOCOL), echoed, "{offered:?}");
        assert_eq!(site.last()["auth_token"], json!(token), "{offered:?}");
    }
    let connects = site.connects();
    assert!(Via::WebSocket.is_refused(&offer(&site, Some(&format!("foo, {SECRET}"))).await));
    assert!(Via::WebSocket.is_refused(&offer(&site, Some("phoenix, base64url.bearer.phx.%%")).await));
    assert_eq!(site.connects(), connects);
}

/// Spec §1.10: the raw token in a header, read when the feature is on and a session is made.
#[tokio::test]
async fn the_auth_token_over_long_polling() {
    let request = || get("/socket/longpoll?vsn=2.0.0").header("X-Phoenix-AuthToken", "secret");
    let site = Site::new(|mount| mount.auth_token(true));
    assert_eq!(site.connect(Via::LongPoll, request()).await["auth_token"], "secret");
    let without = site.connect(Via::LongPoll, get("/socket/longpoll?vsn=2.0.0")).await;
    assert_eq!(without["auth_token"], Value::Null);
    let off = Site::new(|mount| mount);
    assert_eq!(off.connect(Via::LongPoll, request()).await["auth_token"], Value::Null);
}

/// A socket that lets in whoever has a token.
struct Members;

impl Socket for Members {
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        request.token::<u32>("members", DAY)?;
        Ok(Members)
    }

    fn channels() -> Channels<Self> {
        Channels::new()
    }
}

/// The one log line says what is wrong with the token, and not the token.
#[tokio::test]
async fn a_missing_forged_or_expired_token_is_refused_with_one_log_line() {
    let endpoint = Endpoint::builder().build().unwrap();
    let app = endpoint.socket::<Members>("/socket").into_router();
    let signer = Signer::new(endpoint.secret(), "members");
    let valid = signer.sign(&7).unwrap();
    let expired =
        signer.clone().signed_at(SystemTime::now() - DAY - Duration::from_secs(1)).sign(&7).unwrap();
    let foreign = Signer::new(endpoint.secret(), "other salt").sign(&7).unwrap();
    let other_type = signer.sign("text").unwrap();
    let log = Captured::start();
    for via in VIA_BOTH {
        let ask = |query: String| send(&app, via.request("/socket", &query).body(Body::empty()).unwrap());
        assert!(via.is_accepted(&ask(format!("token={valid}&vsn=2.0.0")).await));
        assert!(!log.take().contains(&valid));
        for (token, why) in [
            (&expired, "the token has expired"),
            (&foreign, "the token is invalid"),
            (&other_type, "the token is invalid"),
        ] {
            let answer = ask(format!("token={token}&vsn=2.0.0")).await;
            assert!(via.is_refused(&answer), "{why} {via:?}: {answer:?}");
            let lines = log.take();
            assert!(lines.contains(why) && lines.lines().count() == 1, "{lines}");
            assert!(!lines.contains(token.as_str()), "{lines}");
        }
        assert!(via.is_refused(&ask("vsn=2.0.0".to_owned()).await));
        assert!(log.take().contains("the token is missing"));
    }
}

/// The client's `authToken` as this transport carries it.
fn bring(via: Via, auth_token: &str) -> Request<Body> {
    let request = via.request("/socket", "vsn=2.0.0");
    let request = match via {
        Via::WebSocket => {
            let encoded = STANDARD_NO_PAD.encode(auth_token);
            request.header(PROTOCOL, format!("phoenix, base64url.bearer.phx.{encoded}"))
        }
        Via::LongPoll => request.header("x-phoenix-authtoken", auth_token),
    };
    request.body(Body::empty()).unwrap()
}

/// Cut at any place, longer than 8 KiB, changed in its signature: always 403.
#[tokio::test]
async fn a_damaged_auth_token_is_refused_with_one_log_line() {
    let endpoint = Endpoint::builder().build().unwrap();
    let app = endpoint.socket::<Members>("/socket").auth_token(true).into_router();
    let valid = Signer::new(endpoint.secret(), "members").sign(&7).unwrap();
    let (rest, signature) = valid.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let flipped = format!("{rest}.{flipped}{}", &signature[1..]);
    let long = format!("{valid}{}", "A".repeat(MAX_TOKEN_LEN));
    let log = Captured::start();
    for via in VIA_BOTH {
        assert!(via.is_accepted(&send(&app, bring(via, &valid)).await), "{via:?}");
        log.take();
        for damaged in [&valid[..valid.len() - 1], &valid[..valid.len() / 2], rest, &long, &flipped] {
            let answer = send(&app, bring(via, damaged)).await;
            assert!(via.is_refused(&answer), "{damaged} {via:?}: {answer:?}");
            let lines = log.take();
            assert!(lines.contains("the token is invalid") && lines.lines().count() == 1, "{lines}");
            assert!(!lines.contains(damaged), "{lines}");
        }
    }
}

/// A subprotocol that was cut on its way is refused, wherever the cut is: base64 or not.
#[tokio::test]
async fn a_cut_bearer_is_refused_with_one_log_line() {
    let endpoint = Endpoint::builder().build().unwrap();
    let app = endpoint.socket::<Members>("/socket").auth_token(true).into_router();
    let encoded = STANDARD_NO_PAD.encode(Signer::new(endpoint.secret(), "members").sign(&7).unwrap());
    let log = Captured::start();
    for cut in 1..=8 {
        let cut = &encoded[..encoded.len() - cut];
        let request = Via::WebSocket.request("/socket", "vsn=2.0.0");
        let request = request.header(PROTOCOL, format!("phoenix, base64url.bearer.phx.{cut}"));
        let answer = send(&app, request.body(Body::empty()).unwrap()).await;
        assert!(Via::WebSocket.is_refused(&answer), "{cut}: {answer:?}");
        let lines = log.take();
        assert!(lines.lines().count() == 1 && !lines.contains(cut), "{lines}");
    }
}
