//! Guards against slow code: how many instructions the hot paths take, compared with how many they may take.
//!
//! Gungraun itself compares with the run before or with limits that are compiled in. The one does not exist where the
//! repository was just checked out; the other knows no way to write them anew, nor to say that they have become too large.
//! So its counts are read here, and compared with a file that is part of the repository.

mod expected;
mod measure;
mod run;
mod tools;

pub(crate) use run::run;
