//! The scenario for pages with a live view.

use std::net::{SocketAddr, TcpListener};

use serde_json::Value;

use crate::server::{Fault, start};
use crate::{error, run_url, wrongs};

fn run(address: SocketAddr, options: &str) -> (i32, Value) {
    run_url(&format!("http://{address}/counter?x=1"), &format!("live {options}"))
}

fn run_with(fault: Fault, options: &str) -> (i32, Value) {
    run(start(fault), options)
}

#[test]
fn clicks_are_clean_against_a_server_that_behaves() {
    for fault in [Fault::None, Fault::Verbose] {
        let (code, json) = run_with(fault, "--connections 6 --messages 300");
        assert_eq!((code, wrongs(&json)), (0, [0; 5]), "{fault:?}: {json:#}");
        assert_eq!((json["unit"].as_str(), json["units"].as_u64()), (Some("event"), Some(300)));
        assert_eq!(json["latency_us"]["count"].as_u64(), Some(300));
    }
}

#[test]
fn joined_views_are_held_for_their_memory() {
    let pid = std::process::id();
    let options = format!("--connections 6 --hold 10ms --settle 10ms --pid {pid}");
    let (code, json) = run_with(Fault::None, &options);
    assert_eq!((code, wrongs(&json)), (0, [0; 5]), "{json:#}");
    assert_eq!((json["unit"].as_str(), json["units"].as_u64()), (Some("connection"), Some(6)));
    assert!(json["server"]["kept_fraction"].is_f64(), "{json:#}");
}

#[test]
fn another_event_is_not_the_one_the_view_knows() {
    let (code, json) =
        run_with(Fault::None, "--connections 2 --messages 4 --warmup 0 --event dec --timeout 300ms");
    assert_eq!((code, json["error_count"].as_u64()), (1, Some(4)), "{json:#}");
    assert!(error(&json).contains("a reply is without a diff"), "{json:#}");
}

#[test]
fn wrong_answers_are_found() {
    let (code, json) = run_with(Fault::DuplicateEcho, "--connections 2 --messages 40");
    assert_eq!((code, wrongs(&json)), (1, [0, 1, 0, 0, 0]), "{json:#}");
    let (code, json) = run_with(Fault::ChangeEcho, "--connections 2 --messages 40");
    assert_eq!((code, wrongs(&json)), (1, [0, 0, 0, 0, 1]), "{json:#}");
    assert!(error(&json).contains("a reply is without a diff: {\"same\""), "{json:#}");
}

#[test]
fn a_view_that_ends_loses_its_click_and_the_others_go_on() {
    let (code, json) = run_with(Fault::Close, "--connections 3 --messages 40 --warmup 0");
    assert_eq!((code, json["lost"].as_u64(), json["units"].as_u64()), (1, Some(1), Some(39)), "{json:#}");
    let (code, json) = run_with(Fault::Mute, "--connections 3 --messages 20 --warmup 0 --timeout 300ms");
    assert_eq!((code, json["lost"].as_u64()), (1, Some(3)), "{json:#}");
}

#[test]
fn refusals_are_counted_and_explained() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let servers = [
        (start(Fault::RefusePage), "the page was answered with status 404"),
        (start(Fault::MutePage), "the page was not answered in time"),
        (start(Fault::PlainPage), "no element with an `id` and a `data-phx-session`"),
        (start(Fault::RefuseUpgrade), "status 403"),
        (start(Fault::RefuseJoin), "the join was refused"),
        (start(Fault::MuteJoin), "the join was not answered in time"),
        (closed, "cannot connect"),
    ];
    for (address, text) in servers {
        let (code, json) = run(address, "--messages 5 --connections 2 --timeout 300ms");
        assert_eq!(
            (code, json["refused"].as_u64(), json["units"].as_u64()),
            (1, Some(2), Some(0)),
            "{text}: {json:#}"
        );
        assert!(error(&json).contains(text), "{json:#}");
    }
}

#[test]
fn what_cannot_be_run_is_said_and_ends_with_2() {
    let address = start(Fault::None);
    let cases = [
        ("--value {", "--value is not JSON"),
        ("--socket live", "the path must begin with a slash"),
        ("--topic a", "--topic"),
    ];
    for (options, text) in cases {
        let (code, said) = run(address, options);
        assert_eq!(code, 2, "{options}");
        assert!(said.as_str().unwrap().contains(text), "{options}: {said}");
    }
    let (code, said) = run_url(&format!("ws://{address}/counter"), "live");
    assert_eq!((code, said.as_str().unwrap().contains("look like http://HOST")), (2, true), "{said}");
}
