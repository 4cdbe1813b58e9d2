//! What a daemon receives.

use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::time::Instant;

use metrics::{counter, gauge, histogram, with_local_recorder};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

use super::*;

/// How long a test waits for a datagram.
const PATIENCE: Duration = Duration::from_secs(10);

/// A daemon that keeps what it receives.
struct Daemon(UdpSocket);

impl Daemon {
    fn at(port: u16) -> Self {
        let socket = UdpSocket::bind(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Daemon(socket)
    }

    fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    fn datagram(&self) -> String {
        let mut bytes = [0; 65_536];
        let len = self.0.recv(&mut bytes).expect("a datagram should have come");
        String::from_utf8(bytes[..len].to_vec()).unwrap()
    }

    /// Receives until there is nothing left to wait for.
    fn until(&self, mut is_enough: impl FnMut(&str) -> bool) {
        while !self.datagram().lines().any(&mut is_enough) {}
    }
}

fn exporters(port: u16) -> Exporters {
    Exporters::new().statsd(&format!("udp://127.0.0.1:{port}")).unwrap()
}

fn recorder(exporters: &Exporters) -> BoxRecorder {
    build(exporters.statsd.as_ref().unwrap(), exporters).unwrap()
}

#[test]
fn g053_lines_are_as_daemons_read_them() {
    let daemon = Daemon::at(0);
    let exporters = exporters(daemon.port()).statsd_prefix("shop").statsd_tag("region", "eu");
    let recorder = recorder(&exporters);
    with_local_recorder(&recorder, || {
        counter!("socket_connect", "status" => "success", "socket" => "StatsSocket").increment(2);
        gauge!("rows").set(4.5);
        histogram!("stats_channel.ping").record(0.25);
    });
    let mut missing = BTreeSet::from([
        "shop.socket_connect:2|c|#status:success,socket:StatsSocket,region:eu",
        "shop.rows:4.5|g|#region:eu",
        "shop.stats_channel.ping:0.25|h|@1.0|#region:eu",
    ]);
    daemon.until(|line| {
        missing.remove(line);
        missing.is_empty()
    });
}

#[test]
fn g054_a_daemon_that_is_away_delays_nobody_and_may_come_back() {
    let port = Daemon::at(0).port();
    let recorder = recorder(&exporters(port));
    let started = Instant::now();
    for number in 0..10_000 {
        with_local_recorder(&recorder, || counter!("seen").increment(number));
    }
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    let daemon = Daemon::at(port);
    daemon.until(|line| {
        // What was sent before is lost.
        with_local_recorder(&recorder, || counter!("seen").increment(1));
        line.starts_with("seen:") && line.ends_with("|c") && !line.starts_with("seen:0|")
    });
}

#[test]
fn g055_a_choice_of_many_values_is_sent_with_its_rate() {
    let daemon = Daemon::at(0);
    let recorder = recorder(&exporters(daemon.port()));
    with_local_recorder(&recorder, || (0..50_000).for_each(|_| histogram!("took").record(7.0)));
    let (mut told, mut stood_for) = (0, 0.0);
    daemon.until(|line| {
        let (values, rate) = line.strip_prefix("took:").and_then(|rest| rest.split_once("|h|@")).unwrap();
        let values = values.split(':').inspect(|value| assert_eq!(*value, "7.0")).count();
        told += values;
        stood_for += values as f64 / rate.parse::<f64>().unwrap();
        stood_for > 49_999.0
    });
    assert!(told < 10_000 && stood_for < 50_001.0, "{told} values stood for {stood_for}");
}

#[test]
fn g057_datagrams_are_full_but_fit_and_nothing_is_older_than_a_second() {
    assert!(2 * INTERVAL <= Duration::from_secs(1));
    let daemon = Daemon::at(0);
    let recorder = recorder(&exporters(daemon.port()));
    let names: Vec<_> = (0..500).map(|number| format!("a_counter_with_a_name_{number}")).collect();
    let began = Instant::now();
    with_local_recorder(&recorder, || names.iter().for_each(|name| counter!(name.clone()).increment(1)));
    let mut missing: BTreeSet<_> = names.iter().map(|name| format!("{name}:1|c")).collect();
    let mut datagrams = Vec::new();
    while !missing.is_empty() {
        let datagram = daemon.datagram();
        datagram.lines().for_each(|line| {
            missing.remove(line);
        });
        datagrams.push(datagram.len());
    }
    assert!(datagrams.iter().all(|len| *len <= DATAGRAM), "{datagrams:?}");
    assert!(datagrams.len() <= 25, "{datagrams:?}");
    // With time for a busy machine.
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

fn plain(inner: DebuggingRecorder) -> Plain<DebuggingRecorder> {
    Plain::new(inner, "shop.".into(), vec![Label::new("region", "eu")])
}

#[test]
fn g056_what_separates_the_parts_of_a_line_is_in_no_name_and_no_tag() {
    let plain = plain(DebuggingRecorder::new());
    let labels = vec![Label::new("a:b", "x|c#y@z,w\r\nv"), Label::new("c", "é".repeat(150))];
    let key = plain.plain(&Key::from_parts("na:me|x", labels));
    assert_eq!(key.name(), "shop.na_me_x");
    let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
    assert_eq!(
        labels,
        ["a_b=x_c_y_z_w__v".to_owned(), format!("c={}", "é".repeat(100)), "region=eu".to_owned()]
    );
}

#[test]
fn totals_are_told_as_steps_and_not_twice() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    let plain = plain(recorder);
    metrics::with_local_recorder(&plain, || {
        for total in [3, 3, 5, 4] {
            metrics::counter!("seen").absolute(total);
        }
        metrics::counter!("seen").increment(1);
    });
    let seen = snapshots.snapshot().into_vec();
    assert!(matches!(&seen[..], [(key, .., DebugValue::Counter(6))] if key.key().name() == "shop.seen"));
}

#[test]
fn a_daemon_without_an_address_is_named() {
    let error = resolve("nowhere.invalid:8125").unwrap_err().to_string();
    assert!(error.contains("nowhere.invalid:8125"), "{error}");
    assert_eq!(resolve("127.0.0.1:8125"), Ok(SocketAddr::from(([127, 0, 0, 1], 8125))));
}
