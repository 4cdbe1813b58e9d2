//! The benchmark: Firecrest beside the least that any server must do and beside a server written by hand.
//!
//! [`options`] is what the command line says, [`rows`] what is measured and which target each figure has. [`server`]
//! and [`loadgen`] run the two programs of one measurement on top of [`process`]; [`rounds`] and [`growth`] repeat it.
//! Without a server, [`registry`] measures the registry of topics, and [`rendering`] templates and diffs. [`statistics`], [`judge`] and [`curve`] turn
//! samples into verdicts. [`table`], [`report`], [`history`] and [`machine`] make `BENCHMARKS.md`, and [`session`] is
//! the chore as a whole.

mod curve;
mod growth;
mod history;
mod judge;
mod loadgen;
mod machine;
mod options;
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

pub(crate) use options::Options;
pub(crate) use session::run;
