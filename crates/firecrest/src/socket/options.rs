//! How a socket is mounted.

use std::time::Duration;

use firecrest_wire::limits::MAX_CHANNELS_PER_CONNECTION;
use firecrest_wire::websocket::DecoderLimits;

use crate::connection::OutboxLimits;
use crate::transport::OriginPolicy;

/// The options of a mounted socket (spec §1.2), with their defaults.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SocketOptions {
    /// Suffix of the WebSocket URL, or none for no WebSocket. It may contain `:variables`. Default: `/websocket`.
    pub websocket: Option<String>,
    /// Suffix of the long-poll URL, or none for no long polling. Default: `/longpoll`.
    pub longpoll: Option<String>,
    /// Which origins may connect. Default: what the endpoint says.
    pub check_origin: Option<OriginPolicy>,
    /// Whether the session is given to `connect` only with a valid CSRF token (spec §1.9). It does not refuse
    /// connections. Turning this off together with the origin check is refused: it would let any page on the web act
    /// for its visitors. Default: true.
    pub check_csrf: bool,
    /// Whether the official client's `authToken` is read, from the subprotocols or the long-poll header (spec §1.10).
    /// Default: false.
    pub auth_token: bool,
    /// WebSocket subprotocols a client may ask for; when empty there is no check and no answer. Default: empty.
    pub subprotocols: Vec<String>,
    /// How long a client may say nothing, heartbeats included, before its connection is closed with 1002.
    /// Default: 60 s.
    pub timeout: Duration,
    /// Bounds of incoming WebSocket frames and messages; beyond them the connection is closed with 1009.
    /// Default: 10,000,000 and 8,000,000 bytes.
    pub frames: DecoderLimits,
    /// Most channels one connection may have joined. Files of live views are none of them. Default: 100.
    pub max_channels: usize,
    /// How much may wait for a client that reads slowly. Default: 1 MiB.
    pub outbox: OutboxLimits,
    /// How long a long poll hangs; also how long a POST may wait for room in a channel's mailbox. A session that is not
    /// polled for one and a half times this ends. The official client gives up at 20 s. Default: 10 s.
    pub window: Duration,
    /// How long the node of a long-poll session has to answer a request that arrived at another node of its cluster. Without an answer
    /// there is no such session: a POST is answered 410, a poll begins a new one (spec §4.8). Default: 2 s.
    pub pubsub_timeout: Duration,
    /// Whether a log line says that a client has connected or was refused by `connect` (spec §1.2, C131). Both are counted
    /// in any case. Default: true.
    pub log_connects: bool,
}

impl Default for SocketOptions {
    fn default() -> Self {
        SocketOptions {
            websocket: Some("/websocket".into()),
            longpoll: Some("/longpoll".into()),
            check_origin: None,
            check_csrf: true,
            auth_token: false,
            subprotocols: Vec::new(),
            timeout: Duration::from_secs(60),
            frames: DecoderLimits::default(),
            max_channels: MAX_CHANNELS_PER_CONNECTION,
            outbox: OutboxLimits::default(),
            window: Duration::from_secs(10),
            pubsub_timeout: Duration::from_secs(2),
            log_connects: true,
        }
    }
}
