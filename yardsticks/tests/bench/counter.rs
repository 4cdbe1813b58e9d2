//! The page with a live view.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::client::Client;
use crate::server::Server;

/// Spec §11.1.
#[test]
fn the_counter_is_loaded_joined_and_clicked() {
    let server = Server::start(env!("CARGO_BIN_EXE_yardstick-firecrest"));
    let page = load(&server);
    let between = |before: &str, after: &str| -> String {
        let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("no {before} in {page}"));
        rest.split(after).next().unwrap().to_owned()
    };
    let cookie = between("set-cookie: ", ";");
    let token = between("<meta name=\"csrf-token\" content=\"", "\"");
    let (id, session) = (between("<div id=\"", "\""), between("data-phx-session=\"", "\""));
    let fixed = between("data-phx-static=\"", "\"");
    let count: u64 = between("Current count: ", "<").parse().unwrap();

    let query = token.replace('=', "%3D");
    let target = format!("/live/websocket?_csrf_token={query}&_mounts=0&vsn=2.0.0");
    let mut client = Client::open(&server, &target, &format!("Cookie: {cookie}\r\n"));
    let topic = format!("lv:{id}");
    let url = format!("http://{}/counter", server.address());
    let params = json!({ "_csrf_token": token, "_mounts": 0, "_mount_attempts": 0 });
    let join = json!({ "url": url, "params": params, "session": session, "static": fixed, "sticky": false });
    let joined = client.ask("1", "1", &topic, "phx_join", &join);
    assert_eq!(joined["rendered"]["0"], count.to_string(), "{joined}");
    for (event, count) in [("inc", count + 1), ("inc", count + 2), ("dec", count + 1)] {
        let click = json!({ "type": "click", "event": event, "value": { "value": "" } });
        let diff: Value = client.ask("1", "2", &topic, "event", &click);
        assert_eq!(diff, json!({ "diff": { "0": count.to_string() } }));
    }
}

/// Head and body of the page.
fn load(server: &Server) -> String {
    let mut socket = TcpStream::connect(server.address()).unwrap();
    let host = server.address();
    let request = format!("GET /counter HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).unwrap();
    let mut page = String::new();
    socket.read_to_string(&mut page).unwrap();
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    page
}
