//! The built program against a small server that behaves, and against some that do not.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod live;
mod page;
mod server;
mod viewers;

use std::net::{SocketAddr, TcpListener};
use std::process::Command;

use serde_json::Value;
use server::{Fault, start};

/// Runs a scenario against a server's socket and gives the exit code and the JSON.
fn run(address: SocketAddr, options: &str) -> (i32, Value) {
    run_url(&format!("ws://{address}/socket/websocket"), options)
}

fn run_url(url: &str, options: &str) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_firecrest-loadgen"))
        .args(options.split_whitespace())
        .args(["--url", url, "--quiet", "--json", "-"])
        .output()
        .unwrap();
    let code = output.status.code().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let json =
        if code == 2 { Value::from(&*errors) } else { serde_json::from_slice(&output.stdout).unwrap() };
    (code, json)
}

fn run_with(fault: Fault, options: &str) -> (i32, Value) {
    run(start(fault), options)
}

/// Lost, duplicated, out of order, refused, errors.
fn wrongs(json: &Value) -> [u64; 5] {
    ["lost", "duplicated", "out_of_order", "refused", "error_count"]
        .map(|field| json[field].as_u64().unwrap())
}

fn error(json: &Value) -> &str {
    json["errors"][0].as_str().unwrap()
}

#[test]
fn every_scenario_is_clean_against_a_server_that_behaves() {
    let scenarios = [
        ("idle --hold 10ms --settle 10ms", "connection", 6),
        ("join --rounds 2", "join", 12),
        ("heartbeat --every 100ms --duration 200ms", "heartbeat", 12),
        ("echo --messages 500 --in-flight 3", "echo", 500),
        ("fanout --messages 30 --in-flight 2", "delivery", 180),
        ("fanout --messages 30 --topics 3", "delivery", 60),
        ("fanout --rate 3000 --duration 100ms", "delivery", 300),
    ];
    for fault in [Fault::None, Fault::Verbose] {
        let address = start(fault);
        for (options, unit, units) in scenarios {
            let (code, json) = run(address, &format!("{options} --connections 6"));
            assert_eq!((code, wrongs(&json)), (0, [0; 5]), "{fault:?} {options}: {json:#}");
            assert_eq!(
                (json["unit"].as_str(), json["units"].as_u64()),
                (Some(unit), Some(units)),
                "{options}"
            );
            assert_eq!(json["latency_us"]["count"].as_u64(), Some(units), "{options}");
        }
    }
}

#[test]
fn a_soak_with_churn_is_clean_too() {
    let options =
        "soak --connections 10 --duration 400ms --rate 2000 --echo-rate 500 --churn 50 --heartbeat 200ms";
    let (code, json) = run_with(Fault::None, options);
    assert_eq!((code, wrongs(&json)), (0, [0; 5]), "{json:#}");
    assert!(json["units"].as_u64().unwrap() > 500, "{json:#}");
}

#[test]
fn a_process_is_measured() {
    let pid = std::process::id();
    let (code, json) =
        run_with(Fault::None, &format!("idle --connections 3 --hold 10ms --settle 10ms --pid {pid}"));
    assert_eq!(code, 0, "{json:#}");
    let server = &json["server"];
    assert!(server["rss_peak_bytes"].as_u64() >= server["rss_before_bytes"].as_u64(), "{server}");
    assert!(server["rss_after_close_bytes"].is_u64() && server["kept_fraction"].is_f64(), "{server}");
    let (_, json) = run_with(Fault::None, &format!("join --connections 3 --pid {pid}"));
    assert_eq!(json["leave"]["units"].as_u64(), Some(3), "{json:#}");
    assert!(json["server"]["cpu_us_per_unit"].is_f64() && json["server"]["kept_fraction"].is_null());
}

#[test]
fn a_delivery_that_is_dropped_is_counted_once() {
    let (code, json) = run_with(Fault::DropDelivery, "fanout --connections 4 --messages 20 --timeout 300ms");
    assert_eq!((code, json["lost"].as_u64(), json["duplicated"].as_u64()), (1, Some(1), Some(0)), "{json:#}");
    assert!(error(&json).contains("not delivered to everybody in time"), "{json:#}");
}

#[test]
fn a_gap_that_later_deliveries_jump_over_is_counted_once() {
    let options = "fanout --connections 4 --messages 20 --in-flight 4 --timeout 300ms";
    let (code, json) = run_with(Fault::DropDelivery, options);
    assert_eq!(
        (code, json["lost"].as_u64(), json["out_of_order"].as_u64()),
        (1, Some(1), Some(0)),
        "{json:#}"
    );
    let options = "fanout --connections 4 --rate 400 --duration 100ms --timeout 300ms --warmup 0";
    let (code, json) = run_with(Fault::DropDelivery, options);
    assert_eq!((code, json["lost"].as_u64(), json["units"].as_u64()), (1, Some(1), Some(39)), "{json:#}");
}

#[test]
fn a_delivery_that_is_made_twice_is_counted_once() {
    let (code, json) = run_with(Fault::DuplicateDelivery, "fanout --connections 4 --messages 20");
    assert_eq!((code, wrongs(&json)), (1, [0, 1, 0, 0, 0]), "{json:#}");
    assert_eq!(json["units"].as_u64(), Some(80));
}

#[test]
fn a_delivery_of_something_else_is_an_error_and_lost() {
    let options = "fanout --connections 4 --messages 20 --timeout 300ms";
    let (code, json) = run_with(Fault::ChangeDelivery, options);
    assert_eq!(
        (code, json["lost"].as_u64(), json["error_count"].as_u64()),
        (1, Some(1), Some(2)),
        "{json:#}"
    );
    assert!(error(&json).contains("a delivery is not what was published"), "{json:#}");
}

#[test]
fn deliveries_in_the_wrong_order_are_an_error_and_not_lost() {
    let options = "fanout --connections 4 --messages 20 --in-flight 4 --warmup 0";
    let (code, json) = run_with(Fault::SwapDeliveries, options);
    assert_eq!((code, wrongs(&json)), (1, [0, 0, 1, 0, 1]), "{json:#}");
    assert_eq!(json["units"].as_u64(), Some(80));
}

#[test]
fn wrong_echoes_are_found() {
    let (code, json) = run_with(Fault::DuplicateEcho, "echo --connections 2 --messages 40");
    assert_eq!((code, wrongs(&json)), (1, [0, 1, 0, 0, 0]), "{json:#}");
    let (code, json) = run_with(Fault::ChangeEcho, "echo --connections 2 --messages 40");
    assert_eq!((code, wrongs(&json)), (1, [0, 0, 0, 0, 1]), "{json:#}");
    assert!(error(&json).contains("a reply is not what was sent"), "{json:#}");
}

#[test]
fn a_connection_that_is_closed_loses_its_echo_and_the_others_go_on() {
    let (code, json) = run_with(Fault::Close, "echo --connections 3 --messages 40 --warmup 0");
    assert_eq!((code, json["lost"].as_u64(), json["units"].as_u64()), (1, Some(1), Some(39)), "{json:#}");
    assert!(error(&json).contains("closed the connection"), "{json:#}");
}

#[test]
fn a_server_that_never_answers_ends_the_run_in_time() {
    let scenarios = [
        ("echo --connections 3 --messages 20 --warmup 0", 3),
        ("fanout --connections 3 --messages 20", 3),
        ("heartbeat --connections 3 --every 100ms --duration 100ms", 3),
        ("join --connections 3", 3),
        ("soak --connections 3 --duration 50ms --rate 60 --echo-rate 40", 5),
    ];
    for (options, lost) in scenarios {
        let (code, json) = run_with(Fault::Mute, &format!("{options} --timeout 300ms"));
        assert_eq!((code, json["lost"].as_u64()), (1, Some(lost)), "{options}: {json:#}");
    }
}

#[test]
fn refusals_are_counted_and_explained() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let servers = [
        (start(Fault::RefuseUpgrade), "status 403"),
        (start(Fault::RefuseJoin), "the join was refused: {\"reason\":\"full\"}"),
        (start(Fault::MuteJoin), "the join was not answered in time"),
        (closed, "cannot connect"),
    ];
    for (address, text) in servers {
        for scenario in ["echo --messages 5", "fanout --messages 5", "join", "soak --duration 50ms"] {
            let (code, json) = run(address, &format!("{scenario} --connections 2 --timeout 300ms"));
            assert_eq!(
                (code, json["refused"].as_u64(), json["units"].as_u64()),
                (1, Some(2), Some(0)),
                "{json:#}"
            );
            assert!(error(&json).contains(text), "{json:#}");
        }
    }
}

#[test]
fn what_cannot_be_run_is_said_and_ends_with_2() {
    let address = start(Fault::None);
    let cases = [
        ("echo --payload 3", "--payload has to be from 19"),
        ("echo --join-payload {", "not JSON"),
        ("echo --topic a:{n%0}", "no placeholder"),
        ("echo --pid 4294967295", "no such process"),
        ("echo --params vsn=1.0.0", "only version 2"),
        ("fanout --rate=-1", "rate"),
        ("idle --connections 1000000", "`ulimit -n 1000032`"),
        ("idle --hold soon", "duration"),
    ];
    for (options, text) in cases {
        let (code, said) = run(address, options);
        assert_eq!(code, 2, "{options}");
        assert!(said.as_str().unwrap().contains(text), "{options}: {said}");
    }
}

#[test]
fn sources_can_be_forced() {
    let (code, json) = run_with(Fault::None, "echo --connections 9 --messages 90 --source-addresses 3");
    assert_eq!((code, wrongs(&json)), (0, [0; 5]), "{json:#}");
}
