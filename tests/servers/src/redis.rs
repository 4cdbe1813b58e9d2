//! A Redis of a test's own.

use std::path::Path;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::SECRET;
use crate::process::{self, Process, until};

/// Keeps every write at once: nothing that was acknowledged may be missing after a kill.
const DURABLE: [&str; 6] = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];

/// A Redis of a test's own.
pub struct RedisServer {
    process: Process,
    /// Arguments that not every one has.
    more: Vec<String>,
}

impl RedisServer {
    /// One with these files, in its folder, and arguments.
    pub async fn start_with(files: &[(&str, &str)], arguments: &[&str]) -> Self {
        let process = Process::new();
        for (name, content) in files {
            std::fs::write(process.folder().join(name), content).unwrap();
        }
        let mut server = RedisServer { process, more: arguments.iter().map(ToString::to_string).collect() };
        server.start_again().await;
        server
    }

    /// A new, empty one that answers.
    pub async fn start() -> Self {
        Self::start_with(&[], &[]).await
    }

    /// Starts it after a kill, with the data that it had and on the same port.
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
        format!("redis://:{password}@127.0.0.1:{port}")
    }

    /// Its own URL.
    pub fn url(&self) -> String {
        Self::url_with(self.port(), SECRET)
    }

    fn launch(&mut self) {
        let port = self.process.port().to_string();
        let mut command = process::command(Path::new("redis-server"), None);
        command
            .args(["--bind", "127.0.0.1", "--port", &port, "--requirepass", SECRET])
            .args(DURABLE)
            .args(&self.more);
        self.process.spawn(&mut command);
    }

    /// Runs a command, and returns the answer as it comes.
    pub async fn run(&self, command: &[&str]) -> String {
        let answer = self.ask(command).await.unwrap();
        assert!(!answer.starts_with('-'), "{command:?}: {answer}");
        answer
    }

    async fn ask(&self, command: &[&str]) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.process.port())).await?;
        let words = command.iter().map(|word| format!("${}\r\n{word}\r\n", word.len()));
        let words: String = words.collect();
        let all = format!("AUTH {SECRET}\r\n*{}\r\n{words}QUIT\r\n", command.len());
        stream.write_all(all.as_bytes()).await?;
        let mut answers = String::new();
        stream.read_to_string(&mut answers).await?;
        let answer = answers.strip_prefix("+OK\r\n").and_then(|rest| rest.strip_suffix("\r\n+OK\r\n"));
        Ok(answer.unwrap_or(&answers).to_owned())
    }

    async fn wait(&mut self) {
        until("Redis answers", async || {
            assert!(!self.process.has_ended(), "redis-server has ended:\n{}", self.process.log());
            self.ask(&["PING"]).await.is_ok_and(|answer| answer == "+PONG")
        })
        .await;
    }
}
