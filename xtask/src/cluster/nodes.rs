//! Nodes of the showcase.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::broker::outlived_by_nothing;
use crate::failure::Failure;
use crate::tree;

/// Longest time from the start of a node until it says where it listens.
const STARTS_WITHIN: Duration = Duration::from_secs(20);

/// A running node.
pub(crate) struct Node {
    name: String,
    child: Child,
    address: SocketAddr,
}

impl Node {
    /// Starts the node of this number; what it logs goes into a file named after it.
    pub(super) fn start(number: u16, broker: &str, secret: &str, folder: &Path) -> Result<Self, Failure> {
        let name = format!("node{number}");
        let log = File::create(folder.join(format!("{name}.log")));
        let log = log.map_err(|error| Failure::new(format!("target/cluster cannot be written: {error}")))?;
        let program = tree::root().join("target/release/showcase");
        let mut command = outlived_by_nothing();
        let command = command
            .arg(program)
            .args(["--listen", "127.0.0.1:0", "--node", &name, "--cluster", broker, "--data"])
            .arg(folder.join(&name))
            .env("FIRECREST_SECRET_KEY_BASE", secret)
            .env("FIRECREST_CHECK_ORIGIN", "conn");
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn();
        let mut child =
            started.map_err(|error| Failure::new(format!("{name} cannot be started: {error}")))?;
        let address = child.stdout.take().and_then(listening);
        let address = address.ok_or_else(|| {
            Failure::new(format!("{name} does not say where it listens; see target/cluster/{name}.log"))
        })?;
        Ok(Node { name, child, address })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended. One that cannot be asked has.
    pub(super) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

/// Where a node listens, when it says so in time.
fn listening(stdout: impl Read + Send + 'static) -> Option<SocketAddr> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some(address) = address(&line) {
                // Nobody waits for a second one.
                let _ = sender.try_send(address);
            }
        }
    });
    receiver.recv_timeout(STARTS_WITHIN).ok()
}

fn address(line: &str) -> Option<SocketAddr> {
    line.trim().strip_prefix("listening on http://")?.parse().ok()
}

/// A secret that all nodes share: tokens of one are good on the others.
pub(super) fn secret() -> Result<String, Failure> {
    let mut bytes = [0; 48];
    let read = File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes));
    read.map_err(|error| Failure::new(format!("there is no randomness: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_the_line_that_names_it() {
        assert_eq!(address("listening on http://127.0.0.1:4000\n"), Some(([127, 0, 0, 1], 4000).into()));
        assert_eq!(address("hello"), None);
    }

    #[test]
    fn secrets_are_long_enough_and_differ() {
        let (one, other) = (secret().unwrap(), secret().unwrap());
        assert!(one.len() >= 64 && one != other);
    }
}
