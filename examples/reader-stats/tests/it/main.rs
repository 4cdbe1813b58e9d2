//! The blog without a browser, in virtual time: who is counted, what readers see, who is told.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod counting;
mod drafts;
mod events;
mod pages;
mod reading;
mod readme;
mod site;
mod stats;
mod tags;
