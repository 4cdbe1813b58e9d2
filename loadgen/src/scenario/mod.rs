//! What can be measured. Each scenario connects and joins, warms up, measures one phase, and reports.

mod broadcasts;
mod closed;
mod connect;
mod echo;
mod exchange;
mod fanout;
mod heartbeat;
mod hold;
mod idle;
mod join;
mod leave;
mod live;
mod post;
mod publishing;
mod run;
mod soak;
mod viewers;

pub(crate) use run::{RunError, run};
