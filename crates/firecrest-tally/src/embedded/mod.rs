//! Counters in a file of this machine, with nothing to install: a redb database.
//!
//! [`store`]: the store; `open`: how a file is opened, made and set aside; `table`: what is in it; `disk`: the file itself.

mod disk;
mod open;
mod store;
mod table;

pub use store::EmbeddedStore;
