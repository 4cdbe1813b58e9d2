//! The broker between the nodes.

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use yardsticks::Running;

/// Where Debian puts NATS, which is not in every user's path.
const DEBIANS_NATS: &str = "/usr/sbin/nats-server";

/// How long a broker has until it listens.
const STARTS_WITHIN: Duration = Duration::from_secs(10);

/// A kind of broker.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Engine {
    Nats,
    Redis,
}

/// A running broker, which ends with this.
pub(crate) struct Broker {
    pub(crate) process: Running,
    pub(crate) url: String,
}

impl Engine {
    /// Starts one without a password that keeps nothing, on a free port, and waits until it listens.
    ///
    /// # Errors
    /// When there is none on this machine, or it does not listen.
    pub(crate) fn start(self) -> Result<Broker, Box<dyn Error>> {
        let address = free_address()?;
        let process = Running::start(self.command(address.port()).stdout(Stdio::null()))?;
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            if start.elapsed() > STARTS_WITHIN {
                return Err(format!("{self:?} does not listen").into());
            }
            sleep(Duration::from_millis(5));
        }
        Ok(Broker { process, url: format!("{}://{address}", self.scheme()) })
    }

    fn command(self, port: u16) -> Command {
        let port = port.to_string();
        match self {
            Self::Nats => {
                let debians = Some(DEBIANS_NATS).filter(|path| Path::new(path).exists());
                let mut command = Command::new(debians.unwrap_or("nats-server"));
                command.args(["--addr", "127.0.0.1", "--port", &port]);
                command
            }
            Self::Redis => {
                let mut command = Command::new("redis-server");
                command.args(["--bind", "127.0.0.1", "--port", &port, "--save", "", "--appendonly", "no"]);
                command
            }
        }
    }

    fn scheme(self) -> &'static str {
        match self {
            Self::Nats => "nats",
            Self::Redis => "redis",
        }
    }
}

/// One on which nobody listens.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
