//! Which web pages may connect (spec §1.7), over both transports.

use axum::Router;
use axum::body::Body;
use firecrest::prelude::*;
use firecrest::transport::{Origin, OriginPolicy};
use http::Request;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN};

use crate::captured::Captured;
use crate::site::{Answer, Site, VIA_BOTH, Via, Witness, send};

fn list(entries: &[&str]) -> OriginPolicy {
    OriginPolicy::list(entries.iter().copied()).unwrap()
}

fn mounted(policy: OriginPolicy) -> Site {
    Site::new(|mount| mount.check_origin(policy))
}

async fn ask(site: &Site, via: Via, origin: &str) -> Answer {
    site.send(via.request("/socket", "vsn=2.0.0").header(ORIGIN, origin)).await
}

/// Expects that these origins connect, over both transports.
async fn allows(site: &Site, origins: &[&str]) {
    for (origin, via) in pairs(origins) {
        let answer = ask(site, via, origin).await;
        assert!(via.is_accepted(&answer), "{origin:?} {via:?}: {answer:?}");
    }
}

/// Expects that these origins are refused, over both transports and before `connect` is asked.
async fn refuses(site: &Site, origins: &[&str]) {
    let connects = site.connects();
    for (origin, via) in pairs(origins) {
        let answer = ask(site, via, origin).await;
        assert!(via.is_refused(&answer), "{origin:?} {via:?}: {answer:?}");
    }
    assert_eq!(site.connects(), connects);
}

fn pairs<'a>(origins: &[&'a str]) -> impl Iterator<Item = (&'a str, Via)> {
    origins.iter().flat_map(|origin| VIA_BOTH.map(|via| (*origin, via)))
}

#[tokio::test]
async fn c026_c039_any_origin_when_the_check_is_off() {
    let site = mounted(OriginPolicy::Any);
    allows(&site, &["https://other.com", "null", "", "file://", "http://[bad", "no uri at all"]).await;
}

#[tokio::test]
async fn c027_c029_only_the_endpoints_own_host() {
    let endpoint = Endpoint::builder().host("public.org").build().unwrap();
    let site = Site::of(endpoint.socket::<Witness>("/socket").into_router());
    allows(&site, &["http://public.org", "https://public.org:8443", "https://PUBLIC.org"]).await;
    refuses(&site, &["http://www.example.com", "http://a.public.org", "http://public.org.evil.com"]).await;
}

#[tokio::test]
async fn c027_an_address_of_version_6_is_the_own_host_with_or_without_brackets() {
    for host in ["2001:db8::1", "[2001:DB8:0::1]"] {
        let endpoint = Endpoint::builder().host(host).build().unwrap();
        let site = Site::of(endpoint.socket::<Witness>("/socket").into_router());
        allows(&site, &["http://[2001:db8::1]", "https://[2001:db8::1]:8443"]).await;
        refuses(&site, &["http://[2001:db8::2]", "http://www.example.com"]).await;
    }
}

/// Our deviation: without a configured host it is that of the request, not anything.
#[tokio::test]
async fn c027_the_requests_host_when_none_is_configured() {
    let site = Site::new(|mount| mount);
    allows(&site, &["http://www.example.com", "https://www.example.com:4443"]).await;
    refuses(&site, &["http://example.com", "http://evil.com"]).await;
}

/// Whoever sends no origin is no browser (spec §1.7).
#[tokio::test]
async fn a_request_without_an_origin_may_connect() {
    let never = || OriginPolicy::check(|_| false);
    for policy in [OriginPolicy::Host, list(&["//example.com"]), OriginPolicy::SameAsRequest, never()] {
        for via in VIA_BOTH {
            mounted(policy.clone()).connect(via, via.request("/socket", "vsn=2.0.0")).await;
        }
    }
}

#[tokio::test]
async fn c028_the_endpoints_policy_holds_unless_the_mount_has_one() {
    let endpoint = Endpoint::builder().check_origin(list(&["//endpoint.com"])).build().unwrap();
    let inheriting = Site::of(endpoint.socket::<Witness>("/socket").into_router());
    allows(&inheriting, &["https://endpoint.com"]).await;
    refuses(&inheriting, &["https://mount.com"]).await;
    let own = endpoint.socket::<Witness>("/socket").check_origin(list(&["//mount.com"]));
    let own = Site::of(own.into_router());
    allows(&own, &["https://mount.com"]).await;
    refuses(&own, &["https://endpoint.com"]).await;
}

#[tokio::test]
async fn c030_c031_c032_wildcards() {
    let site = mounted(list(&["https://*.ex.com", "http://*.ex.com"]));
    allows(&site, &["http://org1.ex.com", "https://org1.ex.com", "https://a.b.ex.com"]).await;
    allows(&site, &["http://ex.com", "https://ex.com"]).await;
    refuses(&site, &["http://org1.prefix-ex.com", "http://prefix-ex.com", "https://ex.com.evil.com"]).await;
}

#[tokio::test]
async fn c033_nested_wildcards() {
    let site = mounted(list(&["http://*.foo.example.com"]));
    allows(&site, &["http://org1.foo.example.com", "http://foo.example.com"]).await;
    refuses(&site, &["http://org1.bar.example.com", "http://org1.example.com", "http://example.com"]).await;
}

#[tokio::test]
async fn c034_an_entry_without_wildcard_has_no_sub_domains() {
    refuses(&mounted(list(&["//ex.com"])), &["http://org1.ex.com"]).await;
}

#[tokio::test]
async fn c035_origins_without_a_host_are_refused_and_logged() {
    let log = Captured::start();
    for policy in [list(&["//www.example.com"]), OriginPolicy::Host] {
        let site = mounted(policy);
        for origin in ["file://", "null", ""] {
            refuses(&site, &[origin]).await;
            let lines = log.take();
            let named = if origin.is_empty() { "origin=\"\"" } else { origin };
            assert!(lines.contains("WARN") && lines.contains(named), "{lines}");
        }
    }
}

#[tokio::test]
async fn c036_a_function_sees_origins_without_a_host() {
    let site = mounted(OriginPolicy::check(|origin: &Origin<'_>| origin.host.is_none()));
    allows(&site, &["null", "file://", ""]).await;
    refuses(&site, &["http://www.example.com"]).await;
}

#[tokio::test]
async fn c037_c038_the_origin_of_the_request_itself() {
    let site = mounted(OriginPolicy::SameAsRequest);
    allows(&site, &["http://www.example.com", "http://www.example.com:80"]).await;
    refuses(&site, &["https://www.example.com", "ws://www.example.com", "wss://www.example.com"]).await;
    refuses(&site, &["http://example.com", "http://www.example.com:8080", "null", ""]).await;
    // A request line with a scheme, as a layer that terminates TLS would leave it.
    for (origin, allowed) in [
        ("https://www.example.com", true),
        ("http://www.example.com", false),
        ("https://www.example.com:8443", false),
    ] {
        let uri = "https://www.example.com/socket/longpoll?vsn=2.0.0";
        let request = Request::get(uri).header("host", "www.example.com").header(ORIGIN, origin);
        let answer = site.send(request).await;
        assert_eq!(Via::LongPoll.is_accepted(&answer), allowed, "{origin}");
    }
}

#[tokio::test]
async fn c040_c041_c042_c043_lists() {
    let site = mounted(list(&["//example.com", "http://scheme.com", "//port.com:81"]));
    refuses(&site, &["http://notallowed.com"]).await;
    allows(&site, &["http://example.com", "https://example.com", "http://example.com:4000"]).await;
    allows(&site, &["http://scheme.com"]).await;
    refuses(&site, &["https://scheme.com", "http://scheme.com:8080"]).await;
    allows(&site, &["http://port.com:81"]).await;
    refuses(&site, &["http://port.com:82", "http://port.com"]).await;
}

#[tokio::test]
async fn c044_c045_a_function_decides_and_may_bring_its_own_data() {
    let friends = ["example.com".to_owned(), "friend.org".to_owned()];
    let policy = OriginPolicy::check(move |origin| {
        origin.host.is_some_and(|host| friends.iter().any(|friend| friend == host))
    });
    let site = mounted(policy);
    allows(&site, &["https://example.com", "http://friend.org:81"]).await;
    refuses(&site, &["http://notfriend.org"]).await;
}

/// The same handler mounted twice keeps two policies, whichever is asked first.
#[tokio::test]
async fn c046_each_mount_has_its_own_policy() {
    for first in ["one", "two"] {
        let endpoint = Endpoint::builder().build().unwrap();
        let one = endpoint.socket::<Witness>("/one/socket").check_origin(list(&["//one.com"]));
        let two = endpoint.socket::<Witness>("/two/socket").check_origin(list(&["//two.com"]));
        let site = Site::of(Router::new().merge(one).merge(two));
        let second = if first == "one" { "two" } else { "one" };
        for (mount, origin) in [(first, first), (first, second), (second, second), (second, first)] {
            for via in VIA_BOTH {
                let request = via.request(&format!("/{mount}/socket"), "vsn=2.0.0");
                let answer = site.send(request.header(ORIGIN, format!("https://{origin}.com"))).await;
                let expected = mount == origin;
                assert_eq!(via.is_accepted(&answer), expected, "{mount} {origin} {via:?}: {answer:?}");
                assert_eq!(via.is_refused(&answer), !expected, "{mount} {origin} {via:?}: {answer:?}");
            }
        }
    }
}

/// Also V1: the version plays no part in it.
#[tokio::test]
async fn c136_c149_c171_c178_the_allowed_origin_connects_and_others_get_403() {
    let site = mounted(list(&["//example.com"]));
    for vsn in ["1.0.0", "2.0.0"] {
        for via in VIA_BOTH {
            let query = format!("vsn={vsn}");
            let request = |origin| via.request("/socket", &query).header(ORIGIN, origin);
            assert!(via.is_accepted(&site.send(request("https://example.com")).await));
            let refused = site.send(request("http://notallowed.com")).await;
            assert!(via.is_refused(&refused), "{refused:?}");
            if via == Via::LongPoll {
                assert_eq!(refused.header(ACCESS_CONTROL_ALLOW_ORIGIN), Some("*"), "the page can read why");
            }
        }
    }
}

/// Every method of the long-poll URL is guarded, preflight included (spec §1.7).
#[tokio::test]
async fn a_foreign_origin_gets_nowhere_by_any_method() {
    let site = mounted(list(&["//example.com"]));
    for method in ["OPTIONS", "POST", "GET", "PUT"] {
        let request = Request::builder().method(method).uri("/socket/longpoll?vsn=2.0.0");
        let request = request.header(ORIGIN, "http://notallowed.com").body(Body::empty()).unwrap();
        let answer = send(&site.app, request).await;
        assert!(Via::LongPoll.is_refused(&answer), "{method}: {answer:?}");
        assert_eq!(answer.header(ACCESS_CONTROL_ALLOW_ORIGIN), Some("*"), "{method}");
    }
}
