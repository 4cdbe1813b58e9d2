//! The task of one work.

use std::any::Any;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::sleep;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::channel::{Item, PushError, Shared};
use crate::live::info::LiveInfo;
use crate::telemetry::Panic;
use crate::telemetry::meter::{Limit, reached};

/// How long a result waits for room in its view's mailbox before it tries again.
const PACE: Duration = Duration::from_millis(50);

/// A work that is done.
pub(crate) struct Done {
    pub(super) number: u64,
    /// The component that has started it, or 0.
    pub(super) owner: u32,
    pub(super) came: Came,
    /// The work counts until what has come of it was handled.
    pub(super) running: TaskTrackerToken,
}

/// What has come of a work.
pub(super) enum Came {
    /// For `handle_info`.
    Info(Box<dyn Any + Send>),
    /// For `handle_crash`.
    Crash(Panic),
    /// A value that is put where it belongs, which says whether somebody still wants it; and why there is none.
    Value(Box<dyn FnOnce() -> bool + Send>, Option<Panic>),
    /// Nobody wants it any more.
    Nothing,
}

pub(super) type Working = BoxFuture<'static, Came>;

/// Does it, and tells the view.
pub(super) async fn run(
    (number, owner): (u64, u32),
    work: Working,
    channel: Weak<Shared>,
    running: TaskTrackerToken,
) {
    let came = work.await;
    if matches!(came, Came::Nothing) {
        return;
    }
    let done = LiveInfo::Work(Box::new(Done { number, owner, came, running }));
    let mut item = Item::Info(Box::new(done));
    loop {
        let Some(channel) = channel.upgrade() else { return };
        match tell(&channel, item) {
            None => return,
            Some(back) => item = back,
        }
        drop(channel);
        sleep(PACE).await;
    }
}

/// Gives it back when there is no room for it.
fn tell(channel: &Arc<Shared>, item: Item) -> Option<Item> {
    match channel.mailbox.push(item) {
        Ok(()) | Err(PushError::Closed(_)) => None,
        Err(PushError::Full(item)) => {
            reached(Limit::ChannelInfos);
            Some(item)
        }
    }
}
