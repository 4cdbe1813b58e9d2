//! What can be asked for on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use serde::Serialize;

use crate::net::path;
use crate::span::{self, Span};

/// Loads a server that speaks the Phoenix Channels or LiveView protocol, and counts what it costs and what goes wrong.
///
/// Exit code: 0 when nothing was lost, duplicated, refused or failed; 1 when the run finished with errors; 2 for bad
/// usage or when limits forbid the run.
#[derive(Debug, Parser)]
#[command(name = "firecrest-loadgen", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) scenario: Scenario,
}

/// What is done.
#[derive(Debug, Subcommand)]
pub(crate) enum Scenario {
    /// Round trips: a push and its reply.
    Echo(Echo),
    /// One publisher, many subscribers.
    Fanout(Fanout),
    /// Joined connections that send a heartbeat each in every period.
    Heartbeat(Heartbeat),
    /// Memory of idle connections, and what is left of it after they are closed all at once.
    Idle(Idle),
    /// Connecting, the handshake and joining; then leaving.
    Join(Join),
    /// Pages with a live view: loading one, joining its view, and clicks that are answered with a diff.
    Live(Live),
    /// Everything at once for a long time: broadcasts, echoes, heartbeats and connections that come and go.
    Soak(Soak),
    /// A page that looks the same to everybody: changes that all of its viewers see, or their coming.
    Viewers(Viewers),
}

/// Options of every scenario.
#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Common {
    /// The WebSocket: `ws://HOST:PORT/PATH`; `vsn=2.0.0` is added. Of `live` and `viewers` the page: `http://HOST:PORT/PATH`.
    #[arg(long)]
    pub(crate) url: String,
    /// The server's process, whose processor time and memory are measured (Linux).
    #[arg(long)]
    pub(crate) pid: Option<u32>,
    /// Write the result as one JSON object to this file; `-` is standard output instead of the summary.
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) json: Option<PathBuf>,
    /// How many connections.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) connections: u32,
    /// Further connect parameters, percent-encoded: `a=b&c=d`.
    #[arg(long)]
    pub(crate) params: Option<String>,
    /// How often each connection sends a heartbeat only to stay open; the first ones after half that time.
    #[arg(long, default_value = "30s", value_parser = span::positive)]
    pub(crate) heartbeat: Span,
    /// How many handshakes and joins, or leaves, are under way at once.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) concurrency: u32,
    /// How long any answer is waited for; then it counts as lost.
    #[arg(long, default_value = "30s", value_parser = span::positive)]
    pub(crate) timeout: Span,
    /// Connect from so many loopback addresses, 127.0.0.1 and up; chosen by the number of connections when not given.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=254))]
    pub(crate) source_addresses: Option<u8>,
    /// No progress on standard error.
    #[arg(long)]
    #[serde(skip)]
    pub(crate) quiet: bool,
}

/// What is joined.
#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Channel {
    /// The topic to join; `{n}` is replaced by the connection's number, `{n%K}` by the number modulo K.
    #[arg(long, default_value = "bench:all")]
    pub(crate) topic: String,
    /// The payload of the join, JSON.
    #[arg(long, default_value = "{}", value_name = "JSON")]
    pub(crate) join_payload: String,
}

/// Names of the events, for servers that call them differently.
#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct SayNames {
    /// The event that asks for a broadcast.
    #[arg(long, default_value = "say")]
    pub(crate) say_event: String,
    /// The event that is broadcast.
    #[arg(long, default_value = "said")]
    pub(crate) said_event: String,
}

#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Echo {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) channel: Channel,
    /// Bytes of JSON in a payload.
    #[arg(long, default_value_t = 64)]
    pub(crate) payload: usize,
    /// How many pushes of a connection wait for their reply at once.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) in_flight: u32,
    /// How many pushes in all.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub(crate) messages: u64,
    /// How many pushes before the measurement begins; 5 % of the messages when not given.
    #[arg(long)]
    pub(crate) warmup: Option<u64>,
    /// The event that is answered with its own payload.
    #[arg(long, default_value = "echo")]
    pub(crate) echo_event: String,
}

#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Fanout {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) channel: Channel,
    /// Bytes of JSON in a payload.
    #[arg(long, default_value_t = 120)]
    pub(crate) payload: usize,
    /// How many broadcasts in all; when not given as many as make about 200,000 deliveries, at least 40.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub(crate) messages: Option<u64>,
    /// How many broadcasts before the measurement begins; 5 % of the messages when not given.
    #[arg(long)]
    pub(crate) warmup: Option<u64>,
    /// How many broadcasts of a topic are under way at once.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) in_flight: u32,
    /// Publish at a fixed rate instead: so many deliveries per second.
    #[arg(long, conflicts_with_all = ["messages", "in_flight"])]
    pub(crate) rate: Option<f64>,
    /// How long to publish at that rate.
    #[arg(long, default_value = "10s", value_parser = span::positive)]
    pub(crate) duration: Span,
    /// Over how many topics the connections are spread, each with a publisher of its own.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) topics: u32,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) names: SayNames,
}

#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Heartbeat {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) channel: Channel,
    /// How often each connection sends one.
    #[arg(long, default_value = "1s", value_parser = span::positive)]
    pub(crate) every: Span,
    /// For how long.
    #[arg(long, default_value = "5s", value_parser = span::positive)]
    pub(crate) duration: Span,
}

#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Idle {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) channel: Channel,
    /// How long all connections stay before the memory is read.
    #[arg(long, default_value = "3s")]
    pub(crate) hold: Span,
    /// How long after they are closed the memory is read again.
    #[arg(long, default_value = "10s")]
    pub(crate) settle: Span,
}

#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Join {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) channel: Channel,
    /// How often all of it is done.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
}

#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Live {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) common: Common,
    /// The live socket's path on the page's host, without `/websocket`.
    #[arg(long, default_value = "/live", value_name = "PATH")]
    pub(crate) socket: String,
    /// The event of a click; the view has to change with each.
    #[arg(long, default_value = "inc")]
    pub(crate) event: String,
    /// The value of a click, JSON; when not given that of a button without one.
    #[arg(long, default_value = r#"{"value":""}"#, value_name = "JSON")]
    pub(crate) value: String,
    /// How many clicks in all; each connection waits for the answer to its last.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub(crate) messages: u64,
    /// How many clicks before the measurement begins; 5 % of the messages when not given.
    #[arg(long)]
    pub(crate) warmup: Option<u64>,
    /// Click nothing: wait so long with all views joined, read the memory, close all at once, and read it again.
    #[arg(long, conflicts_with_all = ["messages", "warmup"])]
    pub(crate) hold: Option<Span>,
    /// With `--hold`: how long after they are closed the memory is read again.
    #[arg(long, default_value = "10s")]
    pub(crate) settle: Span,
}

#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Soak {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) channel: Channel,
    /// For how long.
    #[arg(long, default_value = "60s", value_parser = span::positive)]
    pub(crate) duration: Span,
    /// Bytes of JSON in a payload.
    #[arg(long, default_value_t = 120)]
    pub(crate) payload: usize,
    /// Deliveries per second, published by connection 0 of each topic.
    #[arg(long, default_value_t = 1000.0)]
    pub(crate) rate: f64,
    /// Echoes per second, over all connections.
    #[arg(long, default_value_t = 100.0)]
    pub(crate) echo_rate: f64,
    /// Connections per second that are closed and opened again.
    #[arg(long, default_value_t = 0.0)]
    pub(crate) churn: f64,
    /// The event that is answered with its own payload.
    #[arg(long, default_value = "echo")]
    pub(crate) echo_event: String,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) names: SayNames,
}

#[derive(Args, Clone, Debug, Serialize)]
pub(crate) struct Viewers {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) common: Common,
    /// The live socket's path on the page's host, without `/websocket`.
    #[arg(long, default_value = "/live", value_name = "PATH")]
    pub(crate) socket: String,
    /// The event of a click, whose value is `{"text": TEXT}`: the page has to show that text, as a value of its own, to all.
    #[arg(long, default_value = "show")]
    pub(crate) event: String,
    /// How many changes in all; each waits until everybody has the one before.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub(crate) messages: u64,
    /// How many changes before the measurement begins; 5 % of the messages when not given.
    #[arg(long)]
    pub(crate) warmup: Option<u64>,
    /// Change nothing: load a page for each connection, and only then connect and join all, which is measured, as is leaving
    /// then. So often.
    #[arg(long, conflicts_with_all = ["messages", "warmup"], value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: Option<u32>,
    /// Where the server says how often it has rendered the page, asked at the end: a path on its host.
    #[arg(long, value_name = "PATH", value_parser = path)]
    pub(crate) renders: Option<String>,
}

impl Cli {
    /// The options every scenario has.
    pub(crate) fn common(&self) -> &Common {
        match &self.scenario {
            Scenario::Echo(echo) => &echo.common,
            Scenario::Fanout(fanout) => &fanout.common,
            Scenario::Heartbeat(heartbeat) => &heartbeat.common,
            Scenario::Idle(idle) => &idle.common,
            Scenario::Join(join) => &join.common,
            Scenario::Live(live) => &live.common,
            Scenario::Soak(soak) => &soak.common,
            Scenario::Viewers(viewers) => &viewers.common,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn parse(options: &str) -> Result<Cli, clap::Error> {
        let words = format!("firecrest-loadgen {options}");
        Cli::try_parse_from(words.split_whitespace())
    }

    #[test]
    fn the_commands_fit_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn defaults_are_the_documented_ones() {
        let cli = parse("fanout --url ws://h/s --rate 5").unwrap();
        let Scenario::Fanout(fanout) = &cli.scenario else { panic!("{cli:?}") };
        assert_eq!((fanout.payload, fanout.in_flight, fanout.topics), (120, 1, 1));
        assert_eq!((cli.common().connections, cli.common().concurrency), (100, 256));
        let options = serde_json::to_value(fanout).unwrap();
        assert_eq!((options["timeout"].as_f64(), options["said_event"].as_str()), (Some(30.0), Some("said")));
        assert!(options.get("quiet").is_none());
    }

    #[test]
    fn nonsense_is_bad_usage() {
        for options in [
            "",
            "echo",
            "dance --url ws://h/",
            "echo --url ws://h/ --connections 0",
            "echo --url ws://h/ --in-flight 0",
            "heartbeat --url ws://h/ --every 0s",
            "fanout --url ws://h/ --rate 5 --messages 3",
            "echo --url ws://h/ --timeout 0s",
            "live --url http://h/ --topic a",
            "live --url http://h/ --hold 1s --messages 3",
            "viewers --url http://h/ --rounds 2 --messages 3",
            "viewers --url http://h/ --renders renders",
        ] {
            assert_eq!(parse(options).unwrap_err().exit_code(), 2, "{options}");
        }
    }
}
