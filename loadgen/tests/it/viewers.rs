//! The scenario for pages that many look at.

use std::net::SocketAddr;

use serde_json::Value;

use crate::server::{Fault, start};
use crate::{error, run_url, wrongs};

/// A page with one view for everybody, and one with a view for each.
const PAGES: [&str; 2] = ["board", "own-board"];

fn run(address: SocketAddr, page: &str, options: &str) -> (i32, Value) {
    run_url(&format!("http://{address}/{page}?x=1"), &format!("viewers {options}"))
}

fn run_with(fault: Fault, options: &str) -> (i32, Value) {
    run(start(fault), "board", options)
}

#[test]
fn changes_are_clean_against_a_server_that_behaves() {
    for (fault, page) in
        [Fault::None, Fault::Verbose].into_iter().flat_map(|fault| PAGES.map(|page| (fault, page)))
    {
        let (code, json) = run(start(fault), page, "--connections 6 --messages 30 --renders /renders");
        assert_eq!((code, wrongs(&json)), (0, [0; 5]), "{fault:?} {page}: {json:#}");
        assert_eq!((json["unit"].as_str(), json["units"].as_u64()), (Some("delivery"), Some(180)));
        assert_eq!((json["latency_us"]["count"].as_u64(), json["renders"].as_u64()), (Some(180), Some(1)));
    }
}

#[test]
fn the_length_of_a_delivery_is_that_of_its_message() {
    let (_, json) = run_with(Fault::None, "--connections 2 --messages 3");
    let message = r#"[null,null,"lv:shared-1","diff",{"0":"1000000000"}]"#;
    assert_eq!(json["delivery_bytes"].as_u64(), Some(message.len() as u64), "{json:#}");
    assert!(json.get("renders").is_none());
}

#[test]
fn a_change_that_is_dropped_doubled_or_another_is_counted_once() {
    let options = "--connections 4 --messages 20 --timeout 300ms";
    let (code, json) = run_with(Fault::DropDelivery, options);
    assert_eq!((code, json["lost"].as_u64(), json["duplicated"].as_u64()), (1, Some(1), Some(0)), "{json:#}");
    assert!(error(&json).contains("not delivered to everybody in time"), "{json:#}");
    let (code, json) = run_with(Fault::DuplicateDelivery, options);
    assert_eq!((code, wrongs(&json)), (1, [0, 1, 0, 0, 0]), "{json:#}");
    let (code, json) = run_with(Fault::ChangeDelivery, options);
    assert_eq!((code, json["lost"].as_u64()), (1, Some(1)), "{json:#}");
    assert!(error(&json).contains("a delivery is not what was published"), "{json:#}");
}

#[test]
fn another_event_is_not_the_one_the_page_knows() {
    let (code, json) = run_with(Fault::None, "--connections 2 --messages 4 --event hide --timeout 300ms");
    assert_eq!((code, json["lost"].as_u64()), (1, Some(2)), "{json:#}");
}

#[test]
fn who_comes_and_goes_is_measured_without_the_pages() {
    for page in PAGES {
        let pid = std::process::id();
        let options = format!("--connections 6 --rounds 2 --renders /renders --pid {pid}");
        let (code, json) = run(start(Fault::None), page, &options);
        assert_eq!((code, wrongs(&json)), (0, [0; 5]), "{page}: {json:#}");
        assert_eq!((json["unit"].as_str(), json["units"].as_u64()), (Some("join"), Some(12)));
        assert_eq!((json["leave"]["units"].as_u64(), json["renders"].as_u64()), (Some(12), Some(1)));
        // Nobody gets a page once somebody has come.
        let (code, json) = run(start(Fault::LatePage), page, "--connections 6 --rounds 1 --concurrency 1");
        assert_eq!((code, wrongs(&json)), (0, [0; 5]), "{page}: {json:#}");
    }
}

#[test]
fn refusals_are_counted_and_explained() {
    let servers = [
        (Fault::RefusePage, "the page was answered with status 404"),
        (Fault::RefuseUpgrade, "status 403"),
        (Fault::RefuseJoin, "the join was refused"),
        (Fault::MuteJoin, "the join was not answered in time"),
    ];
    for (fault, text) in servers {
        let (code, json) = run_with(fault, "--connections 2 --timeout 300ms --messages 3");
        assert_eq!(
            (code, json["refused"].as_u64(), json["units"].as_u64()),
            (1, Some(2), Some(0)),
            "{json:#}"
        );
        assert!(error(&json).contains(text), "{json:#}");
        let (code, json) = run_with(fault, "--connections 2 --timeout 300ms --rounds 1");
        assert_eq!((code, json["units"].as_u64()), (1, Some(0)), "{json:#}");
        assert!(error(&json).contains(text), "{json:#}");
    }
}

#[test]
fn what_cannot_be_run_is_said_and_ends_with_2() {
    let address = start(Fault::None);
    let cases = [
        ("--rounds 1 --messages 3", "cannot be used with"),
        ("--renders renders", "must begin with a slash"),
        ("--messages 3 --renders /board?", "must begin with a slash and have no query"),
        ("--messages 3 --renders /nowhere", "/nowhere is not answered with a text"),
    ];
    for (options, text) in cases {
        let (code, said) = run(address, "board", options);
        assert_eq!(code, 2, "{options}");
        assert!(said.as_str().unwrap().contains(text), "{options}: {said}");
    }
}
