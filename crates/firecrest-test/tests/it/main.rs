//! The test kit tested: everything of spec §9 that it has, and how its assertions fail.

mod channels;
mod connecting;
mod ending;
mod failing;
mod fixture;
mod topics;
