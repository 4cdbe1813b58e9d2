//! What the server says, before it is written down.

use crate::{NameRef, Payload, Ref};

/// Something the server says that is not a reply: a push, `phx_close`, `phx_error`.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// The channel's join ref.
    pub join_ref: &'a Ref,
    /// Null for a push; the stored join ref for `phx_close` and `phx_error` (spec §2.5).
    pub reference: &'a Ref,
    /// The topic.
    pub topic: &'a str,
    /// The event.
    pub event: &'a str,
    /// An object or bytes.
    pub payload: &'a Payload,
}

/// A reply to a client's message, `phx_reply` on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The join ref as spec §2.5 says for this kind of reply.
    pub join_ref: &'a Ref,
    /// The ref of the message that is answered.
    pub reference: &'a Ref,
    /// The topic, echoed.
    pub topic: NameRef<'a>,
    /// `ok`, `error` or any other name.
    pub status: &'a str,
    /// Any JSON value, or bytes.
    pub payload: &'a Payload,
}
