//! One channel per technique.

mod dupe;
mod ping;
mod recurring;
mod slow;
mod stats;
mod tracked;
mod user;
mod wild;

pub(crate) use dupe::Dupe;
pub(crate) use ping::Ping;
pub(crate) use recurring::Recurring;
pub(crate) use slow::Slow;
pub(crate) use stats::Stats;
pub(crate) use tracked::Tracked;
pub(crate) use user::User;
pub(crate) use wild::Wild;
