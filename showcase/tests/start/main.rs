//! The one command: what it prints and serves, how it says that it cannot start, and how it ends.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod metrics;
mod server;

use std::io::{Read as _, Write as _};

use server::{Server, get, websocket};

#[test]
fn it_prints_its_address_and_serves_everything_there() {
    let (_server, address, _data) = Server::start();

    let index = get(address, "/");
    assert_eq!(index.status, 200);
    assert!(index.head.contains("content-security-policy: default-src 'self'"), "{}", index.head);
    assert!(index.body.contains("href=\"/hello\""));

    let (_, rest) = index.body.split_once("href=\"/assets/base.css").unwrap();
    let style = get(address, &format!("/assets/base.css{}", rest.split('"').next().unwrap()));
    assert_eq!(style.status, 200);
    assert!(style.head.contains("content-type: text/css"), "{}", style.head);
    assert!(style.head.contains("immutable"), "the address changes with the file: {}", style.head);

    let health = get(address, "/health");
    assert_eq!(health.status, 200);
    assert!(health.body.contains("\"status\":\"ok\""), "{}", health.body);
    assert!(get(address, "/hello").body.contains("<meta name=\"csrf-token\""));
    assert_eq!(get(address, "/nowhere").status, 404);
}

#[test]
fn health_and_metrics_count_connections() {
    let (_server, address, _data) = Server::start();
    assert!(get(address, "/health").body.contains("\"connections\":0"));
    let _open = websocket(address);
    assert!(get(address, "/health").body.contains("\"connections\":1"));
    let metrics = get(address, "/metrics");
    assert_eq!(metrics.status, 200);
    let line = metrics.body.lines().find(|line| line.starts_with("firecrest_sockets_connected_total{"));
    let line = line.unwrap_or_else(|| panic!("{}", metrics.body));
    assert!(line.contains("transport=\"websocket\"") && line.ends_with(" 1"), "{line}");
}

#[test]
fn the_folder_for_data_is_made() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("new/folder");
    let mut server = Server::run(&["--listen", "127.0.0.1:0", "--data", folder.to_str().unwrap()], &[]);
    server.wait_until_listening();
    assert!(folder.is_dir());
}

#[test]
fn an_address_that_is_taken_ends_it_with_3_and_says_what_to_do() {
    let (_server, address, data) = Server::start();
    let address = address.to_string();
    let (code, log) =
        Server::run(&["--listen", &address, "--data", data.path().to_str().unwrap()], &[]).end();
    assert_eq!(code, Some(3), "{log}");
    assert!(log.contains(&address) && log.contains("--listen"), "{log}");
}

#[test]
fn a_folder_that_cannot_be_written_ends_it_with_4_and_says_what_to_do() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    std::fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below")] {
        let path = path.to_str().unwrap();
        let (code, log) = Server::run(&["--listen", "127.0.0.1:0", "--data", path], &[]).end();
        assert_eq!(code, Some(4), "{log}");
        assert!(log.contains(path) && log.contains("--data"), "{log}");
    }
}

#[test]
fn a_folder_that_another_server_uses_ends_it_with_4_and_says_what_to_do() {
    let (_server, _address, data) = Server::start();
    let path = data.path().to_str().unwrap();
    let (code, log) = Server::run(&["--listen", "127.0.0.1:0", "--data", path], &[]).end();
    assert_eq!(code, Some(4), "{log}");
    assert!(log.contains(path) && log.contains("in use") && log.contains("--data"), "{log}");
}

#[test]
fn k001_what_was_counted_is_there_again_after_the_server_was_killed() {
    let data = tempfile::tempdir().unwrap();
    let args = ["--listen", "127.0.0.1:0", "--data", data.path().to_str().unwrap()];
    for visits in 1..=3 {
        let mut server = Server::run(&args, &[]);
        let page = get(server.wait_until_listening(), "/traffic/nest").body;
        let (_, shown) = page.split_once("<dt>visits</dt>").unwrap();
        assert!(shown.contains(&format!("<span class=\"plain hidden-visually\">{visits}</span>")), "{shown}");
        server.kill();
    }
}

#[test]
fn the_dashboard_shows_the_cards_of_its_file_and_without_one_those_that_need_nothing() {
    let (_server, address, data) = Server::start();
    assert!(get(address, "/dashboard").body.contains("<h1>Bird observatory</h1>"));
    let file = data.path().join("board.toml");
    std::fs::write(&file, "title = 'Ours'\n[[clock]]\n").unwrap();
    let args = ["--listen", "127.0.0.1:0", "--dashboard", file.to_str().unwrap()];
    let folder = data.path().join("another");
    let mut server = Server::run(&args, &[("FIRECREST_DATA", folder.to_str().unwrap())]);
    assert!(get(server.wait_until_listening(), "/dashboard").body.contains("<h1>Ours</h1>"));
    std::fs::write(&file, "\n[[clok]]\n").unwrap();
    let (code, log) = Server::run(&args, &[("FIRECREST_DATA", folder.to_str().unwrap())]).end();
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("board.toml, line 2: unknown field `clok`"), "{log}");
}

#[test]
fn production_without_a_secret_ends_it_with_2_and_names_the_variable() {
    let data = tempfile::tempdir().unwrap();
    let args = ["--listen", "127.0.0.1:0", "--data", data.path().to_str().unwrap()];
    let (code, log) = Server::run(&args, &[("FIRECREST_ENV", "production")]).end();
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("FIRECREST_SECRET_KEY_BASE"), "{log}");
}

#[test]
fn a_configuration_that_means_nothing_ends_it_with_2_and_names_what_is_wrong() {
    let data = tempfile::tempdir().unwrap();
    let data = ("FIRECREST_DATA", data.path().to_str().unwrap());
    for (args, variable, named) in [
        (["--listen", "nowhere"].as_slice(), ("FIRECREST_LOG", "info"), "--listen"),
        (&["--dashboard", "nowhere.toml"], ("FIRECREST_LOG", "info"), "nowhere.toml"),
        (&["--unknown"], ("FIRECREST_LOG", "info"), "--unknown"),
        (&[], ("FIRECREST_LISTEN", "nowhere"), "--listen"),
        (&[], ("FIRECREST_ENV", "staging"), "FIRECREST_ENV"),
        (&[], ("FIRECREST_SECRET_KEY_BASE", "short"), "64"),
        (&[], ("FIRECREST_CHECK_ORIGIN", "https://"), "FIRECREST_CHECK_ORIGIN"),
        (&[], ("FIRECREST_METRICS", "graphite"), "`prometheus`, `statsd`"),
    ] {
        let (code, log) = Server::run(args, &[("FIRECREST_LISTEN", "127.0.0.1:0"), data, variable]).end();
        assert_eq!(code, Some(2), "{args:?} {variable:?}: {log}");
        assert!(log.contains(named), "{args:?} {variable:?}: {log}");
    }
}

#[test]
fn help_names_every_flag_and_variable() {
    let help = Server::run(&["--help"], &[]).printed();
    for named in [
        "--listen",
        "--data",
        "FIRECREST_LISTEN",
        "FIRECREST_DATA",
        "FIRECREST_ENV",
        "FIRECREST_SECRET_KEY_BASE",
        "FIRECREST_HOST",
        "FIRECREST_CHECK_ORIGIN",
        "FIRECREST_NODE",
        "FIRECREST_DASHBOARD",
        "FIRECREST_LOG",
        "FIRECREST_METRICS",
        "FIRECREST_STATSD",
    ] {
        assert!(help.contains(named), "{named} is not in:\n{help}");
    }
}

/// Spec §2.8: code 1011 and no reason for the one, a pong for the other.
#[test]
fn h08_text_that_is_no_message_closes_its_connection_only() {
    let (_server, address, _data) = Server::start();
    let (mut broken, mut other) = (websocket(address), websocket(address));
    broken.write_all(b"\x81\x85\0\0\0\0crash").unwrap();
    let mut frame = [0; 4];
    broken.read_exact(&mut frame).unwrap();
    assert_eq!(frame, [0x88, 2, 0x03, 0xF3], "a close frame with 1011");

    other.write_all(b"\x89\x80\0\0\0\0").unwrap();
    let mut frame = [0; 2];
    other.read_exact(&mut frame).unwrap();
    assert_eq!(frame, [0x8A, 0], "a pong");
}

/// Spec §3.15: clients without channels are told too, with code 1012 and no reason.
#[test]
fn sigterm_ends_it_with_0_after_telling_open_websockets() {
    let (mut server, address, _data) = Server::start();
    let mut open = websocket(address);
    server.terminate();
    let mut frame = [0; 4];
    open.read_exact(&mut frame).unwrap();
    assert_eq!(frame, [0x88, 2, 0x03, 0xF4], "a close frame with 1012");
    drop(open);
    let (code, log) = server.end();
    assert_eq!(code, Some(0), "{log}");
}

/// A client that does not answer the close frame holds nobody up for long.
#[test]
fn sigterm_ends_it_with_0_although_a_client_does_not_listen() {
    let (mut server, address, _data) = Server::start();
    let _open = websocket(address);
    server.terminate();
    let (code, log) = server.end();
    assert_eq!(code, Some(0), "{log}");
}
