//! The phase every scenario begins with.

use crate::cli::Common;
use crate::net::{Dialer, Handler, Turn, World};

/// Connects and joins all; counts a unit for each and how long it took.
#[derive(Debug)]
pub(super) struct Connect(Dialer);

impl Connect {
    /// All connections, which are closed now.
    pub(super) fn all(common: &Common) -> Connect {
        let mut dialer = Dialer::new(common.concurrency, common.timeout.nanos());
        (0..common.connections as usize).for_each(|connection| dialer.add(connection));
        Connect(dialer)
    }
}

impl Handler for Connect {
    fn turn(&mut self, world: &mut World, now: u64) -> Turn {
        self.0.turn(world, now).map_or(Turn::Done, Turn::Wait)
    }

    fn joined(&mut self, world: &mut World, connection: usize, now: u64) {
        let opened_at = world.opened_at(connection);
        world.tally.unit(now.saturating_sub(opened_at));
    }

    fn status(&self, world: &World) -> String {
        format!("connecting: {} of {} joined, {} refused", world.joined(), world.len(), world.tally.refused)
    }
}
