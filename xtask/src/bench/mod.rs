//! The benchmark: Firecrest beside the least that any server must do and beside a server written by hand.
//!
//! [`options`] is what the command line says, [`measurements`] what is measured and, in [`rows`], which target each figure has.
//! [`server`] and [`loadgen`] run the two programs of one measurement on top of [`process`]; [`rounds`] and [`growth`] repeat it.
//! Without a server, [`registry`] measures the registry of topics, and each [`chapter`] something else: [`rendering`] templates
//! and diffs, [`tally`] durable counters, [`presence`] who is there, [`cluster`] several nodes, [`pipeline`] work in the
//! background, [`uploads`] files. [`statistics`], [`judge`] and [`curve`]
//! turn samples into verdicts. [`table`], [`report`], [`history`] and [`machine`] make `BENCHMARKS.md`, and [`session`] is the chore
//! as a whole.

mod chapter;
mod cluster;
mod curve;
mod growth;
mod history;
mod judge;
mod loadgen;
mod machine;
mod measurements;
mod options;
mod pipeline;
mod presence;
mod process;
mod registry;
mod rendering;
mod report;
mod rounds;
mod rows;
mod server;
mod session;
mod statistics;
mod table;
mod tally;
mod uploads;

pub(crate) use options::Options;
pub(crate) use session::run;
