//! A server to talk to.

use std::net::SocketAddr;

use firecrest::channel::Binary;
use firecrest::prelude::*;
use firecrest_client::ClientConfig;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A running server; it stops when dropped.
pub(crate) struct Server {
    pub(crate) endpoint: Endpoint,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_on(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(crate) fn start_on(listener: TcpListener) -> Self {
        let endpoint = Endpoint::builder().build().unwrap();
        let address = listener.local_addr().unwrap();
        let app = axum::Router::new().merge(endpoint.socket::<UserSocket>("/socket").auth_token(true));
        let (stop, stopped) = oneshot::channel::<()>();
        let server = endpoint.clone();
        tokio::spawn(async move { server.serve_until(listener, app, async { drop(stopped.await) }).await });
        Server { endpoint, address, stop: Some(stop) }
    }

    pub(crate) fn config(&self) -> ClientConfig {
        ClientConfig::new(format!("ws://{}/socket/websocket", self.address)).param("user_id", "1")
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn stop(&mut self) {
        self.stop.take();
    }
}

pub(crate) struct UserSocket {
    user: String,
    token: Option<String>,
}

impl Socket for UserSocket {
    async fn connect(request: &Connect<'_>) -> Result<Self, Refused> {
        let user = request.param("user_id").ok_or_else(|| Refused::new("no user"))?.to_owned();
        Ok(UserSocket { user, token: request.auth_token().map(Into::into) })
    }

    fn id(&self) -> Option<String> {
        Some(format!("user:{}", self.user))
    }

    fn channels() -> Channels<Self> {
        Channels::new().route::<Room>("room:*")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RoomIn {
    Echo(serde_json::Value),
    Fail,
    Shout(serde_json::Value),
    PushMe(serde_json::Value),
    Flood {
        messages: u32,
    },
    Reverse(Binary),
    /// Never answered.
    Silence,
    Crash,
    Stop,
}

#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    secret: Option<String>,
}

struct Room;

impl Channel<UserSocket> for Room {
    type In = RoomIn;
    type Info = ();

    async fn join(request: Join<'_, UserSocket>) -> Result<Joined<Self>, Rejected> {
        if request.splat() == "slow" {
            std::future::pending::<()>().await;
        }
        if let Payload::Binary(bytes) = request.payload() {
            return Ok(Joined::new(Room).with_payload(Payload::Binary(bytes.clone())));
        }
        let params: Params = request.params()?;
        if request.splat() == "private" && params.secret.as_deref() != Some("sesame") {
            return Err(Rejected::reason("unauthorized"));
        }
        let socket = request.socket();
        Ok(Joined::new(Room).with_reply(json!({ "user": socket.user, "token": socket.token })))
    }

    async fn handle_in(&mut self, event: RoomIn, cx: &mut Context<'_>) -> Outcome {
        match event {
            RoomIn::Echo(payload) => Reply::ok(payload).into(),
            RoomIn::Fail => Reply::error(json!({ "reason": "because" })).into(),
            RoomIn::Shout(payload) => {
                cx.broadcast("shout", &payload);
                Outcome::NoReply
            }
            RoomIn::PushMe(payload) => {
                cx.push("pushed", &payload);
                Reply::empty().into()
            }
            RoomIn::Flood { messages } => {
                (0..messages).for_each(|nth| cx.push("flood", &json!({ "nth": nth })));
                Reply::empty().into()
            }
            RoomIn::Reverse(Binary(bytes)) => {
                let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
                cx.push_payload("reversed", &Payload::Binary(reversed.clone().into()));
                Reply::binary(reversed).into()
            }
            RoomIn::Silence => Outcome::NoReply,
            RoomIn::Crash => Stop::error("asked to").into(),
            RoomIn::Stop => Stop::normal().into(),
        }
    }
}
