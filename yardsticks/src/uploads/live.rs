//! A file to a live view, as the official client sends it.

use std::error::Error;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::server::Server;
use crate::{File, http, seconds};

type Failed = Box<dyn Error>;

/// Sends it, and gives the seconds from the first message about it until the view has taken it.
pub(crate) async fn send(server: &Server, file: &File) -> Result<f64, Failed> {
    let (mut client, upload) = Client::open(server).await?;
    let start = Instant::now();
    let described = json!({ "ref": "0", "name": "a", "size": file.size(), "type": "", "relative_path": "", "last_modified": 1 });
    let change =
        json!({ "type": "form", "event": "check", "value": "", "uploads": { &upload: [described] } });
    let view = client.view.clone();
    client.ask(&view, "event", &change).await?;
    let answer = client.ask(&view, "allow_upload", &json!({ "ref": upload, "entries": [described] })).await?;
    client.ask("lvu:0", "phx_join", &json!({ "token": answer["entries"]["0"] })).await?;
    let mut told = 0;
    for sent in 1..=file.chunks {
        client.chunk(&file.chunk).await?;
        let percent = 100 * sent / file.chunks;
        if percent > told {
            told = percent;
            // Nobody waits for the answer.
            client
                .say(
                    &view,
                    "progress",
                    &json!({ "event": null, "ref": upload, "entry_ref": "0", "progress": percent }),
                )
                .await?;
        }
    }
    client.ask(&view, "event", &json!({ "type": "form", "event": "save", "value": "" })).await?;
    Ok(seconds(start))
}

struct Client {
    socket: WebSocketStream<TcpStream>,
    view: String,
    last: u32,
}

impl Client {
    /// Loads the page and joins its view; also gives the upload's ref.
    async fn open(server: &Server) -> Result<(Self, String), Failed> {
        let page = http::page(server).await?;
        let after = |before: &str| {
            let found = page.split_once(before).and_then(|(_, rest)| rest.split('"').next());
            found.map(str::to_owned).ok_or_else(|| format!("no {before} in the page"))
        };
        let cookie = page.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap_or_default();
        let cookie = cookie.split(';').next().unwrap_or_default();
        let csrf = after("name=\"csrf-token\" content=\"")?;
        let url = format!("ws://{}/live/websocket?_csrf_token={csrf}&vsn=2.0.0", server.address);
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("cookie", cookie.parse()?);
        let stream = TcpStream::connect(server.address).await?;
        stream.set_nodelay(true)?;
        let (socket, _) = client_async(request, stream).await?;
        let mut client = Client { socket, view: format!("lv:{}", after("<div id=\"")?), last: 0 };
        let join = json!({
            "url": format!("http://{}/", server.address),
            "params": { "_csrf_token": csrf, "_mounts": 0 },
            "session": after("data-phx-session=\"")?,
            "static": after("data-phx-static=\"")?,
            "sticky": false,
        });
        let view = client.view.clone();
        client.ask(&view, "phx_join", &join).await?;
        Ok((client, after("data-phx-upload-ref=\"")?))
    }

    /// Sends a message, and gives its ref.
    async fn say(&mut self, topic: &str, event: &str, payload: &Value) -> Result<String, Failed> {
        self.last += 1;
        let (reference, joined) =
            (self.last.to_string(), (event == "phx_join").then(|| self.last.to_string()));
        let frame = json!([joined, reference, topic, event, payload]).to_string();
        self.socket.send(Message::text(frame)).await?;
        Ok(reference)
    }

    /// Sends a message, and waits for the answer.
    async fn ask(&mut self, topic: &str, event: &str, payload: &Value) -> Result<Value, Failed> {
        let reference = self.say(topic, event, payload).await?;
        self.answer(&reference).await
    }

    async fn chunk(&mut self, data: &[u8]) -> Result<(), Failed> {
        self.last += 1;
        let reference = self.last.to_string();
        let (topic, event) = ("lvu:0", "chunk");
        let lengths =
            [0, u8::try_from(reference.len())?, u8::try_from(topic.len())?, u8::try_from(event.len())?];
        let frame =
            [&[0], &lengths[..], reference.as_bytes(), topic.as_bytes(), event.as_bytes(), data].concat();
        self.socket.send(Message::binary(frame)).await?;
        self.answer(&reference).await.map(drop)
    }

    async fn answer(&mut self, reference: &str) -> Result<Value, Failed> {
        while let Some(message) = self.socket.next().await {
            let Message::Text(text) = message? else { continue };
            let frame: Value = serde_json::from_str(&text)?;
            if frame[1] != reference || frame[3] != "phx_reply" {
                continue;
            }
            return match frame[4]["status"].as_str() {
                Some("ok") => Ok(frame[4]["response"].clone()),
                _ => Err(format!("it was answered {frame}").into()),
            };
        }
        Err("the connection was closed".into())
    }
}
