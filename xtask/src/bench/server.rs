//! The servers that are compared.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{ChildStdout, Command};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::process::Process;
use crate::failure::Failure;

/// Longest time from the start of a server until it says where it listens.
const STARTS_WITHIN: Duration = Duration::from_secs(10);

/// One of the servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Server {
    /// Writes bytes that are ready to one socket after the other, and does nothing else.
    Limit,
    /// What a careful user of axum writes.
    ByHand,
    Firecrest,
}

/// What of a server is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// The channel that all servers have.
    Channel,
    /// The same, of Firecrest alone.
    OwnChannel,
    /// The same, of Firecrest while its metrics are recorded.
    Recorded,
    /// A page with a live view, at this path; only Firecrest has any.
    Page(&'static str),
}

impl Door {
    /// The servers that have it.
    pub(crate) fn servers(self) -> &'static [Server] {
        match self {
            Self::Channel => &Server::ALL,
            Self::OwnChannel | Self::Recorded | Self::Page(_) => &[Server::Firecrest],
        }
    }
}

impl Server {
    pub(crate) const ALL: [Self; 3] = [Self::Limit, Self::ByHand, Self::Firecrest];

    /// How the tables call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::ByHand => "by hand",
            Self::Firecrest => "Firecrest",
        }
    }

    fn binary(self) -> &'static str {
        match self {
            Self::Limit => "yardstick-limit",
            Self::ByHand => "yardstick-by-hand",
            Self::Firecrest => "yardstick-firecrest",
        }
    }

    /// Starts it on a port of the system's choice, for this door. `binaries` is the folder of the release builds.
    pub(crate) fn start(self, door: Door, binaries: &Path) -> Result<Running, Failure> {
        let program = binaries.join(format!("{}{}", self.binary(), std::env::consts::EXE_SUFFIX));
        let command = &mut Command::new(program);
        command.args(["--listen", "127.0.0.1:0"]).args((door == Door::Recorded).then_some("--record"));
        let mut process = Process::start(command, self.binary())?;
        let line = first_line(process.stdout()?)
            .recv_timeout(STARTS_WITHIN)
            .map_err(|_| process.failure(&format!("did not start within {} s", STARTS_WITHIN.as_secs())))?;
        let port =
            port(&line).ok_or_else(|| process.failure(&format!("said {:?} at its start", line.trim())))?;
        Ok(Running { process, port })
    }
}

/// A started server, which ends when this is dropped.
pub(crate) struct Running {
    process: Process,
    port: u16,
}

impl Running {
    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn url(&self, door: Door) -> String {
        match door {
            Door::Channel | Door::OwnChannel | Door::Recorded => {
                format!("ws://127.0.0.1:{}/socket/websocket", self.port)
            }
            Door::Page(path) => format!("http://127.0.0.1:{}{path}", self.port),
        }
    }
}

/// The first line, read on a thread that goes on reading so that the server can go on printing.
fn first_line(stdout: ChildStdout) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut reader = BufReader::new(stdout);
        let mut line = String::new();
        // A line that cannot be read shows as an empty one.
        let _ = reader.read_line(&mut line);
        let _ = sender.send(line);
        let _ = std::io::copy(&mut reader, &mut std::io::sink());
    });
    receiver
}

fn port(line: &str) -> Option<u16> {
    line.trim().strip_prefix("listening on http://127.0.0.1:")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_first_line() {
        assert_eq!(port("listening on http://127.0.0.1:40123\n"), Some(40123));
        for other in ["", "listening on http://127.0.0.1:", "listening on http://127.0.0.1:70000", "port 80"]
        {
            assert_eq!(port(other), None, "{other}");
        }
    }

    #[test]
    fn a_server_that_was_not_built_is_a_failure_that_names_it() {
        let failure = Server::Limit.start(Door::Channel, Path::new("nowhere")).err().unwrap().to_string();
        assert!(failure.starts_with("yardstick-limit cannot be started"), "{failure}");
    }
}
