//! The locks of the registry: std's, or loom's where all interleavings are tried (`cargo xtask loom`).
//!
//! `Arc` is std's in both: nothing is handed over by counting references, and loom's holds no trait objects. So is the counter
//! of subscriber ids, which only has to be unique and is a static.

#[cfg(firecrest_loom)]
pub(crate) use loom::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
#[cfg(not(firecrest_loom))]
pub(crate) use std::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
