//! A NATS of a test's own.

use std::path::Path;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;

use crate::SECRET;
use crate::process::{self, Process, until};

/// Where Debian puts it, which is not in every user's path.
const DEBIAN: &str = "/usr/sbin/nats-server";

/// Who may connect, unless a token is wanted.
const USER: &str = "firecrest";

/// A NATS of a test's own.
pub struct NatsServer {
    process: Process,
    /// Arguments that not every one has.
    more: Vec<String>,
}

impl NatsServer {
    /// One with these files, in its folder, and arguments. With `--auth` or `--config` among them they say who may connect, and
    /// otherwise it is a user with the password.
    pub async fn start_with(files: &[(&str, &str)], arguments: &[&str]) -> Self {
        let process = Process::new();
        for (name, content) in files {
            std::fs::write(process.folder().join(name), content).unwrap();
        }
        let mut server = NatsServer { process, more: arguments.iter().map(ToString::to_string).collect() };
        server.start_again().await;
        server
    }

    /// A new one that answers.
    pub async fn start() -> Self {
        Self::start_with(&[], &[]).await
    }

    /// Starts it after a kill, on the same port.
    pub async fn start_again(&mut self) {
        self.launch();
        self.wait().await;
    }

    /// Ends it without giving it the time to do anything.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Stops it for now: its connections stay open, and nothing answers.
    pub fn pause(&self) {
        self.process.pause();
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.process.resume();
    }

    /// Its port on loopback.
    pub fn port(&self) -> u16 {
        self.process.port()
    }

    /// The URL of the server behind a port, which may be a proxy's.
    pub fn url_with(port: u16, password: &str) -> String {
        format!("nats://{USER}:{password}@127.0.0.1:{port}")
    }

    /// Its own URL.
    pub fn url(&self) -> String {
        Self::url_with(self.port(), SECRET)
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        self.process.log()
    }

    fn launch(&mut self) {
        let program = Some(Path::new(DEBIAN)).filter(|debian| debian.exists());
        let mut command = process::command(program.unwrap_or(Path::new("nats-server")), None);
        command.args(["--addr", "127.0.0.1", "--port", &self.process.port().to_string()]);
        if !self.more.iter().any(|argument| matches!(&**argument, "--auth" | "--config")) {
            command.args(["--user", USER, "--pass", SECRET]);
        }
        self.process.spawn(command.args(&self.more));
    }

    async fn wait(&mut self) {
        until("NATS answers", async || {
            assert!(!self.process.has_ended(), "nats-server has ended:\n{}", self.process.log());
            greeting(self.process.port()).await.is_ok_and(|greeting| greeting.starts_with("INFO "))
        })
        .await;
    }
}

/// The first line of the server behind a port.
async fn greeting(port: u16) -> std::io::Result<String> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await?;
    Ok(line)
}
