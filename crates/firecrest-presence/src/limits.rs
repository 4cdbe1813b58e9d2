//! Bounds of the format: what no message and no row may exceed, whatever the options say.

/// Longest name of a node, in bytes.
pub const MAX_NAME: usize = 255;

/// Longest topic, in bytes.
pub const MAX_TOPIC: usize = 1024;

/// Longest key, in bytes.
pub const MAX_KEY: usize = 1024;

/// What a message has beside its rows, in bytes, at most; a heartbeat names all other nodes besides.
pub const MAX_HEAD: usize = 640;

/// Largest meta, in bytes. [`Options::meta_bytes`](crate::Options::meta_bytes) is usually far below.
pub const MAX_META: usize = 64 * 1024;
