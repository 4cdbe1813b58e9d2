//! What both connections have in common.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use firecrest_pubsub::cluster::Receiver;

use crate::broker::Broker;
use crate::error::Reason;
use crate::former::Former;
use crate::interest::Interest;
use crate::names::Names;
use crate::pauses::Pauses;
use crate::queue::Queue;
use crate::status::{Side, Status};

/// What is wanted of the broker, and how that goes.
pub(crate) struct Shared {
    pub(crate) broker: Broker,
    pub(crate) names: Names,
    pub(crate) queue: Queue,
    pub(crate) interest: Interest,
    pub(crate) status: Status,
    pub(crate) former: Former,
    /// Held while the receiver is told something of the connections: both tasks do, and the order counts.
    pub(crate) turn: Mutex<()>,
}

/// What a task works with.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) shared: Arc<Shared>,
    pub(crate) receiver: Arc<dyn Receiver>,
}

impl Session {
    /// Keeps one of the connections up, for ever: `attempt` makes it, uses it, and says why it has ended.
    pub(crate) async fn keep(
        self,
        side: Side,
        mut pauses: Pauses,
        attempt: impl AsyncFn(&Session) -> Reason,
    ) {
        loop {
            let began = Instant::now();
            let reason = attempt(&self).await;
            self.shared.status.down(side, &reason);
            tokio::time::sleep(pauses.after(began.elapsed())).await;
        }
    }

    /// One of the connections is there; `is_gap` when messages were lost before it, even if it is the first.
    pub(crate) fn up(&self, side: Side, is_gap: bool) {
        let Shared { status, turn, .. } = &*self.shared;
        let turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        if status.up(side, is_gap) {
            self.receiver.connected();
        }
        drop(turn);
        self.tell_gaps();
    }

    /// Says what may have been lost, when the time has come.
    pub(crate) fn tell_gaps(&self) {
        let Shared { status, queue, turn, .. } = &*self.shared;
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        status.take_gaps(queue).into_iter().for_each(|gap| self.receiver.gap(gap));
    }
}
