//! The metrics of the one command: fetched, sent, or both.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use super::server::{Server, ask, get, websocket, websocket_at};

/// How long a datagram may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Starts the binary with these exporters and a daemon to send to.
fn start(exporters: &str) -> (Server, SocketAddr, UdpSocket, tempfile::TempDir) {
    let daemon = UdpSocket::bind("127.0.0.1:0").unwrap();
    daemon.set_read_timeout(Some(PATIENCE)).unwrap();
    let data = tempfile::tempdir().unwrap();
    let statsd = format!("udp://{}", daemon.local_addr().unwrap());
    let variables = [
        ("FIRECREST_METRICS", exporters),
        ("FIRECREST_STATSD", &statsd),
        ("FIRECREST_STATSD_PREFIX", "show"),
        ("FIRECREST_STATSD_TAGS", "region:eu"),
    ];
    let args = ["--listen", "127.0.0.1:0", "--data", data.path().to_str().unwrap()];
    let mut server = Server::run(&args, &variables);
    let address = server.wait_until_listening();
    (server, address, daemon, data)
}

/// Receives until every line has come.
fn expect(daemon: &UdpSocket, lines: &[&str]) {
    let mut missing: BTreeSet<&str> = lines.iter().copied().collect();
    while !missing.is_empty() {
        let mut bytes = [0; 65_536];
        let len = daemon.recv(&mut bytes).unwrap_or_else(|error| panic!("{error}: {missing:?} did not come"));
        assert!(len <= 1_432, "{len} bytes");
        let datagram = str::from_utf8(&bytes[..len]).unwrap();
        missing.retain(|line| !datagram.lines().any(|sent| sent.starts_with(line)));
    }
}

/// A client of the stats socket that joins its channel, is refused, and sends a ping.
fn measured(address: SocketAddr) -> TcpStream {
    let mut client = websocket_at(address, "/stats_socket");
    for (frame, status) in [
        (r#"["1","1","valid","phx_join",{}]"#, "ok"),
        (r#"["2","2","invalid","phx_join",{}]"#, "error"),
        (r#"["1","3","valid","ping",{}]"#, "ok"),
    ] {
        let answer = ask(&mut client, frame);
        assert!(answer.contains(&format!(r#""status":"{status}""#)), "{answer}");
    }
    client
}

#[test]
fn h16_g048_g053_both_exporters_tell_of_connections_joins_and_pings() {
    let (_server, address, daemon, _data) = start("prometheus,statsd");
    let _open = measured(address);
    expect(
        &daemon,
        &[
            "show.socket_connect:1|c|#status:success,socket:StatsSocket,region:eu",
            "show.channel_join:1|c|#status:success,channel:StatsChannel,region:eu",
            "show.channel_join:1|c|#status:fail,channel:StatsChannel,region:eu",
            "show.stats_channel.ping:",
            "show.firecrest_messages_total:",
            "show.firecrest_sockets_open:1.0|g|#transport:websocket,region:eu",
        ],
    );
    let metrics = get(address, "/metrics");
    assert!(metrics.head.contains("content-type: text/plain"), "{}", metrics.head);
    for line in [
        r#"socket_connect{status="success",socket="StatsSocket"} 1"#,
        r#"channel_join{status="success",channel="StatsChannel"} 1"#,
        r#"channel_join{status="fail",channel="StatsChannel"} 1"#,
        "stats_channel_ping_count 1",
        "# HELP firecrest_messages_total Messages of clients",
        r#"firecrest_messages_total{direction="in"} 3"#,
        r#"firecrest_sockets_open{transport="websocket"} 1"#,
        r#"firecrest_channel_handle_in_seconds_bucket{channel="Stats",le="10"} 1"#,
        r#"firecrest_channel_join_seconds_count{channel="Stats"} 2"#,
    ] {
        assert!(metrics.body.lines().any(|shown| shown.starts_with(line)), "no {line} in\n{}", metrics.body);
    }
}

#[test]
fn what_closes_is_not_open_any_more() {
    let (_server, address, _daemon, _data) = start("prometheus");
    let open = measured(address);
    let shows = |lines: [&str; 2]| {
        let page = get(address, "/metrics").body;
        lines.iter().all(|line| page.lines().any(|shown| shown == *line))
    };
    let [sockets, channels] = [r#"firecrest_sockets_open{transport="websocket"}"#, "firecrest_channels_open"];
    assert!(shows([&format!("{sockets} 1"), &format!("{channels} 1")]));
    drop(open);
    let late = Instant::now() + PATIENCE;
    while !shows([&format!("{sockets} 0"), &format!("{channels} 0")]) {
        assert!(Instant::now() < late, "{}", get(address, "/metrics").body);
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_is_counted_at_the_end_is_sent() {
    let (mut server, address, daemon, _data) = start("statsd");
    let _open = websocket(address);
    server.terminate();
    assert_eq!(server.end().0, Some(0));
    // All has come that ever will.
    daemon.set_nonblocking(true).unwrap();
    expect(
        &daemon,
        &[
            "show.firecrest_drain_rounds_total:1|c|",
            "show.firecrest_drain_connections_total:1|c|",
            "show.firecrest_sockets_closed_total:1|c|#reason:draining,",
            "show.firecrest_sockets_open:0.0|g|#transport:websocket,",
        ],
    );
}

#[test]
fn with_statsd_alone_nothing_is_served() {
    let (_server, address, daemon, _data) = start("statsd");
    assert_eq!(get(address, "/metrics").status, 404);
    let _open = measured(address);
    expect(&daemon, &["show.socket_connect:1|c|"]);
}
