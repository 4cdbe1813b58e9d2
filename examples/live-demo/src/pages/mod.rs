//! The pages: each is a view and its template.

mod clock;
mod commands;
mod counter;
mod crest;
mod flock;
mod guide;
mod index;
mod keys;
mod login;
mod members;
mod sign_up;
mod views;

pub(crate) use clock::Clock;
pub(crate) use commands::Commands;
pub(crate) use counter::Counter;
pub(crate) use crest::Crest;
pub(crate) use flock::Flock;
pub(crate) use guide::Guide;
pub(crate) use index::Index;
pub(crate) use keys::Keys;
pub(crate) use login::Login;
pub(crate) use members::{Members, RequireName};
pub(crate) use sign_up::SignUp;
pub(crate) use views::Views;
