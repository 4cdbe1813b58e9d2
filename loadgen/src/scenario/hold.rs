//! A phase in which nothing is done.

use crate::net::{Handler, Turn, World};

/// Waits until a time, in nanoseconds of the run's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    pub(super) until: u64,
}

impl Handler for Hold {
    fn turn(&mut self, _world: &mut World, now: u64) -> Turn {
        if now >= self.until { Turn::Done } else { Turn::Wait(self.until) }
    }

    fn status(&self, world: &World) -> String {
        let left = self.until.saturating_sub(world.now()) / 1_000_000_000;
        format!("waiting with {} connections: {left} s left", world.joined())
    }
}
