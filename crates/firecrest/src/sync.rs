//! The locks and atomics of whatever hands work between threads: std's, or loom's where all interleavings are tried
//! (`cargo xtask loom`).
//!
//! `Arc` is std's in both: nothing is handed over by counting references, and loom's holds no trait objects.

#[cfg(firecrest_loom)]
pub(crate) use loom::sync::{Mutex, MutexGuard, atomic::AtomicBool};
#[cfg(not(firecrest_loom))]
pub(crate) use std::sync::{Mutex, MutexGuard, atomic::AtomicBool};

#[cfg(test)]
#[cfg(firecrest_loom)]
pub(crate) mod model;
