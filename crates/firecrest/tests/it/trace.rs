//! The minimal conformance trace of the specification, literally (appendix C).

use std::sync::atomic::{AtomicBool, Ordering};

use firecrest::prelude::*;
use serde::Deserialize;

use crate::support::Server;

#[derive(Default)]
struct TraceSocket {
    greeted: AtomicBool,
}

impl Socket for TraceSocket {
    async fn connect(_request: &Connect<'_>) -> Result<Self, Refused> {
        Ok(TraceSocket::default())
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Lobby>("room:*")
    }
}

/// It says `joined` when it is joined for the first time on a connection.
struct Lobby;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum LobbyIn {
    Echo(Raw),
    Boom,
}

impl Channel<TraceSocket> for Lobby {
    type In = LobbyIn;
    type Info = ();

    async fn join(request: Join<'_, TraceSocket>) -> Result<Joined<Self>, Rejected> {
        let greeted = request.socket().greeted.swap(true, Ordering::Relaxed);
        Ok(if greeted { Lobby.into() } else { Joined::new(Lobby).then(()) })
    }

    async fn handle_in(&mut self, event: LobbyIn, _cx: &mut Context<'_>) -> Outcome {
        match event {
            LobbyIn::Echo(Raw(payload)) => Reply::payload("ok", payload).into(),
            LobbyIn::Boom => panic!("boom"),
        }
    }

    async fn handle_info(&mut self, (): (), cx: &mut Context<'_>) -> Outcome {
        cx.push("joined", &json!({"a": 1}));
        Outcome::NoReply
    }
}

/// Each line as the specification has it, byte for byte but for the order of keys.
const TRACE: &str = r#"
C> ["3","3","room:lobby","phx_join",{}]
S> ["3","3","room:lobby","phx_reply",{"response":{},"status":"ok"}]
S> ["3",null,"room:lobby","joined",{"a":1}]
C> ["3","4","room:lobby","echo",{"x":1}]
S> ["3","4","room:lobby","phx_reply",{"response":{"x":1},"status":"ok"}]
C> ["1","5","room:lobby","echo",{}]
C> [null,"6","phoenix","heartbeat",{}]
S> [null,"6","phoenix","phx_reply",{"response":{},"status":"ok"}]
C> ["7","7","nope","phx_join",{}]
S> [null,"7","nope","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]
C> ["8","8","room:lobby","phx_join",{}]
S> ["8","8","room:lobby","phx_reply",{"response":{},"status":"ok"}]
S> ["3","3","room:lobby","phx_close",{}]
C> ["8","9","room:lobby","boom",{}]
S> ["8","8","room:lobby","phx_error",{"reason":"channel_crash"}]
C> ["10","10","room:lobby","phx_join",{}]
S> ["10","10","room:lobby","phx_reply",{"response":{},"status":"ok"}]
C> ["10","11","room:lobby","phx_leave",{}]
S> ["10","11","room:lobby","phx_reply",{"response":{},"status":"ok"}]
S> ["10","10","room:lobby","phx_close",{}]
C> not json
"#;

#[tokio::test]
async fn appendix_c_the_minimal_conformance_trace() {
    let server = Server::new::<TraceSocket>().await;
    let mut client = server.connect().await;
    for line in TRACE.trim().lines() {
        match line.split_at(3) {
            ("C> ", frame) => client.send_text(frame).await,
            (_, frame) => client.expect(serde_json::from_str(frame).unwrap()).await,
        }
    }
    client.expect_close(1011).await;
}
