//! The loop that owns the socket: it moves frames, wishes and time into the [`State`], and what that says out.

use std::collections::VecDeque;
use std::future::{pending, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use firecrest_wire::client::{self, Encoded};
use firecrest_wire::{DecodeError, ProtocolVersion, Text};
use futures_util::{Sink, SinkExt as _, StreamExt as _};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use crate::command::Command;
use crate::socket::{self, Socket};
use crate::state::State;
use crate::{ClientConfig, CloseInfo};

/// How long the close handshake may take when the client disconnects.
const GOODBYE: Duration = Duration::from_secs(5);

/// How long the close frame may take to be written on a connection that is given up.
const LAST_WORD: Duration = Duration::from_millis(200);

/// What everybody may know about the connection.
#[derive(Debug, Default)]
pub(crate) struct Status {
    pub(crate) connected: bool,
    /// How many connections have ended.
    pub(crate) closes: u64,
    pub(crate) last_close: Option<CloseInfo>,
}

/// The task of one client.
struct Task {
    config: Arc<ClientConfig>,
    commands: mpsc::Receiver<Command>,
    status: watch::Sender<Status>,
    state: State,
}

/// Why a connection, or the attempt to make one, came to an end.
enum End {
    /// The connection is lost and shall be made again.
    Lost(CloseInfo),
    /// Nobody wants one any more; whoever said so is told when all is done.
    Finished(Option<oneshot::Sender<()>>),
}

/// Something to react to.
enum Step {
    Frame(Option<Result<Message, Error>>),
    Command(Option<Command>),
    Written(Result<(), Error>),
    Due,
}

/// Runs a client, from its first connection to its end.
pub(crate) async fn run(
    config: Arc<ClientConfig>,
    mut socket: Socket,
    commands: mpsc::Receiver<Command>,
    status: watch::Sender<Status>,
) {
    let state = State::new(Arc::clone(&config));
    let mut task = Task { config, commands, status, state };
    let finished = loop {
        match task.connected(socket).await {
            End::Lost(info) => task.closed(info),
            End::Finished(done) => break done,
        }
        match task.reconnected().await {
            Ok(again) => socket = again,
            Err(done) => break done,
        }
    };
    task.state.ended();
    task.closed(CloseInfo::new(1_000, "the client disconnected"));
    if let Some(done) = finished {
        // Who gave up waiting is not interested.
        let _ = done.send(());
    }
}

impl Task {
    /// Serves a connection until it ends.
    async fn connected(&mut self, mut socket: Socket) -> End {
        self.state.opened(Instant::now());
        self.status.send_modify(|status| status.connected = true);
        let mut unwritten = false;
        loop {
            unwritten |= !self.state.out.is_empty();
            let end = match self.step(&mut socket, unwritten).await {
                Step::Frame(frame) => self.hear(&mut socket, frame).await,
                Step::Command(command) => match self.obey(command) {
                    None => None,
                    Some(done) => {
                        say_goodbye(&mut socket, &mut self.state.out).await;
                        Some(End::Finished(done))
                    }
                },
                Step::Written(result) => {
                    unwritten = false;
                    result.err().map(|error| End::Lost(CloseInfo::new(None, error.to_string())))
                }
                Step::Due => match self.state.tick(Instant::now()) {
                    Ok(()) => None,
                    Err(_) => Some(give_up(&mut socket, "heartbeat timeout").await),
                },
            };
            if let Some(end) = end {
                return end;
            }
        }
    }

    /// Waits for the next thing to react to. Dropping it loses nothing.
    async fn step(&mut self, socket: &mut Socket, unwritten: bool) -> Step {
        let room = self.state.takes_wishes();
        let deadline = self.state.deadline();
        let out = &mut self.state.out;
        let network = poll_fn(|cx| {
            if unwritten && let Poll::Ready(result) = poll_write(socket, out, cx) {
                return Poll::Ready(Step::Written(result));
            }
            socket.poll_next_unpin(cx).map(Step::Frame)
        });
        tokio::select! {
            step = network => step,
            command = self.commands.recv(), if room => Step::Command(command),
            () = until(deadline) => Step::Due,
        }
    }

    /// Makes the connection again, whatever that takes. An error is the wish to end.
    async fn reconnected(&mut self) -> Result<Socket, Option<oneshot::Sender<()>>> {
        let config = Arc::clone(&self.config);
        let mut failures = 0_usize;
        loop {
            let delay = config.reconnect.delay(failures);
            let mut attempt = pin!(async {
                sleep(delay).await;
                socket::connect(&config).await
            });
            let result = loop {
                tokio::select! {
                    result = &mut attempt => break result,
                    command = self.commands.recv() => if let Some(done) = self.obey(command) {
                        return Err(done);
                    },
                }
            };
            match result {
                Ok(socket) => return Ok(socket),
                Err(error) => tracing::debug!(%error, url = config.shown_url(), "cannot connect again yet"),
            }
            failures = failures.saturating_add(1);
        }
    }

    async fn hear(&mut self, socket: &mut Socket, frame: Option<Result<Message, Error>>) -> Option<End> {
        let heard = match frame {
            Some(Ok(Message::Text(text))) => decode_text(Bytes::from(text)),
            Some(Ok(Message::Binary(bytes))) => client::decode_binary(&bytes),
            Some(Ok(Message::Close(frame))) => {
                // The answer has been prepared and only has to be written; the connection is gone either way.
                let _ = timeout(LAST_WORD, socket.flush()).await;
                let close = frame.map(|frame| CloseInfo::new(u16::from(frame.code), frame.reason.as_str()));
                return Some(End::Lost(close.unwrap_or_else(|| CloseInfo::new(1_005, ""))));
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => return None,
            Some(Err(error)) => return Some(End::Lost(CloseInfo::new(None, error.to_string()))),
            None => return Some(End::Lost(CloseInfo::new(None, "the connection broke"))),
        };
        match heard {
            Ok(heard) => self.state.hear(heard, Instant::now()),
            Err(error) => tracing::warn!(%error, "a frame of the server is no message: ignored"),
        }
        None
    }

    /// Does as told. Returns something when it is to end.
    fn obey(&mut self, command: Option<Command>) -> Option<Option<oneshot::Sender<()>>> {
        match command {
            Some(Command::Join { channel, answer }) => self.state.join(channel, answer, Instant::now()),
            Some(Command::Push { channel, push }) => self.state.push(&channel, push),
            Some(Command::Leave { channel, answer }) => self.state.leave(&channel, answer),
            Some(Command::Disconnect { done }) => return Some(Some(done)),
            // All handles have been dropped.
            None => return Some(None),
        }
        None
    }

    fn closed(&mut self, info: CloseInfo) {
        self.state.lost(&info);
        self.status.send_modify(|status| {
            status.connected = false;
            status.closes += 1;
            status.last_close = Some(info);
        });
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}

fn decode_text(bytes: Bytes) -> Result<client::Heard, DecodeError> {
    let text = Text::try_from(bytes).map_err(|_| DecodeError::NotUtf8 { field: "message" })?;
    client::decode_text(ProtocolVersion::V2, &text)
}

/// Ready when everything has been handed to the network.
fn poll_write(
    socket: &mut Socket,
    out: &mut VecDeque<Encoded>,
    cx: &mut Context<'_>,
) -> Poll<Result<(), Error>> {
    let mut socket = Pin::new(socket);
    loop {
        ready!(socket.as_mut().poll_ready(cx))?;
        match out.pop_front() {
            Some(Encoded::Text(text)) => socket.as_mut().start_send(Message::text(text))?,
            Some(Encoded::Binary(bytes)) => socket.as_mut().start_send(Message::binary(bytes))?,
            None => return socket.poll_flush(cx),
        }
    }
}

/// Sends what is left, and closes in good order.
async fn say_goodbye(socket: &mut Socket, out: &mut VecDeque<Encoded>) {
    let goodbye = async {
        poll_fn(|cx| poll_write(socket, out, cx)).await?;
        socket.send(close_frame("")).await?;
        while socket.next().await.transpose()?.is_some_and(|message| !message.is_close()) {}
        Ok::<(), Error>(())
    };
    // The connection ends in any case.
    let _ = timeout(GOODBYE, goodbye).await;
}

/// Leaves a connection on which nobody seems to listen.
async fn give_up(socket: &mut Socket, reason: &'static str) -> End {
    // As above.
    let _ = timeout(LAST_WORD, socket.send(close_frame(reason))).await;
    End::Lost(CloseInfo::new(1_000, reason))
}

fn close_frame(reason: &'static str) -> Message {
    Message::Close(Some(CloseFrame { code: CloseCode::Normal, reason: reason.into() }))
}
