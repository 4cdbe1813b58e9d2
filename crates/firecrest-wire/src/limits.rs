//! The bounds of the wire and their defaults. Sizes are in bytes.

/// Largest WebSocket frame from a client, header included: 10,000,000 bytes. A larger one closes the connection with 1009
/// (spec §1.12).
pub const MAX_FRAME_SIZE: usize = 10_000_000;

/// Largest fragmented WebSocket message from a client: 8,000,000 bytes. A larger one closes the connection with 1009
/// (spec §1.12).
pub const MAX_MESSAGE_SIZE: usize = 8_000_000;

/// Longest topic or event name in a text frame: 1,024 bytes.
///
/// A longer one is a decode failure. Binary frames cannot carry more than [`MAX_BINARY_FIELD`].
pub const MAX_NAME: usize = 1_024;

/// Longest ref, as JSON text: 255 bytes. A longer one is a decode failure.
pub const MAX_REF: usize = 255;

/// Longest ref, topic, event or status in a binary frame: 255 bytes, because its length is one byte (spec §2.3).
pub const MAX_BINARY_FIELD: usize = 255;

/// Most frames taken from one long-poll POST: 100; the rest is ignored (spec §4.4, C169).
pub const MAX_LONGPOLL_BATCH: usize = 100;

/// Largest long-poll POST body: 8,000,000 bytes (spec §4.2).
pub const MAX_LONGPOLL_BODY: usize = 8_000_000;

/// Most channels one connection may have joined at once: 100 (spec §3.4, C120).
pub const MAX_CHANNELS_PER_CONNECTION: usize = 100;
