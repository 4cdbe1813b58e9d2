//! The broker between the nodes.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Engine;
use crate::failure::Failure;

/// How long it may take to start.
const STARTS_WITHIN: Duration = Duration::from_secs(10);

/// A running broker, which ends when this is dropped or the chore ends.
pub(crate) struct Broker {
    engine: Engine,
    child: Child,
    port: u16,
}

impl Broker {
    pub(super) fn start(engine: Engine, folder: &Path) -> Result<Self, Failure> {
        let port = free_port()?;
        let number = port.to_string();
        let arguments: &[&str] = match engine {
            Engine::Nats => &["nats-server", "--addr", "127.0.0.1", "--port", &number],
            Engine::Redis => &[
                "redis-server",
                "--bind",
                "127.0.0.1",
                "--port",
                &number,
                "--save",
                "",
                "--appendonly",
                "no",
            ],
        };
        let log = std::fs::File::create(folder.join("broker.log"));
        let log = log.map_err(|error| Failure::new(format!("target/cluster cannot be written: {error}")))?;
        let mut command = outlived_by_nothing();
        let command = command.args(arguments).current_dir(folder).env("PATH", path_with_sbin());
        // A group of its own: what ends the nodes must not end what they say goodbye through.
        let command = command.process_group(0);
        let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        let child =
            started.map_err(|error| Failure::new(format!("{} cannot be started: {error}", arguments[0])))?;
        let broker = Broker { engine, child, port };
        broker.wait()?;
        Ok(broker)
    }

    /// Where nodes find it.
    pub(super) fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.name(), self.port)
    }

    pub(super) fn name(&self) -> &'static str {
        match self.engine {
            Engine::Nats => "nats",
            Engine::Redis => "redis",
        }
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    fn wait(&self) -> Result<(), Failure> {
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if started.elapsed() > STARTS_WITHIN {
                let text = format!("{} does not answer; see target/cluster/broker.log", self.name());
                return Err(Failure::new(text));
            }
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command for a process that the kernel ends when the chore has ended, however that came.
pub(super) fn outlived_by_nothing() -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM"]);
    command
}

/// Debian keeps servers where the path of ordinary users does not lead.
fn path_with_sbin() -> String {
    format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default())
}

/// A port that nobody listens on.
fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let port = listener.and_then(|listener| listener.local_addr()).map(|address| address.port());
    port.map_err(|error| Failure::new(format!("there is no free port: {error}")))
}
