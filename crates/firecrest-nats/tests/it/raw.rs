//! Somebody else who uses the same server.

use servers::{PATIENCE, SECRET};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A connection to a server that says whatever it is told.
pub(crate) struct Raw(TcpStream);

impl Raw {
    /// Connects as the user of the tests.
    pub(crate) async fn connect(port: u16) -> Self {
        let mut raw = Raw(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
        let login = format!(r#"{{"verbose":false,"headers":true,"user":"firecrest","pass":"{SECRET}"}}"#);
        raw.say(format!("CONNECT {login}\r\n").as_bytes()).await;
        raw
    }

    pub(crate) async fn publish(&mut self, subject: &str, payload: &[u8]) {
        let head = format!("PUB {subject} {}\r\n", payload.len());
        self.say(&[head.as_bytes(), payload, b"\r\n"].concat()).await;
    }

    /// Publishes with a header.
    pub(crate) async fn publish_with_header(&mut self, subject: &str, payload: &[u8]) {
        let header = "NATS/1.0\r\nWhat: ever\r\n\r\n";
        let (ours, all) = (header.len(), header.len() + payload.len());
        let head = format!("HPUB {subject} {ours} {all}\r\n{header}");
        self.say(&[head.as_bytes(), payload, b"\r\n"].concat()).await;
    }

    pub(crate) async fn subscribe(&mut self, subject: &str) {
        self.say(format!("SUB {subject} 1\r\n").as_bytes()).await;
    }

    /// The payload of the next message.
    pub(crate) async fn hear(&mut self) -> Vec<u8> {
        let mut said = Vec::new();
        loop {
            let mut lines = said.splitn(2, |byte| *byte == b'\n');
            if let (Some(head), Some(rest)) = (lines.next(), lines.next()) {
                let head = String::from_utf8(head.to_vec()).unwrap();
                assert!(head.starts_with("MSG "), "{head}");
                let len: usize = head.trim_end().rsplit_once(' ').unwrap().1.parse().unwrap();
                if rest.len() >= len + 2 {
                    return rest[..len].to_vec();
                }
            }
            said.extend(self.read().await);
        }
    }

    /// Says something, and waits until the server has done it.
    async fn say(&mut self, text: &[u8]) {
        self.0.write_all(&[text, b"PING\r\n"].concat()).await.unwrap();
        let mut said = String::new();
        while !said.ends_with("PONG\r\n") {
            said.push_str(&String::from_utf8_lossy(&self.read().await));
            assert!(!said.contains("-ERR"), "{said}");
        }
    }

    async fn read(&mut self) -> Vec<u8> {
        let mut piece = [0; 4096];
        let count = timeout(PATIENCE, self.0.read(&mut piece)).await.unwrap().unwrap();
        assert!(count > 0, "the server goes on");
        piece[..count].to_vec()
    }
}

/// What the server's monitoring says.
pub(crate) async fn monitoring(port: u16, path: &str) -> serde_json::Value {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}
