//! One connection.

use std::sync::Arc;

use axum::Error;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::StreamExt as _;
use tokio_stream::StreamMap;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;

use crate::message::{Empty, Incoming};
use crate::topics::Topics;

/// A client and the topics it is on.
pub(crate) struct Session {
    socket: WebSocket,
    topics: Arc<Topics>,
    joined: StreamMap<String, BroadcastStream<Utf8Bytes>>,
}

impl Session {
    pub(crate) fn new(socket: WebSocket, topics: Arc<Topics>) -> Self {
        Session { socket, topics, joined: StreamMap::new() }
    }

    /// Serves the client until it goes, or until it reads too slowly.
    pub(crate) async fn run(mut self) -> Result<(), Error> {
        loop {
            tokio::select! {
                message = self.socket.recv() => match message.transpose()? {
                    Some(Message::Text(text)) => self.handle(&text).await?,
                    // Pings and the close are answered by the library.
                    Some(_) => {}
                    None => return Ok(()),
                },
                Some((_, message)) = self.joined.next() => match message {
                    Ok(message) => self.send(message).await?,
                    Err(BroadcastStreamRecvError::Lagged(_)) => return Ok(()),
                },
            }
        }
    }

    async fn handle(&mut self, text: &str) -> Result<(), Error> {
        let message: Incoming<'_> = serde_json::from_str(text).map_err(Error::new)?;
        let Incoming(_, _, topic, event, payload) = &message;
        let joined = self.joined.contains_key(&**topic);
        let answer = match &**event {
            "echo" if joined => message.reply(payload),
            "say" if joined => {
                self.topics.broadcast(topic, message.broadcast("said").map_err(Error::new)?);
                return Ok(());
            }
            "heartbeat" if topic == "phoenix" => message.reply(Empty {}),
            "phx_join" if topic.starts_with("bench:") => {
                let receiver = self.topics.subscribe(topic);
                self.joined.insert(topic.clone().into_owned(), BroadcastStream::new(receiver));
                message.reply(Empty {})
            }
            "phx_leave" => {
                self.send(message.reply(Empty {}).map_err(Error::new)?).await?;
                if !joined {
                    return Ok(());
                }
                self.joined.remove(&**topic);
                self.topics.tidy(topic);
                message.close()
            }
            _ => message.unmatched(),
        };
        self.send(answer.map_err(Error::new)?).await
    }

    async fn send(&mut self, message: Utf8Bytes) -> Result<(), Error> {
        self.socket.send(Message::Text(message)).await
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let topics: Vec<String> = self.joined.keys().cloned().collect();
        self.joined.clear();
        for topic in topics {
            self.topics.tidy(&topic);
        }
    }
}
