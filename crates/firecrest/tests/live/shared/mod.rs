//! Shared views: one state, many viewers.

mod board;
mod crashes;
mod interleavings;
mod nested;
mod telling;
mod visits;
