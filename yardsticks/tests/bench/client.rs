//! A client that shows every message as it is on the wire. It blocks, and panics when it waits for longer than ten seconds.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use firecrest_wire::websocket::client::{self, ClientDecoder};
use firecrest_wire::websocket::{DecoderLimits, Item, Opcode};
use serde_json::{Value, json};

use crate::server::Server;

const PATIENCE: Duration = Duration::from_secs(10);

const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0xff];

pub(crate) struct Client {
    socket: TcpStream,
    decoder: ClientDecoder,
    items: VecDeque<Item>,
}

impl Client {
    /// Connects and opens the WebSocket of the channel.
    pub(crate) fn connect(server: &Server) -> Client {
        Client::open(server, "/socket/websocket?vsn=2.0.0", "")
    }

    /// Connects and opens a WebSocket; `fields` are further lines of the request.
    pub(crate) fn open(server: &Server, target: &str, fields: &str) -> Client {
        let mut socket = TcpStream::connect(server.address()).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_write_timeout(Some(PATIENCE)).unwrap();
        socket.set_nodelay(true).unwrap();
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{fields}\r\n",
            server.address()
        );
        socket.write_all(request.as_bytes()).unwrap();
        let mut lines = BufReader::with_capacity(1, &socket).lines().map(Result::unwrap);
        assert!(lines.next().unwrap().starts_with("HTTP/1.1 101 "));
        let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
        let accept = "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
        assert!(headers.iter().any(|header| header.eq_ignore_ascii_case(accept)), "{headers:?}");
        let decoder = ClientDecoder::new(DecoderLimits::default());
        Client { socket, decoder, items: VecDeque::new() }
    }

    /// Connects and joins a topic, with refs `"1"` and `"1"`.
    pub(crate) fn join(server: &Server, topic: &str) -> Client {
        let mut client = Client::connect(server);
        client.ask("1", "1", topic, "phx_join", &json!({}));
        client
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, message: &Value) {
        self.send_bytes(&text(message));
    }

    /// Sends bytes as they are.
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        self.socket.write_all(bytes).unwrap();
    }

    /// Sends a message and expects the answer `ok` next. Gives its response.
    pub(crate) fn ask(
        &mut self,
        join_ref: &str,
        reference: &str,
        topic: &str,
        event: &str,
        payload: &Value,
    ) -> Value {
        self.send(&json!([join_ref, reference, topic, event, payload]));
        let mut answer = self.next();
        let response = answer[4]["response"].take();
        let expected = json!([join_ref, reference, topic, "phx_reply", { "response": null, "status": "ok" }]);
        assert_eq!(answer, expected);
        response
    }

    /// Asserts that nothing has come that was not taken: an echo is answered next.
    pub(crate) fn expect_nothing(&mut self, topic: &str) {
        let payload = json!({ "anything": "else?" });
        assert_eq!(self.ask("1", "barrier", topic, "echo", &payload), payload);
    }

    /// The next message.
    pub(crate) fn next(&mut self) -> Value {
        match self.next_item() {
            Some(Item::Text(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("no message but {other:?}"),
        }
    }

    /// The next message or control frame; none at the end.
    pub(crate) fn next_item(&mut self) -> Option<Item> {
        let mut buffer = vec![0; 64 * 1_024];
        while self.items.is_empty() {
            let n = match self.socket.read(&mut buffer) {
                Ok(n) => n,
                Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
                Err(error) => panic!("nothing came: {error}"),
            };
            if n == 0 {
                return None;
            }
            let mut input = &mut buffer[..n];
            while let Some(item) = self.decoder.decode(&mut input).unwrap() {
                self.items.push_back(item);
            }
        }
        self.items.pop_front()
    }
}

/// A message in its frame.
pub(crate) fn text(message: &Value) -> Vec<u8> {
    frame(Opcode::Text, message.to_string().as_bytes())
}

/// A frame of any kind.
pub(crate) fn frame(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    client::encode(opcode, payload, MASK, true)
}
