//! Shared views: one state, many viewers.
//!
//! A counter, a scoreboard, a stock list looks the same to everybody. A [`SharedView`] is one task for all of its viewers on this
//! node: rendered, compared and encoded once for each change, and handed out like any broadcast. To the client it is an ordinary
//! live view.
//!
//! | file | what |
//! | --- | --- |
//! | `traits`, `options` | what applications write |
//! | `context`, `viewer`, `handle` | what callbacks are given |
//! | `kind` | shared views of any type |
//! | `slot` | a shared view inside another |
//! | `key` | which of a type's views it is |
//! | `stages` | those that there are on this node |
//! | `stage` | what a view's task shares with its viewers |
//! | `roster`, `mail` | who is there; what the program says |
//! | `sight` | how the view looked at some time |
//! | `task`, `turn`, `show`, `restarts` | the task: what it waits for, its callbacks, what it sends; starting anew |
//! | `page` | the view as part of a page |
//! | `seat` | a viewer's end of it |

mod context;
mod handle;
mod key;
mod kind;
mod mail;
mod options;
mod page;
mod restarts;
mod roster;
mod seat;
mod show;
mod sight;
mod slot;
mod stage;
mod stages;
mod task;
mod traits;
mod turn;
mod viewer;

pub use context::{Shared, Start};
pub use handle::SharedHandle;
pub use options::SharedOptions;
pub use slot::{SharedSlot, shared};
pub use traits::SharedView;
pub use viewer::Viewer;

pub(super) use key::Key;
pub(super) use kind::{SharedKind, shared_kind};
pub(super) use page::page;
pub(super) use seat::{Seat, join};
pub(super) use stages::Stages;
