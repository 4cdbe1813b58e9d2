//! The built binary, and a client of the plainest kind.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running server; it is killed when dropped.
pub(crate) struct Server {
    process: Child,
    /// Everything it has written to stderr, once it has ended.
    log: Receiver<String>,
}

/// An answer to a request.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The headers as they came, in lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Server {
    /// Starts the binary with these arguments and no environment but these variables.
    pub(crate) fn run(args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_showcase"))
            .args(args)
            .env_clear()
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = process.stderr.take().unwrap();
        let (sender, log) = channel();
        std::thread::spawn(move || {
            let mut text = Vec::new();
            stderr.read_to_end(&mut text).unwrap();
            // Nobody listens when the test is over.
            let _ = sender.send(String::from_utf8_lossy(&text).into_owned());
        });
        Server { process, log }
    }

    /// Starts the binary on a free port, with a data folder that vanishes again.
    pub(crate) fn start() -> (Self, SocketAddr, tempfile::TempDir) {
        let data = tempfile::tempdir().unwrap();
        let mut server =
            Self::run(&["--listen", "127.0.0.1:0", "--data", data.path().to_str().unwrap()], &[]);
        let address = server.wait_until_listening();
        (server, address, data)
    }

    /// Waits for the line that names the address.
    pub(crate) fn wait_until_listening(&mut self) -> SocketAddr {
        let mut line = String::new();
        BufReader::new(self.process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.strip_prefix("listening on http://").unwrap_or_else(|| panic!("printed {line:?}"));
        address.trim_end().parse().unwrap()
    }

    /// Waits for its end: what it wrote to stdout.
    pub(crate) fn printed(mut self) -> String {
        assert_eq!(self.end().0, Some(0));
        let mut text = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// Asks it to end, as a supervisor does.
    pub(crate) fn terminate(&self) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Ends it without a chance to say goodbye.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Waits for its end: the exit code and what it wrote to stderr.
    pub(crate) fn end(&mut self) -> (Option<i32>, String) {
        let log = self.log.recv_timeout(PATIENCE).expect("the server still runs");
        (self.process.wait().unwrap().code(), log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Most have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    let mut stream = connect(address);
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

/// A WebSocket, open and silent.
pub(crate) fn websocket(address: SocketAddr) -> TcpStream {
    websocket_at(address, "/socket")
}

/// A WebSocket of the socket at this path.
pub(crate) fn websocket_at(address: SocketAddr, path: &str) -> TcpStream {
    let mut stream = connect(address);
    let request = "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n\
                   sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==";
    write!(stream, "GET {path}/websocket?vsn=2.0.0 HTTP/1.1\r\n{request}\r\nhost: {address}\r\n\r\n")
        .unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
    stream
}

/// Says something and waits for the answer; both are short.
pub(crate) fn ask(stream: &mut TcpStream, frame: &str) -> String {
    let len = u8::try_from(frame.len()).unwrap();
    stream.write_all(&[&[0x81, 0x80 | len, 0, 0, 0, 0], frame.as_bytes()].concat()).unwrap();
    let mut head = [0; 2];
    stream.read_exact(&mut head).unwrap();
    let mut answer = vec![0; usize::from(head[1])];
    stream.read_exact(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}
