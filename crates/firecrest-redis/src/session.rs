//! What both connections have in common.

use std::sync::Arc;
use std::time::Instant;

use firecrest_pubsub::cluster::{Gap, Receiver};

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

    /// One of the connections is there.
    pub(crate) fn up(&self, side: Side) {
        self.shared.status.up(side);
        self.tell_gaps();
    }

    /// Says what may have been lost, when the time has come: there are both connections, and nothing waits to be sent.
    pub(crate) fn tell_gaps(&self) {
        let Shared { status, queue, .. } = &*self.shared;
        if !status.is_connected() {
            return;
        }
        if status.take_missed() {
            self.receiver.gap(Gap::In);
        }
        if queue.take_lost() {
            self.receiver.gap(Gap::Out);
        }
    }
}
