//! The pages: each is a view and its template.

mod board;
mod clock;
mod commands;
mod counter;
mod crest;
mod endless;
mod flock;
mod gallery;
mod guide;
mod index;
mod keys;
mod login;
mod members;
mod order;
mod radio;
mod search;
mod sign_up;
mod views;

pub(crate) use board::Board;
pub(crate) use clock::Clock;
pub(crate) use commands::Commands;
pub(crate) use counter::Counter;
pub(crate) use crest::Crest;
pub(crate) use endless::Endless;
pub(crate) use flock::Flock;
pub(crate) use gallery::Gallery;
pub(crate) use guide::Guide;
pub(crate) use index::Index;
pub(crate) use keys::Keys;
pub(crate) use login::Login;
pub(crate) use members::{Members, RequireName};
pub(crate) use order::Order;
pub(crate) use radio::Radio;
pub(crate) use search::Search;
pub(crate) use sign_up::SignUp;
pub(crate) use views::Views;
