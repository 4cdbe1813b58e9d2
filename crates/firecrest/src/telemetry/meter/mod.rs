//! Counting where it must cost next to nothing.
//!
//! The macros of `metrics` look their metric up at every call. On the way of a message we count in memory of our own instead, and
//! [`publish`](super::publish) hands what was counted to the recorder: once a second, and before anybody reads it.

mod backlog;
mod count;
mod distribution;
mod high_water;
mod limit;
mod table;

pub(crate) use backlog::{BACKLOGS, Waiting};
pub(crate) use count::{Count, Open, add, total};
pub(crate) use distribution::Distribution;
pub(crate) use high_water::OUTBOX;
pub(crate) use limit::{Limit, reached};
pub(crate) use table::{CHANNELS, ChannelMeters, VIEWS, ViewMeters};
