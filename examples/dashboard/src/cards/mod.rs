//! The cards, each a shared view of its own: one state on this node for all who look at it.

mod clock;
mod countdown;
mod face;
mod feed;
mod figures;

use face::Card;

pub(crate) use clock::{Clock, ClockSettings};
pub(crate) use countdown::{Countdown, CountdownSettings};
pub(crate) use face::{Face, slot};
pub(crate) use feed::{Feed, FeedSettings};
pub(crate) use figures::{FiguresCard, FiguresSettings};
