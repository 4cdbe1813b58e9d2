//! What the task knows: which channels there are, what is waited for. Pure: it is told the time and does no I/O.

mod entry;
mod heartbeat;
#[expect(clippy::module_inception, reason = "the state itself, in a folder of its parts")]
mod state;
#[cfg(test)]
mod tests;

pub(crate) use state::State;
