//! Forms: what they ask for, what the visitor has put in, and what is sent.

mod body;
mod control;
mod fill;
mod given;
mod state;

pub(super) use body::{entries, live_body};
pub(super) use control::{Control, Kind, controls, form_of, is_disabled};
pub(super) use fill::fill;
pub(super) use given::{Given, given};
pub(super) use state::{Typed, key, shown};
